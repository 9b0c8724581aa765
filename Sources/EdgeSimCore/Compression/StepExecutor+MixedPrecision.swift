import Compression
import DeviceModels
import NeuralNetworks

/// Bits of each layer by what it loses and what it costs.
extension StepExecutor {
  /// - Throws: `ModelError` when not even the fewest bits keep the budget, or the device is none of
  ///   the recipe's.
  func chooseBits(
    _ step: CompressionRecipe.MixedPrecisionStep, _ state: inout VariantState
  ) throws(ModelError) -> [LayerRecord] {
    let network = state.network
    let widths = Set(step.widths).sorted()
    let costs = try widths.map { (width) throws(ModelError) -> [String: Double] in
      try self.costs(of: network, bits: width, device: step.device)
    }
    func cost(_ layer: String, _ bits: Int) -> Double {
      widths.firstIndex(of: bits).flatMap { costs[$0][layer] } ?? 0
    }
    let layers = try losses(of: network, widths, step.sampleCount)
    let budget =
      switch step.budget {
      case .bytes(let bytes): Double(bytes)
      case .share(let share): layers.reduce(0) { $0 + cost($1.name, widths.last ?? 8) } * share
      }
    state.weightBits = try MixedPrecision.bits(for: layers, budget: budget, cost: cost)
    return SensitivityAnalysis.roundingRecords(of: network, bits: state.weightBits)
  }

  /// The mean squared change of the outputs when one layer's weights are rounded.
  private func losses(
    of network: Network, _ widths: [Int], _ sampleCount: Int
  ) throws(ModelError) -> [MixedPrecision.Layer] {
    let analysis = SensitivityAnalysis.bits(of: network, widths: widths.map { Double($0) })
    guard !isRehearsal else {
      return analysis.parts.map { name in
        .init(name: name, losses: Dictionary(uniqueKeysWithValues: widths.map { ($0, 0) }))
      }
    }
    let measured = samples.training.spread(sampleCount)
    @Sendable func outputs(_ network: Network) throws(ModelError) -> [Float] {
      try NetworkScore.outputs(of: network, on: measured, arithmetic: .doubleRounding, jobs: 1)
    }
    let exact = try outputs(network)
    let table = try analysis.table(
      of: "squared error", jobs: jobs, progress: { progress.report("bits", done: $0, of: $1) }
    ) { (changed) throws(ModelError) -> Double in
      zip(try outputs(changed), exact).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    return table.rows.map { row in
      .init(
        name: row.part,
        losses: Dictionary(
          uniqueKeysWithValues: row.points.map { (Int($0.strength), $0.metric ?? .infinity) }))
    }
  }

  /// What each layer costs when all have so many bits: bytes of its weights, or seconds.
  private func costs(
    of network: Network, bits: Int, device: String?
  ) throws(ModelError) -> [String: Double] {
    var result: [String: Double] = [:]
    guard let device else {
      for layer in network.weightLayers {
        result[layer.name, default: 0] += Double(layer.elementCount * bits) / 8
      }
      return result
    }
    guard let test = tests.first(where: { $0.device.name == device }) else {
      throw ModelError(
        place: "device", found: "\"\(device)\"",
        expected: "a device of the recipe: \(tests.map(\.device.name).joined(separator: ", "))")
    }
    var settings = QuantizationSettings(form: .int8, weightBits: bits)
    settings.storesNibbles = true
    let quantizer = Quantizer(settings)
    try quantizer.check(network)
    let trial = try quantizer.trial(network)
    let prices = CostModel(runtime: test.runtime, operatingPoint: test.operatingPoint)
      .cost(of: trial.workload()).operators
    for (op, price) in zip(trial.main.operators, prices) where op.inputs.count > 1 {
      guard let weights = op.inputs[1] else { continue }
      result[trial.main.tensors[weights].name, default: 0] += price.cost.seconds.nominal
    }
    return result
  }
}
