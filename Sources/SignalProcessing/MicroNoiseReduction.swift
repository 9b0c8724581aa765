/// Removes stationary noise: every channel loses its own slowly smoothed mean, but keeps at least
/// five percent of itself. Even channels adapt slower (0.025 a hop) than odd ones (0.06).
struct MicroNoiseReduction: Sendable {
  private static let smoothingBits: UInt32 = 10
  private static let evenSmoothing: UInt64 = 409  // 0.025 in Q14
  private static let oddSmoothing: UInt64 = 983  // 0.06 in Q14
  private static let smallestRemainder: UInt64 = 819  // 0.05 in Q14

  /// The noise of each channel with ten fraction bits. Wraps for signals of 2^22 and above, as the
  /// original does.
  private(set) var estimates = [UInt32](repeating: 0, count: MicroFilterbank.channelCount)

  mutating func reset() {
    for channel in estimates.indices { estimates[channel] = 0 }
  }

  /// Updates the estimates and cleans the forty channels in place.
  mutating func apply(to channels: UnsafeMutableBufferPointer<UInt32>) {
    estimates.withUnsafeMutableBufferPointer { estimates in
      for channel in 0..<MicroFilterbank.channelCount {
        let smoothing =
          channel & 1 == 0 ? MicroNoiseReduction.evenSmoothing : MicroNoiseReduction.oddSmoothing
        let signal = channels[channel]
        let scaled = signal << MicroNoiseReduction.smoothingBits
        let kept = UInt64(estimates[channel]) &* ((1 << 14) &- smoothing)
        let estimate = UInt32(truncatingIfNeeded: (UInt64(scaled) &* smoothing &+ kept) >> 14)
        estimates[channel] = estimate
        let cleaned = (scaled &- min(estimate, scaled)) >> MicroNoiseReduction.smoothingBits
        let floor = (UInt64(signal) &* MicroNoiseReduction.smallestRemainder) >> 14
        channels[channel] = max(cleaned, UInt32(truncatingIfNeeded: floor))
      }
    }
  }
}
