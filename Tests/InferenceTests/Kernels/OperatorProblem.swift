import NeuralNetworks
import Testing

@testable import Inference

/// One operator with values for its inputs, to be run by every kernel that takes it.
struct OperatorProblem {
  var operation: Operation
  /// Constants have a value; the first input does not.
  var inputs: [Tensor]
  var activations: [UInt8]
  var output: Tensor
  var arithmetic = Arithmetic.doubleRounding
  /// Activations of further samples.
  var furtherSamples: [[UInt8]] = []

  var context: KernelContext { context(kernels: .reference) }

  private func context(kernels: KernelSelection) -> KernelContext {
    let count = inputs.count
    let op = Operator(
      operation: operation, inputs: inputs.indices.map { $0 }, outputs: [count])
    let subgraph = Subgraph(
      name: "problem", tensors: inputs + [output], inputs: [0], outputs: [count],
      operators: [op])
    return KernelContext(
      op: op, subgraph: subgraph, arithmetic: arithmetic, kernels: kernels, place: "problem")
  }

  /// The output's bytes, sample after sample, by each kernel that takes the operator: fast ones of
  /// every variant that this machine runs, then the rows of the table. The output starts as 0x55,
  /// so that an element that is not written shows.
  func outputs() throws -> [(kernel: String, bytes: [UInt8])] {
    var result: [(kernel: String, bytes: [UInt8])] = []
    let packings = WeightPacking.allCases
    for name in KernelSelection.names + ["vnni-emulated"] {
      for packing in FastKernels.isPacked(operation) ? packings : [.best] {
        guard let kernel = try kernel(variant: name, packing) else { continue }
        result.append((kernel.name, run(kernel, samples: [activations] + furtherSamples)))
      }
    }
    for row in KernelTable.rows where row.operation == operation.name {
      guard let body = try row.prepare(context) else { continue }
      let kernel = PreparedKernel(name: row.name, body: body)
      let bytes = ([activations] + furtherSamples).flatMap { run(kernel, samples: [$0]) }
      result.append((row.name, bytes))
    }
    return result
  }

  /// The fast kernel that a plan would choose; nil when there is none.
  func kernel(variant name: String, _ packing: WeightPacking) throws -> PreparedKernel? {
    guard var selection = KernelSelection(named: name), let variant = selection.variant else {
      return nil
    }
    selection.packing = packing
    return try FastKernels.prepare(context(kernels: selection), variant)
  }

  /// Runs all samples in one call.
  private func run(_ kernel: PreparedKernel, samples: [[UInt8]]) -> [UInt8] {
    let batch = samples.flatMap { $0 }
    let buffers = inputs.map { input in
      Self.buffer(input.constant?.elements(as: UInt8.self) ?? batch)
    }
    let byteCount = output.byteCount * samples.count
    let result = Self.buffer(Array(repeating: 0x55, count: byteCount + 64))
    let scratch = Self.buffer(
      Array(repeating: 0x55, count: kernel.scratchBytes(samples.count)))
    defer {
      for buffer in buffers + [result, scratch] { buffer.deallocate() }
    }
    let pointers = buffers.map { UnsafeRawPointer($0) as UnsafeRawPointer? } + [nil, nil]
    pointers.withUnsafeBufferPointer { inputs in
      withUnsafePointer(to: result as UnsafeMutableRawPointer?) { output in
        guard let inputs = inputs.baseAddress else { return }
        kernel.body(
          KernelOperands(
            inputs: inputs, outputs: output, sampleCount: samples.count, scratch: scratch))
      }
    }
    let bytes = UnsafeRawBufferPointer(start: result, count: byteCount + 64)
    #expect(bytes[byteCount...].allSatisfy { $0 == 0x55 }, "\(kernel.name) wrote past its output")
    return Array(bytes[..<byteCount])
  }

  private static func buffer(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 1, alignment: 64)
    UnsafeMutableRawBufferPointer(start: buffer, count: bytes.count).copyBytes(from: bytes)
    return buffer
  }
}

extension Tensor {
  static func floats(_ shape: [Int], _ values: [Float]? = nil) -> Tensor {
    Tensor(
      name: "t", elementType: .float32, shape: Shape(shape),
      constant: values.map { ConstantData(bytes: $0.bytes) })
  }

  static func int8(
    _ shape: [Int], _ quantization: Quantization, _ values: [Int8]? = nil
  ) -> Tensor {
    Tensor(
      name: "t", elementType: .int8, shape: Shape(shape), quantization: quantization,
      constant: values.map { ConstantData(bytes: $0.bytes) })
  }

  static func int32(_ shape: [Int], _ values: [Int32]) -> Tensor {
    Tensor(
      name: "t", elementType: .int32, shape: Shape(shape),
      constant: ConstantData(bytes: values.bytes))
  }
}

extension Array where Element: BitwiseCopyable {
  var bytes: [UInt8] { withUnsafeBytes { Array<UInt8>($0) } }
}

extension FastKernels {
  /// Whether there are several ways to pack the operator's weights.
  static func isPacked(_ operation: NeuralNetworks.Operation) -> Bool {
    rows.filter { $0.operation == operation.name && $0.stem.contains("int8") }.count > 1
  }
}
