import NeuralNetworks
import Training

/// Forms in which activations stay float.
extension Subgraph {
  /// Float weights by operator: the first operator of each tensor counts.
  private var weightUses: [(index: Int, tensor: Int, places: WeightPlaces)] {
    var seen: Set<Int> = []
    return operators.indices.compactMap { index in
      guard let places = WeightPlaces(operators[index].operation),
        let tensor = operators[index].inputs[places.weights], tensors[tensor].floats != nil,
        seen.insert(tensor).inserted
      else { return nil }
      return (index, tensor, places)
    }
  }

  /// The hybrid form: weights of int8, which kernels multiply with activations that they quantize
  /// themselves. Convolutions quantize their input over its whole range.
  mutating func quantizeWeights(_ settings: QuantizationSettings) -> [LayerRecord] {
    weightUses.map { use in
      let values = tensors[use.tensor].floats ?? []
      let bits = settings.weightBits(of: tensors[use.tensor].name)
      let weights = WeightQuantization(
        symmetric: values, bits: bits,
        groups: WeightGroups(
          settings.granularity, shape: tensors[use.tensor].shape, axis: use.places.channelAxis))
      let name = tensors[use.tensor].name
      tensors[use.tensor].store(weights, bits: bits, axis: use.places.channelAxis, settings)
      if case .fullyConnected(let activation, let keepsDimensions, _) =
        operators[use.index].operation
      {
        operators[use.index].operation = .fullyConnected(
          activation: activation, keepsDimensions: keepsDimensions,
          quantizesInputsAsymmetrically: true)
      }
      return LayerRecord(name: name, before: values, after: weights.values, bitsAfter: bits)
    }
  }

  /// Weights and biases of float16, each behind a DEQUANTIZE.
  mutating func narrowWeights() -> [LayerRecord] {
    var records: [LayerRecord] = []
    var conversions: [Operator] = []
    for use in weightUses {
      let bias = use.places.bias(of: operators[use.index])
      for tensor in [use.tensor] + (bias.map { [$0] } ?? []) {
        guard let values = tensors[tensor].floats else { continue }
        // Beyond float16 there is infinity only: the largest value stands for it.
        let limit = Float(Float16.greatestFiniteMagnitude)
        let narrow = values.map { Float16(max(-limit, min(limit, $0))) }
        var stored = tensors[tensor]
        stored.name += "/float16"
        stored.elementType = .float16
        stored.constant = ConstantData(bytes: narrow.withUnsafeBytes { Array($0) })
        tensors[tensor].constant = nil
        conversions.append(
          Operator(operation: .dequantize, inputs: [tensors.count], outputs: [tensor]))
        tensors.append(stored)
        if tensor == use.tensor {
          records.append(
            LayerRecord(
              name: tensors[tensor].name, before: values, after: narrow.map { Float($0) },
              bitsAfter: 16))
        }
      }
    }
    operators = conversions + operators
    return records
  }

  /// Floats that take the values of a quantized network.
  mutating func simulate(
    _ settings: QuantizationSettings, _ ranges: ActivationRanges
  ) throws(ModelError) -> [LayerRecord] {
    let stated = self
    let records = weightUses.map { use in
      let values = tensors[use.tensor].floats ?? []
      let bits = settings.weightBits(of: tensors[use.tensor].name)
      let groups = WeightGroups(
        settings.granularity, shape: tensors[use.tensor].shape, axis: use.places.channelAxis)
      let weights =
        settings.isAsymmetric
        ? WeightQuantization(asymmetric: values, bits: bits, groups: groups)
        : WeightQuantization(symmetric: values, bits: bits, groups: groups)
      tensors[use.tensor] = tensors[use.tensor].holding(weights.values)
      return LayerRecord(
        name: tensors[use.tensor].name, before: values, after: weights.values, bitsAfter: bits)
    }
    if let bits = settings.activationBits {
      try roundActivations(of: stated, bits: bits, ranges)
    }
    return records
  }

  /// Every activation that is computed or enters goes through a FAKE_QUANT before it is read.
  private mutating func roundActivations(
    of stated: Subgraph, bits: Int, _ ranges: ActivationRanges
  ) throws(ModelError) {
    var places: [Int: Int] = [:]
    var roundings: [Int: Operator] = [:]
    for tensor in stated.activationOperands where stated.tensors[tensor].constant == nil {
      guard let range = ranges[tensor], range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw ModelError(
          place: stated.place(ofTensor: tensor), found: "no calibrated range",
          expected: "a finite one for each activation")
      }
      let (low, high) = (min(range.lowerBound, 0), max(range.upperBound, 0))
      // Nothing but 0 is 0 over any range.
      let rounding = FakeQuantization(
        minimum: low, maximum: low == high ? 1 : high, bitCount: bits, isNarrow: false)
      places[tensor] = tensors.count
      roundings[tensor] = Operator(
        operation: .fakeQuantize(rounding), inputs: [tensor], outputs: [tensors.count])
      var rounded = tensors[tensor]
      rounded.name += "/rounded"
      tensors.append(rounded)
    }
    var result = inputs.compactMap { roundings[$0] }
    for op in operators {
      var reader = op
      reader.inputs = op.inputs.map { $0.map { places[$0] ?? $0 } }
      result.append(reader)
      result += op.outputs.compactMap { roundings[$0] }
    }
    operators = result
    outputs = outputs.map { places[$0] ?? $0 }
  }
}
