import NeuralNetworks
import Training

/// Makes a network of integers out of one of floats, operator by operator.
///
/// Tensors keep their indices; what is needed beyond them stands behind them.
struct IntegerNetwork {
  private let float: Subgraph
  private let settings: QuantizationSettings
  private let groups: ScaleGroups
  private(set) var graph: Subgraph
  private(set) var records: [LayerRecord] = []
  /// Constants that an operator has taken over: another one needs a copy.
  private var taken: Set<Int> = []

  private var isInt16: Bool { settings.form == .int16x8 }
  private var activationType: ElementType { isInt16 ? .int16 : .int8 }

  /// - Throws: `ModelError` with the layer that has no range.
  init(
    _ float: Subgraph, _ ranges: ActivationRanges, _ settings: QuantizationSettings
  ) throws(ModelError) {
    self.float = float
    self.settings = settings
    groups = try ScaleGroups(float, ranges, isInt16: settings.form == .int16x8)
    graph = float
    for tensor in float.activationOperands { quantizeActivation(tensor) }
    for index in float.operators.indices {
      if let places = WeightPlaces(float.operators[index].operation) {
        quantizeWeights(ofOperator: index, places)
      }
    }
    insertRescaling()
    if settings.hasFloatInterface { addFloatInterface() }
  }

  // MARK: Activations

  private mutating func quantizeActivation(_ tensor: Int) {
    guard let quantization = groups.quantization(of: tensor) else { return }
    if let values = float.tensors[tensor].floats {
      graph.tensors[tensor] = graph.tensors[tensor].storing(
        values, activationType, quantization)
      taken.insert(tensor)
    } else {
      graph.tensors[tensor].elementType = activationType
      graph.tensors[tensor].quantization = quantization
    }
  }

  /// Operators with a fixed range whose result joins others of another scale.
  private mutating func insertRescaling() {
    var operators: [Operator] = []
    for op in graph.operators {
      guard let output = op.outputs.first, let fixed = groups.fixedOutputs[output] else {
        operators.append(op)
        continue
      }
      var unscaled = graph.tensors[output]
      unscaled.name += "/unscaled"
      unscaled.quantization = fixed
      var source = op
      source.outputs[0] = append(unscaled)
      operators.append(source)
      operators.append(
        Operator(operation: .quantize, inputs: [source.outputs[0]], outputs: [output]))
    }
    graph.operators = operators
  }

  private mutating func addFloatInterface() {
    for (place, tensor) in graph.inputs.enumerated() where isQuantized(tensor) {
      let outer = append(float.tensors[tensor])
      graph.tensors[tensor].name += "/quantized"
      graph.inputs[place] = outer
      graph.operators.insert(
        Operator(operation: .quantize, inputs: [outer], outputs: [tensor]), at: place)
    }
    for (place, tensor) in graph.outputs.enumerated() where isQuantized(tensor) {
      let outer = append(float.tensors[tensor])
      graph.tensors[tensor].name += "/quantized"
      graph.outputs[place] = outer
      graph.operators.append(
        Operator(operation: .dequantize, inputs: [tensor], outputs: [outer]))
    }
  }

  private func isQuantized(_ tensor: Int) -> Bool {
    graph.tensors[tensor].elementType == activationType && graph.tensors[tensor].constant == nil
  }

  private mutating func append(_ tensor: Tensor) -> Int {
    graph.tensors.append(tensor)
    return graph.tensors.count - 1
  }

  /// The place for a constant of one operator: its own, or a new one when another has taken that.
  private mutating func claim(_ tensor: Int) -> Int {
    if taken.insert(tensor).inserted { return tensor }
    return append(float.tensors[tensor])
  }

  // MARK: Weights

