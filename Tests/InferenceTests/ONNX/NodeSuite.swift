import Glibc
import NeuralNetworks

@testable import Inference

/// ONNX's own conformance tests, as Debian's package libonnx-testdata installs them: for each a
/// model, and inputs with the outputs they must give.
enum NodeSuite {
  static let root = "/usr/share/libonnx-testdata/data/node"
  static let isInstalled = access(root, R_OK) == 0

  enum Outcome: Equatable {
    case passed
    /// Why not, in one line.
    case failed(String)
  }

  /// Names of the tests, sorted.
  static func names() -> [String] { entries(of: root).filter { $0.hasPrefix("test_") } }

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

  static func run(_ name: String) -> Outcome {
    do {
      let folder = "\(root)/\(name)"
      let model = try ModelFormat.onnx(path: "\(folder)/model.onnx")
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
    switch type {
    case .sequence, .optional:
      throw ModelError(place: "test data", found: "\(type)", expected: "a tensor")
    default: return .tensor(TensorValue(try ONNXReader.tensor(file)))
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
