import NeuralNetworks

/// Quantization-aware training (Jacob et al. 2018): forward passes round weights and activations as
/// the quantized network will, gradients pass straight through (Bengio et al. 2013).
public struct FakeQuantizationScheme: Sendable, Equatable {
  /// 2 to 16, and to 8 on a logarithmic grid. Uniform: symmetric, `scale = max|w| / (2^(bits - 1)
  /// - 1)`, ties away from zero. Nil leaves weights as they are.
  public var weightBits: Int?
  /// 2 to 16: asymmetric up to 8, symmetric above, of moving ranges. Nil leaves activations as they
  /// are.
  public var activationBits: Int?
  public var isPerChannel: Bool
  /// Of a range's share that stays from one step to the next.
  public var momentum: Float
  /// Bits of single layers, by the weights' name.
  public var weightBitsByLayer: [String: Int]
  /// Weights become powers, tensor by tensor; nil for uniform steps.
  public var logarithmicGrid: LogarithmicGrid?
  /// Where moving ranges begin, as a calibration found them; else with the first minibatch.
  public var ranges: ActivationRanges

  public init(
    weightBits: Int? = 8, activationBits: Int? = 8, isPerChannel: Bool = true,
    momentum: Float = 0.9, weightBitsByLayer: [String: Int] = [:],
    logarithmicGrid: LogarithmicGrid? = nil,
    ranges: ActivationRanges = ActivationRanges()
  ) {
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.isPerChannel = isPerChannel
    self.momentum = momentum
    self.weightBitsByLayer = weightBitsByLayer
    self.logarithmicGrid = logarithmicGrid
    self.ranges = ranges
  }

  func check() throws(ModelError) {
    let bits = [weightBits, activationBits].compactMap { $0 } + weightBitsByLayer.values.sorted()
    let most = logarithmicGrid == nil ? 16 : 8
    guard bits.allSatisfy({ (2...16).contains($0) }),
      (bits.max() ?? 0) <= max(most, activationBits ?? 0),
      (0..<1).contains(momentum)
    else {
      throw ModelError(
        place: "quantization", found: "bits \(bits), momentum \(momentum)",
        expected: "2 to \(most) bits, a momentum from 0 up to 1")
    }
  }

  /// What an activation of this range is rounded to; nil where it is not.
  func grid(of range: ClosedRange<Float>) -> AffineGrid? {
    activationBits.map {
      AffineGrid(range, bits: $0, isSymmetric: $0 > 8)
    }
  }

  /// Weights as they will be stored, in real values. O(weights).
  func rounded(_ parameter: TrainableNetwork.Parameter) -> [Float] {
    guard case .weight(let axis) = parameter.role,
      let bits = weightBitsByLayer[parameter.name] ?? weightBits
    else { return parameter.values }
    if let logarithmicGrid { return logarithmicGrid.rounded(parameter.values, bits: bits) }
    let (weights, shape) = (parameter.values, parameter.shape)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let channels = isPerChannel ? shape[axis] : 1
    func channel(_ place: Int) -> Int { isPerChannel ? place / inner % channels : 0 }
    var greatest = [Float](repeating: 0, count: channels)
    for place in weights.indices {
      greatest[channel(place)] = max(greatest[channel(place)], weights[place].magnitude)
    }
    let most = Float((1 << (bits - 1)) - 1)
    let scales = greatest.map { $0 / most }
    return weights.indices.map { place in
      let scale = scales[channel(place)]
      guard scale > 0 else { return 0 }
      let stored = (weights[place] / scale).rounded(.toNearestOrAwayFromZero)
      return scale * min(max(stored, -most), most)
    }
  }
}

extension TrainableNetwork.Parameter {
  /// Whether it is a weight that will be written: one of the network's, not of a map beside it.
  func isNetworkWeight(of network: TrainableNetwork, _ index: Int) -> Bool {
    guard case .weight = role else { return false }
    return index < network.parameters.count
  }
}
