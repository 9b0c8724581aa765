/// A network as a list of layers, from which a `TrainableNetwork` is made.
public struct Architecture: Sendable, Equatable {
  public var layers: [Layer]

  public init(_ layers: [Layer]) { self.layers = layers }

  /// One layer; each works on the output of the layer above, unless it says otherwise.
  public struct Layer: Sendable, Equatable {
    public var kind: Kind
    /// By which layers below may name its output; unnamed where nil.
    public var name: String?

    public init(_ kind: Kind, name: String? = nil) {
      self.kind = kind
      self.name = name
    }
  }

  public enum Kind: Sendable, Equatable {
    case convolution(Filter, channels: Int)
    case depthwise(Filter)
    case dense(units: Int, usesBatchNorm: Bool, activation: DifferentiableActivation?)
    /// Long short-term memory over [steps, features]: all states, or the last one.
    case lstm(units: Int, returnsSequence: Bool)
    /// Gated recurrent units, unrolled, over the same.
    case gru(units: Int, returnsSequence: Bool)
    case batchNorm
    case activation(DifferentiableActivation)
    case maxPool(Filter)
    case averagePool(Filter)
    /// Over height and width.
    case globalAveragePool
    /// Adds the output of an earlier layer, by name, and then applies an activation.
    case add(String, activation: DifferentiableActivation?)
    /// Beside the channels of an earlier layer.
    case concatenate(String)
    /// Goes on from an earlier layer.
    case from(String)
    case flatten
    case reshape([Int])
    case dropout(rate: Float)
    case softmax
  }

  /// A window and what follows it.
  public struct Filter: Sendable, Equatable {
    public var height, width: Int
    public var strideHeight, strideWidth: Int
    public var isSame: Bool
    public var usesBatchNorm: Bool
    public var activation: DifferentiableActivation?

    public init(
      height: Int, width: Int, strideHeight: Int = 1, strideWidth: Int = 1, isSame: Bool = true,
      usesBatchNorm: Bool = false, activation: DifferentiableActivation? = nil
    ) {
      self.height = height
      self.width = width
      self.strideHeight = strideHeight
      self.strideWidth = strideWidth
      self.isSame = isSame
      self.usesBatchNorm = usesBatchNorm
      self.activation = activation
    }
  }
}
