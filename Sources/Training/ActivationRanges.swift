/// The least and the greatest value that tensors of a network took, or that training settled on.
public struct ActivationRanges: Sendable, Equatable {
  /// By index of a tensor of the network's entry subgraph.
  public var ranges: [Int: ClosedRange<Float>]

  public init(_ ranges: [Int: ClosedRange<Float>] = [:]) { self.ranges = ranges }

  public subscript(tensor: Int) -> ClosedRange<Float>? {
    get { ranges[tensor] }
    set { ranges[tensor] = newValue }
  }
}
