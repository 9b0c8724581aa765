/// What training may not change in the weights: zeros stay zero, and shared weights stay equal.
///
/// Keys are indices of constant tensors of the network's entry subgraph; a tensor without an entry
/// is free.
public struct WeightConstraints: Sendable, Equatable {
  /// Whether each weight is kept (1) or held at zero (0), in the tensor's order.
  public var masks: [Int: [UInt8]]
  /// The group of each weight; weights of one group have one value. Gradients are averaged in it.
  public var groups: [Int: [UInt16]]

  public init(masks: [Int: [UInt8]] = [:], groups: [Int: [UInt16]] = [:]) {
    self.masks = masks
    self.groups = groups
  }
}
