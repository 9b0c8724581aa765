import NeuralNetworks

/// An operator that multiplies activations with constant float weights, and how these lie in
/// memory.
///
/// Every kind is seen as one matrix for each tap of the filter: outputs x inputs. A dense layer has
/// one tap, a depthwise one has one input.
public struct WeightLayer: Sendable, Equatable {
  public enum Kind: String, Sendable, Hashable {
    case convolution, depthwise, dense, transposedConvolution, volumeConvolution
  }

  public let kind: Kind
  /// In the entry subgraph; the first one that uses the weights.
  public let operatorIndex: Int
  /// Tensors of the entry subgraph.
  public let weights, input, output: Int
  public let bias: Int?
  /// The weights' name.
  public let name: String
  public let outputCount, tapCount, inputCount: Int
  /// Elements from one output, tap or input to the next.
  public let outputStride, tapStride, inputStride: Int

  /// Place of a weight in the tensor.
  @inlinable
  public func index(output: Int, tap: Int, input: Int) -> Int {
    output * outputStride + tap * tapStride + input * inputStride
  }

  public var elementCount: Int { outputCount * tapCount * inputCount }

  /// The axis of the weights that runs along outputs.
  public var outputAxis: Int {
    switch kind {
    case .convolution, .dense, .transposedConvolution: 0
    case .depthwise: 3
    case .volumeConvolution: 4
    }
  }

  /// The axis of the weights that runs along inputs; a depthwise filter has none.
  public var inputAxis: Int? {
    switch kind {
    case .convolution, .transposedConvolution, .volumeConvolution: 3
    case .dense: 1
    case .depthwise: nil
    }
  }
}

extension WeightLayer {
  /// Nil for operators that are none of the kinds, or whose weights are no float32 constant.
  init?(_ op: Operator, index: Int, in subgraph: Subgraph) {
    guard let (kind, input) = Self.kind(op.operation), op.inputs.count >= 2,
      let source = op.inputs[input], let weights = op.inputs[1],
      subgraph.tensors[weights].elementType == .float32,
      subgraph.tensors[weights].constant != nil
    else { return nil }
    self.kind = kind
    self.weights = weights
    self.input = source
    operatorIndex = index
    output = op.outputs[0]
    bias = op.inputs.count > input + 1 + (input == 0 ? 1 : 0) ? op.inputs[input == 0 ? 2 : 3] : nil
    name = subgraph.tensors[weights].name
    let extents = subgraph.tensors[weights].shape.dimensions
    switch kind {
    case .convolution, .transposedConvolution:
      (outputCount, tapCount, inputCount) = (extents[0], extents[1] * extents[2], extents[3])
      (outputStride, tapStride, inputStride) = (tapCount * inputCount, inputCount, 1)
    case .dense:
      (outputCount, tapCount, inputCount) = (extents[0], 1, extents[1])
      (outputStride, tapStride, inputStride) = (extents[1], extents[1], 1)
    case .depthwise:
      (outputCount, tapCount, inputCount) = (extents[3], extents[1] * extents[2], 1)
      (outputStride, tapStride, inputStride) = (1, extents[3], 1)
    case .volumeConvolution:
      (outputCount, inputCount) = (extents[4], extents[3])
      tapCount = extents[0] * extents[1] * extents[2]
      (outputStride, tapStride, inputStride) = (1, extents[3] * extents[4], extents[4])
    }
  }

  /// The kind, and which input the activations are.
  private static func kind(_ operation: NeuralNetworks.Operation) -> (Kind, input: Int)? {
    switch operation {
    case .conv2D: (.convolution, 0)
    case .depthwiseConv2D: (.depthwise, 0)
    case .fullyConnected: (.dense, 0)
    case .transposeConv2D: (.transposedConvolution, 2)
    case .conv3D: (.volumeConvolution, 0)
    default: nil
    }
  }
}

extension Network {
  /// The layers whose float weights compression works on, in the order of execution; weights that
  /// several operators share count once. O(operators).
  public var weightLayers: [WeightLayer] {
    var seen: Set<Int> = []
    return main.operators.enumerated().compactMap { index, op in
      guard let layer = WeightLayer(op, index: index, in: main) else { return nil }
      return seen.insert(layer.weights).inserted ? layer : nil
    }
  }

  /// The layers with their weights.
  ///
  /// - Throws: `ModelError` naming the first layer with a weight that is no finite number.
  func finiteWeights(of layers: [WeightLayer]) throws(ModelError) -> [[Float]] {
    var result: [[Float]] = []
    for layer in layers {
      let values = main.tensors[layer.weights].floats ?? []
      if let bad = values.first(where: { !$0.isFinite }) {
        throw layer.failure(found: "the weight \(bad)", expected: "finite numbers")
      }
      result.append(values)
    }
    return result
  }
}

extension WeightLayer {
  func failure(found: String, expected: String) -> ModelError {
    ModelError(place: "layer \(name)", found: found, expected: expected)
  }
}
