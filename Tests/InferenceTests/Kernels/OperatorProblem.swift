import NeuralNetworks

@testable import Inference

/// One operator with values for its inputs, to be run by every kernel that takes it.
struct OperatorProblem {
  var operation: Operation
  /// Constants have a value; the first input does not.
  var inputs: [Tensor]
  var activations: [UInt8]
  var output: Tensor
  var arithmetic = Arithmetic.doubleRounding

  var context: KernelContext {
    let count = inputs.count
    let op = Operator(
      operation: operation, inputs: inputs.indices.map { $0 }, outputs: [count])
    let subgraph = Subgraph(
      name: "problem", tensors: inputs + [output], inputs: [0], outputs: [count],
      operators: [op])
    return KernelContext(
      op: op, subgraph: subgraph, arithmetic: arithmetic, place: "problem")
  }

  /// The output's bytes by each row of the table that takes the operator, by the row's name. The
  /// output starts as 0x55, so that an element that is not written shows.
  func outputs() throws -> [(kernel: String, bytes: [UInt8])] {
    let context = context
    var result: [(kernel: String, bytes: [UInt8])] = []
    for row in KernelTable.rows where row.operation == operation.name {
      guard let body = try row.prepare(context) else { continue }
      result.append((row.name, run(body)))
    }
    return result
  }

  private func run(_ body: KernelBody) -> [UInt8] {
    let values = inputs.map { $0.constant?.elements(as: UInt8.self) ?? activations }
    let buffers = values.map { bytes in
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 1, alignment: 64)
      UnsafeMutableRawBufferPointer(start: buffer, count: bytes.count).copyBytes(from: bytes)
      return buffer
    }
    let result = UnsafeMutableRawPointer.allocate(byteCount: output.byteCount + 1, alignment: 64)
    result.initializeMemory(as: UInt8.self, repeating: 0x55, count: output.byteCount + 1)
    defer {
      for buffer in buffers + [result] { buffer.deallocate() }
    }
    let pointers = buffers.map { UnsafeRawPointer($0) as UnsafeRawPointer? } + [nil, nil]
    pointers.withUnsafeBufferPointer { inputs in
      withUnsafePointer(to: result as UnsafeMutableRawPointer?) { output in
        guard let inputs = inputs.baseAddress else { return }
        body(KernelOperands(inputs: inputs, outputs: output))
      }
    }
    return Array(UnsafeRawBufferPointer(start: result, count: output.byteCount))
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
