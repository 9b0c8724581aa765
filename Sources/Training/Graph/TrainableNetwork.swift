import NeuralNetworks

/// A float network as a graph that can be differentiated: values, the nodes that make them, and the
/// parameters that training finds.
///
/// Made from a `Network`, whose constants become parameters, or from an `Architecture`. One input,
/// one output.
public struct TrainableNetwork: Sendable {
  /// What flows between nodes.
  struct Value: Sendable {
    /// Of one sample, without the batch axis.
    var shape: [Int]
    /// In the network that it came from; nil for a value in between.
    var tensor: Int?
    /// For messages, and for features to distil from.
    var name: String

    var count: Int { shape.reduce(1, *) }
  }

  /// Numbers that the optimizer moves, or that are kept from step to step.
  struct Parameter: Sendable {
    var name: String
    var shape: [Int]
    var values: [Float]
    var role: Role
    /// The constant of the network that it came from.
    var tensor: Int?

    enum Role: Sendable {
      /// Multiplies activations: decays, and may be quantized or pruned. The axis of its outputs.
      case weight(outputAxis: Int)
      /// Is added, or scales a normalized channel.
      case offset
      /// Found by averaging, not by gradients.
      case statistic
      /// Never changes.
      case constant
    }

    var isTrained: Bool {
      switch role {
      case .weight, .offset: true
      case .statistic, .constant: false
      }
    }
  }

  var values: [Value] = []
  var nodes: [Node] = []
  var parameters: [Parameter] = []
  var input = 0
  var output = 0
  /// What it came from; nil for an architecture.
  var source: Network?

  /// The value in front of a softmax at the end: what losses of classes are computed on.
  var logits: Int {
    if let last = nodes.last, case .softmax = last.kind, last.output == output {
      return last.inputs[0]
    }
    return output
  }

  /// Shape of one input, without the batch axis.
  public var inputShape: Shape { Shape(values[input].shape) }

  /// Elements of one output.
  public var outputCount: Int { values[output].count }

  /// Numbers that training finds.
  public var parameterCount: Int {
    parameters.reduce(0) { $0 + ($1.isTrained ? $1.values.count : 0) }
  }

  /// Names of the values that features may be distilled from, in order.
  public var featureNames: [String] { nodes.map { values[$0.output].name }.filter { !$0.isEmpty } }

  mutating func addValue(_ shape: [Int], tensor: Int? = nil, name: String = "") -> Int {
    values.append(Value(shape: shape, tensor: tensor, name: name))
    return values.count - 1
  }

  mutating func addParameter(
    _ name: String, _ shape: [Int], _ values: [Float], _ role: Parameter.Role, tensor: Int? = nil
  ) -> Int {
    parameters.append(
      Parameter(name: name, shape: shape, values: values, role: role, tensor: tensor))
    return parameters.count - 1
  }
}
