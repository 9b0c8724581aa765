import FixedPointSignals

/// 64 times the natural logarithm of the forty channels, in integers.
struct MicroLogarithm: Sendable {
  /// Undoes the scaling of the transform (2^9) less the root of the filterbank's weights (2^6).
  private static let correctionBits: UInt32 = 3

  private let logarithm = FixedPointLogarithm()

  /// Writes the scaled logarithms of the forty channels; 0 gives 0.
  func apply(
    to channels: UnsafeBufferPointer<UInt32>, into features: UnsafeMutableBufferPointer<UInt16>
  ) {
    for channel in 0..<MicroFilterbank.channelCount {
      let scaled = logarithm.scaled(channels[channel] << MicroLogarithm.correctionBits, by: 64)
      features[channel] = UInt16(min(scaled, 0xFFFF))
    }
  }
}
