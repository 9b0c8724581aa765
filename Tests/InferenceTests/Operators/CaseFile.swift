import Inference
import NeuralNetworks

/// A model of one operator, inputs of some invocations, and what runtimes make of them: as
/// `one_operator.py` writes them.
struct OperatorCase {
  struct Expectation {
    let runtime: String
    /// By invocation and output.
    let outputs: [[[UInt8]]]

    /// The arithmetic of the runtime.
    var arithmetic: Arithmetic {
      switch runtime {
      case "litert-xnnpack": .singleRounding
      case "litert-builtin": .doubleRoundingHalfUp
      default: .doubleRounding
      }
    }
  }

  let name: String
  let model: [UInt8]
  /// By invocation and input.
  let inputs: [[[UInt8]]]
  /// Of float outputs, relative to their largest magnitude; 0 for integers.
  let tolerance: Float
  let expectations: [Expectation]

  /// All cases of a family.
  static func all(of family: String) throws -> [OperatorCase] {
    let path = Goldens.package + "/Tests/InferenceTests/Oracles/\(family).cases"
    var reader = CaseReader(bytes: try Goldens.bytes(of: path))
    precondition(reader.take(4) == Array("ESOP".utf8))
    return (0..<reader.count()).map { _ in OperatorCase(&reader) }
  }

  private init(_ reader: inout CaseReader) {
    name = reader.string()
    model = reader.block()
    tolerance = Float(bitPattern: UInt32(reader.count()))
    let (invocationCount, inputCount) = (reader.count(), reader.count())
    inputs = reader.blocks(invocationCount, inputCount)
    expectations = (0..<reader.count()).map { _ in
      let runtime = reader.string()
      return Expectation(
        runtime: runtime, outputs: reader.blocks(invocationCount, reader.count()))
    }
  }

  /// Outputs of the invocations, one after the other.
  func outputs(_ arithmetic: Arithmetic) throws -> [[[UInt8]]] {
    let network = try TFLiteReader.read(ModelBytes(model), name: name)
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: arithmetic))
    return try inputs.map { invocation in
      for (index, bytes) in invocation.enumerated() {
        bytes.withUnsafeBytes { interpreter.setInput(index, bytes: $0) }
      }
      try interpreter.invoke()
      return network.main.outputs.indices.map { index in
        interpreter.withOutput(index) { Array($0) }
      }
    }
  }

  /// What is wrong with outputs; nil when they are those expected.
  func difference(_ outputs: [[[UInt8]]], from expectation: Expectation) -> String? {
    for (invocation, expected) in expectation.outputs.enumerated() {
      for (index, bytes) in expected.enumerated() where outputs[invocation][index] != bytes {
        let place = "invocation \(invocation), output \(index)"
        guard tolerance > 0 else {
          return "\(place): \(Self.firstDifference(outputs[invocation][index], bytes))"
        }
        let (found, wanted) = (Self.floats(outputs[invocation][index]), Self.floats(bytes))
        let error = Self.error(found, wanted)
        if !(error <= tolerance) { return "\(place): a relative error of \(error)" }
      }
    }
    return nil
  }

  private static func floats(_ bytes: [UInt8]) -> [Float] {
    ConstantData(bytes: bytes).elements(as: Float.self)
  }

  private static func error(_ found: [Float], _ wanted: [Float]) -> Float {
    let size = wanted.reduce(Float(0)) { max($0, abs($1)) }
    let worst = zip(found, wanted).reduce(Float(0)) { largest, pair in
      pair.0 == pair.1 ? largest : max(largest, (pair.0 - pair.1).magnitude)
    }
    return found.count == wanted.count && !found.contains(where: \.isNaN)
      ? worst / max(size, 1e-6) : .infinity
  }

  private static func firstDifference(_ found: [UInt8], _ wanted: [UInt8]) -> String {
    let differing = zip(found, wanted).enumerated().filter { $0.element.0 != $0.element.1 }
    guard let first = differing.first else { return "\(found.count) bytes, not \(wanted.count)" }
    return "\(differing.count) of \(wanted.count) bytes differ, the first at \(first.offset): "
      + "\(first.element.0), not \(first.element.1)"
  }
}

/// Reads little-endian lengths and the bytes that they announce.
private struct CaseReader {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func take(_ count: Int) -> [UInt8] {
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func count() -> Int {
    take(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func block() -> [UInt8] { take(count()) }

  mutating func string() -> String { String(decoding: block(), as: UTF8.self) }

  mutating func blocks(_ outer: Int, _ inner: Int) -> [[[UInt8]]] {
    (0..<outer).map { _ in (0..<inner).map { _ in block() } }
  }
}
