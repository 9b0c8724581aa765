import Glibc

@testable import Inference
@testable import NeuralNetworks

/// ONNX's own conformance tests, as Debian's package libonnx-testdata installs them: for each a
/// model, and inputs with the outputs they must give.
enum NodeSuite {
  static let data = "/usr/share/libonnx-testdata/data"
  static let root = data + "/node"
  static let isInstalled = access(root, R_OK) == 0
  /// Whole small networks, as exporters of PyTorch and Caffe2 wrote them.
  static let networks = ["simple", "pytorch-converted", "pytorch-operator"]

  enum Outcome: Equatable {
    case passed
    /// Why not, in one line.
    case failed(String)
  }

  /// Names of the tests, sorted.
  static func names(_ folder: String = "node") -> [String] {
    entries(of: "\(data)/\(folder)").filter { $0.hasPrefix("test_") }
  }

  static func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  static func run(_ name: String, in folder: String = "node") -> Outcome {
    do {
      let folder = "\(data)/\(folder)/\(name)"
      guard case .onnx(let model) = try ModelFormat.model(path: "\(folder)/model.onnx") else {
        return .failed("taken for another format")
      }
      let evaluator = ONNXEvaluator(try ONNXProgram(model))
      let sets = entries(of: folder).filter { $0.hasPrefix("test_data_set") }
      for set in sets {
        let inputs = try inputs("\(folder)/\(set)", of: evaluator)
        let outputs = try evaluator.run(inputs)
        for (index, output) in outputs.enumerated() {
          let path = "\(folder)/\(set)/output_\(index).pb"
          let expected = try value(path, evaluator.outputs[index].type)
          if let difference = try difference(output, expected) {
            return .failed("output \(index): \(difference)")
          }
        }
      }
      return sets.isEmpty ? .failed("no test data") : .passed
    } catch { return .failed("\(error)") }
  }

  static func inputs(_ folder: String, of evaluator: ONNXEvaluator) throws -> [ONNXValue] {
    try evaluator.inputs.indices.map {
      try value("\(folder)/input_\($0).pb", evaluator.inputs[$0].type)
    }
  }

  static func inputs(_ folder: String, of model: [UInt8]) throws -> [ONNXValue] {
    let model = try ONNXReader.read(ModelBytes(model), name: "model")
    return try inputs(folder, of: ONNXEvaluator(ONNXProgram(model)))
  }

  private static func value(_ path: String, _ type: ONNXValueInfo.Kind) throws -> ONNXValue {
    let file = try ModelBytes(mapping: path)
    return try file.withBytes { bytes in
      try TestValue(file: file, bytes: bytes).value(0..<bytes.count, type)
    }
  }

  /// Nil when equal: integers exactly, floats as ONNX's own runner compares (relative 1e-3,
  /// absolute 1e-7).
  private static func difference(_ found: ONNXValue, _ expected: ONNXValue) throws -> String? {
    switch (found, expected) {
    case (.tensor(let found), .tensor(let expected)):
      guard found.elementType == expected.elementType, found.shape == expected.shape else {
        return "found \(found.elementType.rawValue) \(found.shape), expected "
          + "\(expected.elementType.rawValue) \(expected.shape)"
      }
      return try difference(found, expected)
    case (.sequence(let found), .sequence(let expected)) where found.count == expected.count:
      for (found, expected) in zip(found, expected) {
        if let difference = try difference(found, expected) { return difference }
      }
      return nil
    case (.nothing, .nothing): return nil
    default: return "found \(found.kind), expected \(expected.kind)"
    }
  }

  private static func difference(_ found: TensorValue, _ expected: TensorValue) throws -> String? {
    guard [.float16, .float32, .float64].contains(found.elementType) else {
      let isEqual = found.withBytes { a in expected.withBytes { b in a.elementsEqual(b) } }
      return isEqual ? nil : "other elements"
    }
    let (a, b) = (try found.doubles(), try expected.doubles())
    for (index, (a, b)) in zip(a, b).enumerated() {
      if a == b || a.isNaN && b.isNaN { continue }
      guard (a - b).magnitude <= 1e-7 + 1e-3 * b.magnitude, a.isFinite == b.isFinite else {
        return "element \(index): found \(a), expected \(b)"
      }
    }
    return nil
  }
}

/// Reads the values of ONNX's test data: `TensorProto`, `SequenceProto`, `OptionalProto`.
private struct TestValue {
  let file: ModelBytes
  let bytes: UnsafeRawBufferPointer

  func value(_ range: Range<Int>, _ type: ONNXValueInfo.Kind) throws -> ONNXValue {
    switch type {
    case .sequence: .sequence(try fields(3, in: range).map(tensor))
    case .optional: try optional(range)
    case .tensor(.bfloat16, _): try bfloat16(range)
    default: try tensor(range)
    }
  }

  /// The suite stores these as uint16.
  private func bfloat16(_ range: Range<Int>) throws -> ONNXValue {
    let stored = TensorValue(try ONNXTensorReader(file, bytes, range).tensor())
    return .tensor(try stored.withBytes { try TensorValue(.bfloat16, stored.shape, bytes: $0) })
  }

  private func tensor(_ range: Range<Int>) throws -> ONNXValue {
    .tensor(TensorValue(try ONNXTensorReader(file, bytes, range).tensor()))
  }

  private func optional(_ range: Range<Int>) throws -> ONNXValue {
    if let value = try fields(3, in: range).first { return try tensor(value) }
    if let value = try fields(5, in: range).first { return try self.value(value, .sequence) }
    return .nothing
  }

  private func fields(_ number: Int, in range: Range<Int>) throws -> [Range<Int>] {
    var cursor = ProtobufCursor(bytes, range: range)
    var result: [Range<Int>] = []
    while let field = try cursor.next() {
      if field.number == number { result.append(try field.range()) }
    }
    return result
  }
}
