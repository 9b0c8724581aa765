import Compression
import Training

/// Reads how weights and activations become numbers of few bits.
extension StepContext {
  func logarithmic(_ object: DocumentObject) -> LogarithmicQuantization? {
    let bits = object.int("bits", in: 2...8)
    let steps = object.optionalInt("stepsPerOctave", in: 1...8)
    return bits.flatMap { try? LogarithmicQuantization(bits: $0, stepsPerOctave: steps ?? 1) }
  }

  func quantization(_ object: DocumentObject) -> CompressionRecipe.QuantizationStep? {
    let form = object.optionalChoice("form", of: QuantizationSettings.Form.self) ?? .int8
    let bits = object.optionalInt("weightBits", in: 2...16)
    var settings = QuantizationSettings(
      form: form, weightBits: bits ?? 8,
      activationBits: object.optionalInt("activationBits", in: 2...16))
    settings.storesNibbles = object.optionalBool("storesNibbles") ?? false
    settings.isAsymmetric = object.optionalBool("asymmetric") ?? false
    settings.hasFloatInterface = object.optionalBool("floatInterface") ?? false
    settings.weightBitsByLayer = layerBits(object)
    if let granularity = granularity(object) { settings.granularity = granularity }
    let calibration = calibration(object)
    let samples = object.optionalInt("samples", in: 1...100_000)
    let corrects = object.optionalBool("correctsBiases")
    return CompressionRecipe.QuantizationStep(
      settings: settings, calibration: calibration, sampleCount: samples ?? 256,
      correctsBiases: corrects)
  }

  private func granularity(_ object: DocumentObject) -> QuantizationSettings.Granularity? {
    guard object.optional("per") != nil else { return nil }
    switch object.choice("per", of: ["tensor", "channel", "block"]) {
    case "tensor": return .tensor
    case "block": return object.int("block", in: 1...65_536).map { .block($0) }
    default: return .channel
    }
  }

  /// Nil for "auto".
  private func calibration(_ object: DocumentObject) -> CalibrationMethod? {
    guard object.optional("calibration") != nil,
      let name = object.choice("calibration", of: ["auto"] + CalibrationMethod.all.map(\.name))
    else { return nil }
    if name == "percentile", let outside = object.optionalNumber("outside", in: 0...0.1) {
      return .percentile(outside: outside)
    }
    return CalibrationMethod.all.first { $0.name == name }
  }

  /// Bits of layers that are named.
  func layerBits(_ object: DocumentObject) -> [String: Int] {
    guard let layers = object.optionalObject("layers") else { return [:] }
    var bits: [String: Int] = [:]
    for member in layers.pairs { bits[member.key] = layers.int(member.key, in: 2...16) }
    return bits
  }

  /// How training rounds.
  func rounding(_ object: DocumentObject) -> FakeQuantizationScheme {
    defer { object.finish() }
    let steps = object.optionalInt("logarithmicStepsPerOctave", in: 1...8)
    let weights = object.optionalInt("weightBits", in: 2...(steps == nil ? 16 : 8))
    let activations = object.optionalInt("activationBits", in: 2...16)
    let isPerTensor =
      object.optional("per") != nil && object.choice("per", of: ["tensor", "channel"]) == "tensor"
    return FakeQuantizationScheme(
      weightBits: weights ?? 8, activationBits: activations ?? 8, isPerChannel: !isPerTensor,
      weightBitsByLayer: layerBits(object),
      logarithmicGrid: steps.map { LogarithmicGrid(stepsPerOctave: $0) })
  }

  func mixedPrecision(_ object: DocumentObject) -> CompressionRecipe.MixedPrecisionStep? {
    let widths = object.has("bits") ? object.ints("bits", in: 2...8, count: 1...7) : [8, 4]
    let device = object.optionalString("device")
    let samples = object.optionalInt("samples", in: 1...100_000)
    guard let widths, let budget = budget(object, isTime: device != nil) else { return nil }
    return CompressionRecipe.MixedPrecisionStep(
      widths: widths, device: device, budget: budget, sampleCount: samples ?? 128)
  }

  private func budget(
    _ object: DocumentObject, isTime: Bool
  ) -> CompressionRecipe.MixedPrecisionStep.Budget? {
    if !isTime, object.has("bytes") {
      return object.int("bytes", in: 1...1_000_000_000).map { .bytes($0) }
    }
    return object.number("share", in: 0.001...1).map { .share($0) }
  }
}
