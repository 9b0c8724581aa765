import NeuralNetworks

/// What a kernel sees of its operator when it is prepared.
struct KernelContext {
  let op: Operator
  let subgraph: Subgraph
  /// Of the network.
  let family: Arithmetic
  /// Of this operator.
  let arithmetic: Arithmetic
  let kernels: KernelSelection
  /// For messages.
  let place: String
  /// All subgraphs, for operators that call some.
  let network: [Subgraph]

  /// - Parameter arithmetic: of the network; the operator's may be another.
  init(
    op: Operator, subgraph: Subgraph, arithmetic: Arithmetic, kernels: KernelSelection,
    place: String, network: [Subgraph] = []
  ) {
    self.op = op
    self.subgraph = subgraph
    family = arithmetic
    self.arithmetic = arithmetic.applied(to: op, in: subgraph)
    self.kernels = kernels
    self.place = place
    self.network = network
  }

  /// Resolves axes, slices and paddings as validation does.
  var check: OperatorCheck {
    OperatorCheck(network: network, subgraph: subgraph, op: op, place: place)
  }

  /// - Precondition: the input is there, as validation demands.
  func input(_ index: Int) -> Tensor {
    guard let tensor = op.inputs[index] else { preconditionFailure("an input is absent") }
    return subgraph.tensors[tensor]
  }

  func optionalInput(_ index: Int) -> Tensor? {
    guard index < op.inputs.count, let tensor = op.inputs[index] else { return nil }
    return subgraph.tensors[tensor]
  }

  var output: Tensor { subgraph.tensors[op.outputs[0]] }

  func failure(found: String, expected: String) -> ModelError {
    ModelError(place: place, found: found, expected: expected)
  }

  /// The one scale and zero point of a tensor.
  ///
  /// - Throws: when it has none, more than one, or ones that mean nothing.
  func quantization(of tensor: Tensor) throws(ModelError) -> (scale: Double, zeroPoint: Int32) {
    guard let quantization = tensor.quantization, !quantization.isPerChannel else {
      throw failure(
        found: "tensor \(tensor.name) without one scale", expected: "per-tensor quantization")
    }
    let zeroPoint = quantization.zeroPoint
    guard isUsable(quantization.scale), let limits = tensor.elementType.storedLimits,
      (Int(limits.low)...Int(limits.high)).contains(zeroPoint)
    else {
      throw failure(
        found: "scale \(quantization.scale), zero point \(zeroPoint) of tensor \(tensor.name)",
        expected: "a positive finite scale and a zero point of \(tensor.elementType)")
    }
    return (Double(quantization.scale), Int32(zeroPoint))
  }

  /// One scale for each output channel; a per-tensor scale is repeated. Zero points are 0, as the
  /// 8-bit quantization specification demands of weights.
  ///
  /// Weights that are computed have one scale, which stays one: they take no bytes of the file, so
  /// that nothing would bound the number of its copies.
  func weightScales(of tensor: Tensor, axis: Int, count: Int) throws(ModelError) -> [Double] {
    guard let quantization = tensor.quantization, quantization.scales.allSatisfy(isUsable),
      quantization.zeroPoints.allSatisfy({ $0 == 0 }),
      !quantization.isPerChannel
        || (quantization.scales.count == count && quantization.axis == axis)
    else {
      throw failure(
        found: "the quantization of weights \(tensor.name)",
        expected: "positive scales, one or \(count) along axis \(axis), and zero points of 0")
    }
    let scales = quantization.scales.map(Double.init)
    return repeated(scales, tensor, count)
  }

  private func repeated(_ scales: [Double], _ weights: Tensor, _ count: Int) -> [Double] {
    scales.count == count || weights.constant == nil
      ? scales : Array(repeating: scales[0], count: count)
  }

  /// As `weightScales`, and the one zero point that weights of uint8, and of FULLY_CONNECTED with
  /// one scale, may have.
  func weightQuantization(
    of tensor: Tensor, axis: Int, count: Int
  ) throws(ModelError) -> (scales: [Double], zeroPoint: Int32) {
    guard let quantization = tensor.quantization, !quantization.isPerChannel else {
      return (try weightScales(of: tensor, axis: axis, count: count), 0)
    }
    let (scale, zeroPoint) = try self.quantization(of: tensor)
    return (repeated([scale], tensor, count), zeroPoint)
  }

  func multiplier(
    _ factor: Double, single: Float? = nil
  ) throws(ModelError) -> FixedPointMultiplier {
    guard let multiplier = FixedPointMultiplier(factor, single: single) else {
      throw failure(found: "a rescaling by \(factor)", expected: "a finite one below 2^30")
    }
    return multiplier
  }

  /// The clamp of a fused activation in stored values of int8.
  func int8Range(
    of activation: Activation, scale: Double, zeroPoint: Int32
  ) -> (low: Int32, high: Int32) {
    storedRange(of: activation, .int8, scale: scale, zeroPoint: zeroPoint)
  }

  /// The clamp of a fused activation in stored values.
  ///
  /// - Precondition: the type is one of at most 32 bits that quantized values are stored in.
  func storedRange(
    of activation: Activation, _ type: ElementType, scale: Double, zeroPoint: Int32
  ) -> (low: Int32, high: Int32) {
    guard let limits = type.storedLimits else { preconditionFailure("a type of no values") }
    func stored(_ real: Float) -> Int32 {
      let steps = (real / Float(scale)).rounded(.toNearestOrAwayFromZero)
      return zeroPoint + Int32(max(-1e6, min(1e6, steps)))
    }
    func clamped(_ value: Int32) -> Int32 { min(max(value, limits.low), limits.high) }
    switch activation {
    case .none: return limits
    case .relu: return (zeroPoint, limits.high)
    case .reluMinus1To1: return (clamped(stored(-1)), clamped(stored(1)))
    case .relu6: return (zeroPoint, clamped(stored(6)))
    }
  }

  func floatRange(of activation: Activation) -> (low: Float, high: Float) {
    switch activation {
    case .none: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .reluMinus1To1: (-1, 1)
    case .relu6: (0, 6)
    }
  }

  private func isUsable(_ scale: Float) -> Bool { scale.isFinite && scale > 0 }
}

extension ElementType {
  /// Values that the type stores, for types of at most 32 bits that are quantized.
  var storedLimits: (low: Int32, high: Int32)? {
    switch self {
    case .int4: (-8, 7)
    case .int8: (-128, 127)
    case .uint8: (0, 255)
    case .int16: (-32_768, 32_767)
    case .int32: (.min, .max)
    default: nil
    }
  }
}
