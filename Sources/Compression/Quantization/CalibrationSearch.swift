import Inference
import NeuralNetworks
import ReproducibleMath
import Training

/// Tries every way to calibrate, and takes that whose quantized network changes the outputs least:
/// the mean squared difference from the float network's on the same samples. No labels are seen.
public struct CalibrationSearch: Sendable {
  /// A float network, which may have corrected biases, and the ranges to quantize it with.
  public struct Calibration: Sendable {
    public var network: Network
    public var ranges: ActivationRanges
    public var method: CalibrationMethod
    public var correctsBiases: Bool
    /// Of the outputs.
    public var meanSquaredChange: Double
  }

  private let settings: QuantizationSettings
  private let candidates: [(method: CalibrationMethod, correctsBiases: Bool)]

  /// - Parameters:
  ///   - settings: with which the network will be quantized.
  ///   - correctsBiases: nil tries both.
  public init(_ settings: QuantizationSettings, correctsBiases: Bool? = nil) {
    var open = settings
    open.hasFloatInterface = settings.form == .int8 || settings.form == .int16x8
    self.settings = open
    candidates = [false, true].filter { correctsBiases == nil || $0 == correctsBiases }
      .flatMap { corrects in CalibrationMethod.all.map { ($0, corrects) } }
  }

  /// The best calibration; of equal ones the first. O(12 x samples x network), the same whatever
  /// `jobs` is.
  ///
  /// - Parameter progress: told from any thread after each way about how many are done.
  /// - Throws: `ModelError` as `Calibrator`.
  public func best(
    for network: Network, on samples: SampleSet, jobs: Int = 1,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(ModelError) -> Calibration {
    let exact = try network.outputs(of: samples)
    let corrected =
      try candidates.contains { $0.correctsBiases }
      ? BiasCorrection(settings).corrected(network, on: samples) : network
    let places = Array(candidates.indices)
    let tried = try places.parallelMap(jobs: jobs) { place throws(ModelError) -> Calibration in
      let (method, corrects) = candidates[place]
      let base = corrects ? corrected : network
      let ranges = try Calibrator(method, bits: settings.calibrationBits).ranges(
        of: base, on: samples)
      let quantized = try Quantizer(settings).quantize(base, ranges: ranges).network
      let outputs = try quantized.outputs(of: samples)
      progress(place + 1, places.count)
      return Calibration(
        network: base, ranges: ranges, method: method, correctsBiases: corrects,
        meanSquaredChange: meanSquaredDifference(outputs, exact))
    }
    return tried.dropFirst().reduce(tried[0]) {
      $1.meanSquaredChange < $0.meanSquaredChange ? $1 : $0
    }
  }
}

extension QuantizationSettings {
  /// Bits of the activations that ranges are chosen for.
  public var calibrationBits: Int { form == .int16x8 ? 16 : activationBits ?? 8 }
}

extension Network {
  /// All outputs of each sample, one after the other. O(samples x network).
  ///
  /// - Precondition: one float input of the samples' extent, float outputs.
  fileprivate func outputs(of samples: SampleSet) throws(ModelError) -> [Float] {
    var interpreter = Interpreter(try ExecutionPlan(self, arithmetic: .doubleRounding))
    var result: [Float] = []
    for sample in 0..<samples.count {
      interpreter.reset()
      Array(samples.sample(sample)).withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      for output in main.outputs.indices {
        interpreter.withOutput(output) { result += $0.bindMemory(to: Float.self) }
      }
    }
    return result
  }
}

private func meanSquaredDifference(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(0) { sum, pair in
    let difference = Double(pair.0) - Double(pair.1)
    return sum + difference * difference
  } / Double(max(a.count, 1))
}