  private mutating func quantizeWeights(ofOperator index: Int, _ places: WeightPlaces) {
    let op = float.operators[index]
    guard let stated = op.inputs[places.weights], let values = float.tensors[stated].floats,
      let input = op.inputs[places.value], let source = groups.quantization(of: input)
    else { return }
    let shape = float.tensors[stated].shape
    let bias = places.bias(of: op).flatMap { float.tensors[$0].floats }
    let weightGroups = WeightGroups(
      settings.granularity == .tensor ? .tensor : .channel, shape: shape, axis: places.channelAxis)
    let bits = settings.weightBits(of: float.tensors[stated].name)
    let weights = WeightQuantization(
      symmetric: values, bits: bits, groups: weightGroups,
      leastScales: leastScales(bias, inputScale: source.scale, groupCount: weightGroups.count))
    let place = claim(stated)
    graph.tensors[place].store(weights, bits: bits, axis: places.channelAxis, settings)
    graph.operators[index].inputs[places.weights] = place
    records.append(
      LayerRecord(
        name: float.tensors[stated].name, before: values, after: weights.values, bitsAfter: bits))
    if let bias, let tensor = places.bias(of: op) {
      let claimed = claim(tensor)
      graph.tensors[claimed].store(
        bias: bias, scales: weights.scales.map { source.scale * $0 },
        as: isInt16 ? .int64 : .int32)
      graph.operators[index].inputs[places.bias] = claimed
    }
  }

  /// Scales below which a bias would not fit its integers: weights that are all zero, or nearly.
  private func leastScales(_ bias: [Float]?, inputScale: Float, groupCount: Int) -> [Float] {
    // Far from 2^31, so that products still fit beside it.
    let limit: Float = isInt16 ? 0x1p38 : 0x1p27
    guard let bias else { return Array(repeating: 0, count: groupCount) }
    let scales = bias.map { abs($0) / (inputScale * limit) }
    return groupCount == scales.count
      ? scales : Array(repeating: scales.reduce(0, max), count: groupCount)
  }
}

extension Tensor {
  /// The tensor as a constant of activations.
  fileprivate func storing(
    _ values: [Float], _ type: ElementType, _ quantization: Quantization
  ) -> Tensor {
    var result = self
    result.elementType = type
    result.quantization = quantization
    let limits: ClosedRange<Float> = type == .int16 ? -32_768...32_767 : -128...127
    let codes = values.map { value in
      let code = (value / quantization.scale).rounded(.toNearestOrAwayFromZero)
      return max(
        limits.lowerBound, min(limits.upperBound, code + Float(quantization.zeroPoint)))
    }
    result.constant = ConstantData(
      bytes: type == .int16
        ? codes.map { Int16($0) }.withUnsafeBytes { Array($0) }
        : codes.map { UInt8(bitPattern: Int8($0)) })
    return result
  }

  /// Becomes weights of int8, or of int4.
  mutating func store(
    _ weights: WeightQuantization, bits: Int, axis: Int, _ settings: QuantizationSettings
  ) {
    let isPacked = bits <= 4 && settings.storesNibbles
    elementType = isPacked ? .int4 : .int8
    quantization = Quantization(
      scales: weights.scales, zeroPoints: weights.zeroPoints,
      axis: weights.scales.count > 1 ? axis : 0)
    constant = ConstantData(bytes: isPacked ? weights.nibbles : weights.bytes)
  }

  /// - Parameter scales: of the sums, one or one for each channel.
  fileprivate mutating func store(bias: [Float], scales: [Float], as type: ElementType) {
    let codes = bias.enumerated().map { index, value -> Int in
      let scale = Double(scales[scales.count == 1 ? 0 : index])
      return Int((Double(value) / scale).rounded(.toNearestOrAwayFromZero))
    }
    elementType = type
    quantization = Quantization(scales: scales, zeroPoints: scales.map { _ in 0 })
    constant = ConstantData(
      bytes: type == .int32
        ? codes.map { Int32(clamping: $0) }.withUnsafeBytes { Array($0) }
        : codes.map { Int64($0) }.withUnsafeBytes { Array($0) })
  }
}
