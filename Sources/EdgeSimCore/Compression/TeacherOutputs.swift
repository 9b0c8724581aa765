import NeuralNetworks
import ReproducibleMath
import Training

/// How what an executed teacher gives becomes what stands in front of its softmax.
struct TeacherOutputs: Sendable {
  /// What a recipe says of it.
  enum Kind: String, Sendable, CaseIterable {
    /// Or a softmax of them at the end, which is left out.
    case logits
    /// Whose logarithms are logits: the softmax of them at temperature 1 is what the teacher says.
    case probabilities
  }

  /// Of logits; nil for probabilities.
  private let scale: Float?
  /// Probabilities below are taken as this.
  private let least: Float

  /// - Parameter scale: of the softmax that was left out; nil when there was none.
  init(_ stated: Kind, scale: Float?, quantization: Quantization?) {
    self.scale = scale ?? (stated == .logits ? 1 : nil)
    // What was rounded to 0 was less than half a step.
    least = quantization.map { $0.scale / 2 } ?? 1e-7
  }

  /// - Throws: `TrainingError` for a probability that is none.
  func logits(of values: [Float]) throws(TrainingError) -> [Float] {
    if let scale { return scale == 1 ? values : values.map { $0 * scale } }
    if let odd = values.first(where: { !(-1e-3...1.001).contains($0) }) {
      throw TrainingError(
        place: "teacher", found: "an output of \(odd)", expected: "probabilities from 0 to 1")
    }
    return values.map { Float(ReproducibleMath.log(Double(max($0, least)))) }
  }
}

extension Network {
  /// The network up to what its last softmax reads, and the softmax's scale; nil when it does not
  /// end in one. What only stores or shapes the result may stand behind it.
  func withoutSoftmax() -> (network: Network, scale: Float)? {
    var result = self
    guard var value = main.outputs.first, main.outputs.count == 1 else { return nil }
    while let index = result.main.operators.lastIndex(where: { $0.outputs == [value] }) {
      let op = result.subgraphs[0].operators.remove(at: index)
      guard let source = op.inputs.first ?? nil else { return nil }
      switch op.operation {
      case .softmax(let beta):
        result.subgraphs[0].outputs = [source]
        return (result, beta)
      case .dequantize, .quantize, .reshape, .squeeze: value = source
      default: return nil
      }
    }
    return nil
  }
}

extension ONNXModel {
  private static let shapings: Set<String> = [
    "Cast", "DequantizeLinear", "Flatten", "Identity", "QuantizeLinear", "Reshape", "Squeeze",
  ]

  /// The model up to what its last softmax reads; nil when it does not end in one.
  func withoutSoftmax() -> ONNXModel? {
    var result = self
    guard graph.outputs.count == 1 else { return nil }
    var name = graph.outputs[0].name
    while let index = result.graph.nodes.lastIndex(where: { $0.outputs == [name] }) {
      let node = result.graph.nodes.remove(at: index)
      guard node.domain.isEmpty, let source = node.inputs.first else { return nil }
      if node.operatorType == "Softmax" {
        result.graph.outputs[0].name = source
        result.graph.outputs[0].type = .unknown
        return result
      }
      guard Self.shapings.contains(node.operatorType) else { return nil }
      name = source
    }
    return nil
  }
}
