import ReproducibleMath

/// Turns a window of a machine's vibration into what a network takes.
///
/// `raw`: the window without its mean, over its standard deviation: [samples, 1, 1].
///
/// `spectrum`: [bands, 1, 2]. Channel 0 is the logarithm of the power spectrum in bands of equal
/// width up to half the sampling rate; channel 1 that of the envelope's amplitude spectrum, whose
/// first bins hold the rates at which defects are struck. Both less their mean over the bands, so
/// that the sensor's gain does not matter.
/// Source: Randall and Antoni 2011, "Rolling element bearing diagnostics", section 4 (envelope
/// analysis by the analytic signal of the upper band).
public struct VibrationFrontEnd: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case raw = "vibration-raw"
    case spectrum = "vibration-spectrum"
  }

  public static let windowSampleCounts = 64...16_384
  public static let bandCounts = 8...4_096

  public let kind: Kind
  public let windowSampleCount: Int
  /// Of the spectrum.
  public let bandCount: Int

  /// Nil unless the window is even and, for a spectrum, half of it a multiple of the bands.
  public init?(_ kind: Kind, windowSampleCount: Int = 2048, bandCount: Int = 128) {
    guard VibrationFrontEnd.windowSampleCounts.contains(windowSampleCount),
      VibrationFrontEnd.bandCounts.contains(bandCount), windowSampleCount.isMultiple(of: 2),
      kind == .raw || (windowSampleCount / 2).isMultiple(of: bandCount)
    else { return nil }
    self.kind = kind
    self.windowSampleCount = windowSampleCount
    self.bandCount = bandCount
  }

  /// Of the features: height, width, channels.
  public var extents: [Int] { kind == .raw ? [windowSampleCount, 1, 1] : [bandCount, 1, 2] }

  /// The windows of a recording, one after the other without overlap; a rest is left out.
  public func windows(of recording: ArraySlice<Float>) -> [ArraySlice<Float>] {
    let size = windowSampleCount
    return (0..<recording.count / size).map { index in
      let start = recording.startIndex + index * size
      return recording[start..<start + size]
    }
  }

  /// O(n log n).
  ///
  /// - Precondition: `window` has `windowSampleCount` samples.
  public func features(of window: some Collection<Float>) -> [Float] {
    precondition(window.count == windowSampleCount)
    let standardized = VibrationFrontEnd.standardized(window)
    guard kind == .spectrum else { return standardized }
    let spectrum = bandLevels(standardized)
    let envelope = envelopeLevels(standardized)
    return zip(spectrum, envelope).flatMap { [$0, $1] }
  }

  /// A silent window stays zero.
  private static func standardized(_ window: some Collection<Float>) -> [Float] {
    let count = Double(window.count)
    let mean = window.reduce(0.0) { $0 + Double($1) } / count
    let square = window.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let scale = square > 0 ? 1 / square.squareRoot() : 0
    return window.map { Float((Double($0) - mean) * scale) }
  }

  private func bandLevels(_ samples: [Float]) -> [Float] {
    let width = windowSampleCount / 2 / bandCount
    let power = power(of: samples)
    let bands = (0..<bandCount).map { band -> Double in
      let bins = power[(band * width)..<((band + 1) * width)]
      return bins.reduce(0.0) { $0 + Double($1) } / Double(width)
    }
    // White noise of this window has a mean power of 3/8 of its length.
    return VibrationFrontEnd.levels(bands, floor: 1e-5 * Double(windowSampleCount), scale: 0.25)
  }

  private func envelopeLevels(_ samples: [Float]) -> [Float] {
    let envelope = AnalyticSignal.envelope(of: samples, fromShare: VibrationFrontEnd.lowestShare)
    let mean = envelope.reduce(0.0) { $0 + Double($1) } / Double(envelope.count)
    let relative = envelope.map { mean > 0 ? Float(Double($0) / mean - 1) : 0 }
    let power = power(of: relative)
    let amplitudes = (1...bandCount).map { bin in
      bin < power.count ? Double(power[bin]).squareRoot() : 0
    }
    return VibrationFrontEnd.levels(
      amplitudes, floor: 1e-3 * Double(windowSampleCount), scale: 0.5)
  }

  /// Resonances lie above a seventh of the sampled band; what the shaft does lies below it.
  private static let lowestShare = 1.0 / 7

  private static func levels(_ values: [Double], floor: Double, scale: Double) -> [Float] {
    let logarithms = values.map { ReproducibleMath.log($0 + floor) }
    let mean = logarithms.reduce(0, +) / Double(logarithms.count)
    return logarithms.map { Float(($0 - mean) * scale) }
  }

  private func power(of samples: [Float]) -> [Float] {
    let transform = RealFourierTransform(
      sampleCount: windowSampleCount, window: AnalysisWindows.reproducibleHann(windowSampleCount))
    return samples.withUnsafeBufferPointer { transform.power(of: $0) }
  }
}
