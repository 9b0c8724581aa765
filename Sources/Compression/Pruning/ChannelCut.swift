import NeuralNetworks
import Training

/// A choice of channels that can be held at zero, or cut out of the network.
///
/// Both give the same outputs: a removed channel meets no weight that is not zero.
public struct ChannelCut: Sendable {
  private let graph: ChannelGraph
  /// Roots of the classes that leave.
  private let removed: Set<Int>

  init(_ graph: ChannelGraph, removed: Set<Int>) {
    self.graph = graph
    self.removed = removed
  }

  /// A cut of some output channels of a layer, with all that must leave with them.
  ///
  /// - Returns: nil when one of them cannot leave.
  init?(_ graph: ChannelGraph, channels: [Int], of layer: WeightLayer) {
    var candidates = ChannelCandidates(graph, [layer], outputs: true, minimum: 1)
    guard let axis = candidates.axes.first else { return nil }
    for root in Set(channels.map { axis.roots[$0] }).sorted() {
      guard candidates.canRemove(root) else { return nil }
      candidates.remove(root)
    }
    self.init(graph, removed: candidates.removed)
  }

  /// Whether each place along each axis stays; axes of each tensor that lose some, by tensor.
  private var stays: [Int: [(axis: Int, stays: [Bool])]] {
    var result: [Int: [(axis: Int, stays: [Bool])]] = [:]
    for (axis, places) in zip(graph.classes.axes, graph.classes.places) {
      let stays = places.map { !removed.contains(graph.classes.root($0)) }
      if stays.contains(false) { result[axis.tensor, default: []].append((axis.axis, stays)) }
    }
    return result
  }

  /// Whether each place along an axis stays; nil where all do.
  func stays(_ tensor: Int, axis: Int) -> [Bool]? {
    guard let places = graph.classes.knownPlaces(of: .init(tensor: tensor, axis: axis)) else {
      return nil
    }
    let stays = places.map { !removed.contains(graph.classes.root($0)) }
    return stays.contains(false) ? stays : nil
  }

  /// The network with all weights of these channels at zero, and masks that hold them there.
  /// O(weights).
  ///
  /// - Precondition: the network is the one that the cut was chosen for.
  public func masked(
    _ network: Network, constraints: WeightConstraints = WeightConstraints()
  ) -> CompressedNetwork {
    var result = CompressedNetwork(
      network: network, constraints: constraints,
      record: CompressionRecord(step: "mask channels", layers: []))
    for (tensor, axes) in stays.sorted(by: { $0.key < $1.key }) {
      guard let values = network.main.tensors[tensor].floats else { continue }
      let shape = network.main.tensors[tensor].shape.dimensions
      var mask = constraints.masks[tensor] ?? Array(repeating: 1, count: values.count)
      for (axis, stays) in axes {
        let inner = shape[(axis + 1)...].reduce(1, *)
        for index in mask.indices where !stays[index / inner % shape[axis]] { mask[index] = 0 }
      }
      let kept = zip(values, mask).map { $1 == 0 ? 0 : $0 }
      result.network.subgraphs[0].tensors[tensor] = network.main.tensors[tensor].holding(kept)
      result.constraints.masks[tensor] = mask
      result.record.layers.append(
        LayerRecord(name: network.main.tensors[tensor].name, before: values, after: kept))
    }
    return result
  }

  /// The network without these channels. Tensors keep their indices and operators their order;
  /// constraints follow. O(weights).
  ///
  /// - Precondition: as `masked`.
  /// - Throws: `ModelError` when the result is no valid network.
  public func removed(
    from network: Network, constraints: WeightConstraints = WeightConstraints()
  ) throws(ModelError) -> CompressedNetwork {
    var result = CompressedNetwork(
      network: network, constraints: constraints,
      record: CompressionRecord(step: "remove channels", layers: []))
    for (tensor, axes) in stays.sorted(by: { $0.key < $1.key }) {
      cut(tensor, axes, in: &result)
    }
    for index in network.main.operators.indices {
      adapt(index, in: &result.network.subgraphs[0])
    }
    try result.network.validate()
    return result
  }

  private func cut(
    _ tensor: Int, _ axes: [(axis: Int, stays: [Bool])], in result: inout CompressedNetwork
  ) {
    var old = result.network.main.tensors[tensor]
    var shape = old.shape.dimensions
    var (values, mask) = (old.floats, result.constraints.masks[tensor])
    var group = result.constraints.groups[tensor]
    let before = old.shape.elementCount
    for (axis, stays) in axes {
      values = values.map { Self.sliced($0, shape, axis, stays) }
      mask = mask.map { Self.sliced($0, shape, axis, stays) }
      group = group.map { Self.sliced($0, shape, axis, stays) }
      shape[axis] = stays.count { $0 }
    }
    old.shape = Shape(shape)
    if let values {
      old = old.holding(values)
      result.record.layers.append(
        LayerRecord(
          name: old.name, elementCountBefore: before, elementCountAfter: values.count,
          zeroCount: values.count { $0 == 0 }, bitsBefore: 32, bitsAfter: 32))
    }
    result.network.subgraphs[0].tensors[tensor] = old
    result.constraints.masks[tensor] = mask
    result.constraints.groups[tensor] = group
  }

  /// The elements whose index along the axis stays.
  private static func sliced<Element>(
    _ values: [Element], _ shape: [Int], _ axis: Int, _ stays: [Bool]
  ) -> [Element] {
    let inner = shape[(axis + 1)...].reduce(1, *)
    return values.indices.compactMap { stays[$0 / inner % shape[axis]] ? values[$0] : nil }
  }

  /// Attributes and parameters that state extents.
  private func adapt(_ index: Int, in subgraph: inout Subgraph) {
    let op = subgraph.operators[index]
    let output = subgraph.tensors[op.outputs[0]].shape.dimensions
    guard output != graph.subgraph.tensors[op.outputs[0]].shape.dimensions else { return }
    switch op.operation {
    case .reshape:
      // The attribute says it all; a shape operand may be shared with others.
      subgraph.operators[index].operation = .reshape(shape: output)
      subgraph.operators[index].inputs = Array(op.inputs.prefix(1))
    case .depthwiseConv2D(let convolution, _):
      let channels = op.inputs[0].flatMap { subgraph.tensors[$0].shape.dimensions.last } ?? 1
      subgraph.operators[index].operation = .depthwiseConv2D(
        convolution, depthMultiplier: (output.last ?? 1) / max(channels, 1))
    case .transposeConv2D:
      let bytes = output.flatMap { extent in
        withUnsafeBytes(of: Int32(extent).littleEndian) { Array($0) }
      }
      subgraph.operators[index].inputs[0] = subgraph.tensors.count
      subgraph.tensors.append(
        Tensor(
          name: "output shape of operator \(index)", elementType: .int32, shape: [output.count],
          constant: ConstantData(bytes: bytes)))
    default: break
    }
  }
}
