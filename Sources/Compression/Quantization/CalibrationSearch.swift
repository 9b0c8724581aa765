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
  private let corrections: [Bool]

  /// - Parameters:
  ///   - settings: with which the network will be quantized.
  ///   - correctsBiases: nil tries both.
  public init(_ settings: QuantizationSettings, correctsBiases: Bool? = nil) {
    var open = settings
    open.hasFloatInterface = settings.form == .int8 || settings.form == .int16x8
    self.settings = open
    corrections = correctsBiases.map { [$0] } ?? [false, true]
  }

  /// The best calibration; of equal ones the first. O(16 x samples x network), the same whatever
  /// `jobs` is.
  ///
  /// - Parameter progress: told from any thread after each way about how many are done.
  /// - Throws: `ModelError` as `Calibrator`.
  public func best(
    for network: Network, on samples: SampleSet, jobs: Int = 1,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(ModelError) -> Calibration {
    let exact = try network.outputs(of: samples)
    let calibrations = try corrections.parallelMap(jobs: jobs) { corrects throws(ModelError) in
      try self.calibrations(of: network, on: samples, correctsBiases: corrects)
    }.flatMap { $0 }
    let places = Array(calibrations.indices)
    let tried = try places.parallelMap(jobs: jobs) { place throws(ModelError) -> Calibration in
      var calibration = calibrations[place]
      let quantized = try Quantizer(settings).quantize(
        calibration.network, ranges: calibration.ranges
      ).network
      calibration.meanSquaredChange = meanSquaredDifference(
        try quantized.outputs(of: samples), exact)
      progress(place + 1, places.count)
      return calibration
    }
    return tried.dropFirst().reduce(tried[0]) {
      $1.meanSquaredChange < $0.meanSquaredChange ? $1 : $0
    }
  }

  /// One for each method, not tried yet.
  private func calibrations(
    of network: Network, on samples: SampleSet, correctsBiases: Bool
  ) throws(ModelError) -> [Calibration] {
    let base =
      correctsBiases ? try BiasCorrection(settings).corrected(network, on: samples) : network
    let statistics = try ActivationStatistics(
      of: base, on: samples, for: CalibrationMethod.all)
    return CalibrationMethod.all.map {
      Calibration(
        network: base, ranges: statistics.ranges($0, bits: settings.calibrationBits), method: $0,
        correctsBiases: correctsBiases, meanSquaredChange: .infinity)
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
