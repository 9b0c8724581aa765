import Compression
import NeuralNetworks
import Training

/// Calibration and quantization.
extension StepExecutor {
  func quantize(
    _ step: CompressionRecipe.QuantizationStep, _ state: inout VariantState
  ) throws(ModelError) -> [LayerRecord] {
    var settings = step.settings
    settings.weightBitsByLayer.merge(state.weightBits) { stated, _ in stated }
    let quantizer = Quantizer(settings)
    try quantizer.check(state.network)
    guard !isRehearsal else { return [] }
    try calibrate(step, quantizer, &state)
    let (quantized, record) = try quantizer.quantize(
      state.network, ranges: state.ranges ?? ActivationRanges())
    state.network = quantized
    (state.untrained, state.ranges, state.constraints) = (nil, nil, .init())
    return record.layers
  }

  /// Sets ranges and biases, where training has not settled them.
  private func calibrate(
    _ step: CompressionRecipe.QuantizationStep, _ quantizer: Quantizer,
    _ state: inout VariantState
  ) throws(ModelError) {
    let measured = samples.training.spread(step.sampleCount)
    let isOpen = quantizer.needsRanges && state.ranges == nil
    if isOpen, step.calibration == nil {
      let found = try CalibrationSearch(quantizer.settings, correctsBiases: step.correctsBiases)
        .best(for: state.network, on: measured, jobs: jobs) {
          progress.report("calibration", done: $0, of: $1)
        }
      (state.network, state.ranges) = (found.network, found.ranges)
      state.note = found.method.name + (found.correctsBiases ? ", biases corrected" : "")
      return
    }
    if step.correctsBiases == true {
      state.network = try BiasCorrection(quantizer.settings).corrected(state.network, on: measured)
    }
    guard quantizer.needsRanges, isOpen || step.correctsBiases == true else { return }
    state.ranges = try Calibrator(
      step.calibration ?? .minimumMaximum, bits: quantizer.settings.calibrationBits
    ).ranges(of: state.network, on: measured) {
      progress.report("calibration", done: $0, of: $1)
    }
  }
}
