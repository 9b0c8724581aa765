import NeuralNetworks

/// What a kernel sees of its operator when it is prepared.
struct KernelContext {
  let op: Operator
  let subgraph: Subgraph
  let arithmetic: Arithmetic
  let kernels: KernelSelection
  /// For messages.
  let place: String
  /// All subgraphs, for operators that call some.
  var network: [Subgraph] = []

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
    guard isUsable(quantization.scale), tensor.elementType.zeroPointRange.contains(zeroPoint)
    else {
      throw failure(
        found: "scale \(quantization.scale), zero point \(zeroPoint) of tensor \(tensor.name)",
        expected: "a positive finite scale and a zero point of \(tensor.elementType)")
    }
    return (Double(quantization.scale), Int32(zeroPoint))
  }

  /// One scale for each output channel; a per-tensor scale is repeated. Zero points are 0, as the
  /// 8-bit quantization specification demands of weights.
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
    return scales.count == count ? scales : Array(repeating: scales[0], count: count)
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
    func stored(_ real: Float) -> Int32 {
      let steps = (real / Float(scale)).rounded(.toNearestOrAwayFromZero)
      return zeroPoint + Int32(max(-1e6, min(1e6, steps)))
    }
    switch activation {
    case .none: return (-128, 127)
    case .relu: return (max(-128, zeroPoint), 127)
    case .reluMinus1To1: return (max(-128, stored(-1)), min(127, stored(1)))
    case .relu6: return (max(-128, zeroPoint), min(127, stored(6)))
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
  /// Zero points that the type can hold.
  fileprivate var zeroPointRange: ClosedRange<Int> {
    switch self {
    case .int8: -128...127
    case .uint8: 0...255
    default: 0...0
    }
  }
}
