import NeuralNetworks

@testable import Inference

/// A model with inputs and the outputs of ONNX Runtime, as `make_onnx_quantized.py` writes them.
struct ONNXOperatorCase {
  var name: String
  /// Largest permitted difference from a float output; 0 when bits must be equal.
  var difference: Float
  var model: [UInt8]
  var inputs: [[UInt8]]
  var outputs: [[UInt8]]

  /// Nil when all outputs agree, else what does not.
  func problem() -> String? {
    do {
      let model = try ONNXReader.read(ModelBytes(model), name: name)
      let evaluator = ONNXEvaluator(try ONNXProgram(model))
      let found = try evaluator.run(values())
      guard found.count == outputs.count else { return "\(found.count) outputs" }
      for (index, bytes) in outputs.enumerated() {
        guard case .tensor(let output) = found[index] else { return "no tensor" }
        if let problem = try compare(output, Self.tensor(bytes)) {
          return "output \(index): \(problem)"
        }
      }
      return nil
    } catch { return "\(error)" }
  }

  /// The inputs, read.
  func values() throws -> [ONNXValue] {
    try inputs.map { .tensor(try Self.tensor($0)) }
  }

  private static func tensor(_ bytes: [UInt8]) throws -> TensorValue {
    TensorValue(try ONNXReader.tensor(ModelBytes(bytes)))
  }

  private func compare(_ found: TensorValue, _ expected: TensorValue) throws -> String? {
    guard found.elementType == expected.elementType, found.shape == expected.shape else {
      return "\(found.elementType.rawValue) \(found.shape), not "
        + "\(expected.elementType.rawValue) \(expected.shape)"
    }
    let (a, b) = (try found.doubles(), try expected.doubles())
    let others = a.indices.filter { index in
      let isEqual = a[index] == b[index] || a[index].isNaN && b[index].isNaN
      return !isEqual && !((a[index] - b[index]).magnitude <= Double(difference))
    }
    guard let first = others.first else { return nil }
    return "\(others.count) of \(a.count) elements differ; \(first): \(a[first]), not \(b[first])"
  }

  /// The cases of a file.
  static func read(_ path: String) throws -> [ONNXOperatorCase] {
    let bytes = try ModelBytes(mapping: path).withBytes { Array($0) }
    var position = 0
    func number() -> Int {
      defer { position += 4 }
      return (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    }
    func chunk() -> [UInt8] {
      let count = number()
      defer { position += count }
      return Array(bytes[position..<position + count])
    }
    var cases: [ONNXOperatorCase] = []
    while position < bytes.count {
      let name = String(decoding: chunk(), as: UTF8.self)
      let difference = Float(bitPattern: UInt32(number()))
      let model = chunk()
      let inputs = (0..<number()).map { _ in chunk() }
      let outputs = (0..<number()).map { _ in chunk() }
      cases.append(
        ONNXOperatorCase(
          name: name, difference: difference, model: model, inputs: inputs, outputs: outputs))
    }
    return cases
  }
}
