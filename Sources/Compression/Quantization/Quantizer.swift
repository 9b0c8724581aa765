import Inference
import NeuralNetworks
import Training

/// Turns a float network into a quantized one.
public struct Quantizer: Sendable {
  public let settings: QuantizationSettings

  public init(_ settings: QuantizationSettings = QuantizationSettings()) {
    self.settings = settings
  }

  /// Whether activations are quantized beforehand, so that their ranges are needed.
  public var needsRanges: Bool {
    switch settings.form {
    case .int8, .int16x8: true
    case .simulated: settings.activationBits != nil
    case .dynamicRange, .float16: false
    }
  }

  /// The quantized network. Same input, same bytes. O(weights).
  ///
  /// - Parameter ranges: of all activations of the entry subgraph, from calibration or from
  ///   training; none are needed when `needsRanges` is false.
  /// - Throws: `ModelError` as `check`, or with the layer that has no usable range.
  public func quantize(
    _ network: Network, ranges: ActivationRanges = ActivationRanges()
  ) throws(ModelError) -> (network: Network, record: CompressionRecord) {
    try check(network)
    var result = network
    let records = try transform(&result.subgraphs[0], ranges)
    result.fileByteCount = 0
    try result.validate()
    return (result, CompressionRecord(step: "quantize", layers: records))
  }

  /// Finds out before any work whether a network can be quantized. O(network).
  ///
  /// - Throws: `ModelError` with layer and reason: operators without kernels for these integers,
  ///   values that are not finite, tensors that are no floats, bit widths out of range.
  public func check(_ network: Network) throws(ModelError) {
    try settings.check()
    try network.validate()
    guard network.subgraphs.count == 1 else {
      throw ModelError(
        place: "network", found: "\(network.subgraphs.count) subgraphs",
        expected: "one, without calls, for quantization")
    }
    try network.main.checkIsQuantizable(settings)
    _ = try ExecutionPlan(trial(network), arithmetic: .doubleRounding)
  }

  /// The quantized network on ranges of no meaning: with its operators, element types and sizes,
  /// so that it can be priced before anything is measured. O(weights).
  ///
  /// - Throws: `ModelError` where the network cannot be quantized.
  public func trial(_ network: Network) throws(ModelError) -> Network {
    var trial = network
    let unit = ActivationRanges(
      Dictionary(uniqueKeysWithValues: network.main.activationOperands.map { ($0, -1...1) }))
    _ = try transform(&trial.subgraphs[0], unit)
    return trial
  }

  private func transform(
    _ graph: inout Subgraph, _ ranges: ActivationRanges
  ) throws(ModelError) -> [LayerRecord] {
    switch settings.form {
    case .int8, .int16x8:
      let integers = try IntegerNetwork(graph, ranges, settings)
      graph = integers.graph
      return integers.records
    case .dynamicRange: return graph.quantizeWeights(settings)
    case .float16: return graph.narrowWeights()
    case .simulated: return try graph.simulate(settings, ranges)
    }
  }
}

extension QuantizationSettings {
  fileprivate func check() throws(ModelError) {
    let most = form == .simulated ? 16 : 8
    for bits in [weightBits] + weightBitsByLayer.sorted(by: { $0.key < $1.key }).map(\.value) {
      guard (2...most).contains(bits) else {
        throw ModelError(
          place: "quantization", found: "\(bits) bits of weights",
          expected: "2 to \(most) for the form \(form.rawValue)")
      }
    }
    if let activationBits, !(2...16).contains(activationBits) {
      throw ModelError(
        place: "quantization", found: "\(activationBits) bits of activations", expected: "2 to 16")
    }
    let isPlain = granularity == .channel || granularity == .tensor
    guard form == .simulated || isPlain && !isAsymmetric && activationBits == nil else {
      throw ModelError(
        place: "quantization",
        found: "blocks, asymmetric weights or bits of activations for \(form.rawValue)",
        expected: "the form simulated, as no runtime stores them")
    }
    if case .block(let size) = granularity, size < 1 {
      throw ModelError(place: "quantization", found: "blocks of \(size)", expected: "1 or more")
    }
  }
}

extension Subgraph {
  fileprivate func checkIsQuantizable(_ settings: QuantizationSettings) throws(ModelError) {
    for index in operators.indices {
      let op = operators[index]
      for tensor in op.inputs.compactMap({ $0 }) + op.outputs {
        try checkIsFloat(tensor, place: place(ofOperator: index))
      }
      guard let places = WeightPlaces(op.operation), let weights = op.inputs[places.weights],
        tensors[weights].constant == nil
      else { continue }
      throw ModelError(
        place: place(ofOperator: index), found: "weights that are computed",
        expected: "constant weights")
    }
    guard operators.indices.contains(where: { WeightPlaces(operators[$0].operation) != nil }) else {
      throw ModelError(
        place: "network", found: "no operator with weights",
        expected: "convolutions or fully connected layers")
    }
    let layers = operators.compactMap { op in
      WeightPlaces(op.operation).flatMap { op.inputs[$0.weights] }.map { tensors[$0].name }
    }
    for name in settings.weightBitsByLayer.keys.sorted() where !layers.contains(name) {
      throw .unknownLayer(name, among: layers)
    }
  }

  private func checkIsFloat(_ index: Int, place: String) throws(ModelError) {
    let tensor = tensors[index]
    let isQuantized = tensor.quantization != nil || tensor.elementType == .float16
    if isQuantized, tensor.elementType != .float32 {
      throw ModelError(
        place: place, found: "\"\(tensor.name)\" of \(tensor.elementType)",
        expected: "a network that is not quantized yet")
    }
    guard tensor.elementType == .float32 else { return }
    if tensor.isVariable {
      throw ModelError(
        place: place, found: "the variable \"\(tensor.name)\"",
        expected: "operators without state, which have no quantization from ranges")
    }
    if let bad = tensor.floats?.firstIndex(where: { !$0.isFinite }) {
      throw ModelError(
        place: "\(place), \"\(tensor.name)\"", found: "element \(bad) that is no finite number",
        expected: "finite weights")
    }
  }
}
