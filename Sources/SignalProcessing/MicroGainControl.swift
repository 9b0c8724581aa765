import FixedPointSignals
import Glibc

/// Per-channel amplitude normalization: divides each channel by its noise estimate to the power
/// 0.95, so that loud and quiet rooms look alike, and compresses what is small by squaring it.
///
/// Source: Wang et al. 2017, "Trainable Frontend For Robust and Far-Field Keyword Spotting". The
/// gain (noise + 80)^-0.95 in Q21 comes from a table of quadratic pieces, one per power of two.
struct MicroGainControl: Sendable {
  private static let gainBits: UInt32 = 21
  /// Fraction bits of the noise estimate: 10 of smoothing less 3 of the transform's scaling.
  private static let noiseBits: UInt32 = 7
  private static let ratioShift: UInt64 = 6

  /// As `ChannelGain` takes it.
  private struct Piece {
    var first: Int16
    var slope: Int16 = 0
    var curvature: Int16 = 0
  }

  /// Indexed by the number of significant bits of the noise estimate.
  private let pieces: [Piece]

  init() {
    let small = [UInt32(0), 1].map { Piece(first: MicroGainControl.gain(at: $0)) }
    pieces = small + (2...32).map(MicroGainControl.piece)
  }

  private static func piece(bits: UInt32) -> Piece {
    let start = UInt32(1) << (bits - 1)
    let end = bits == 32 ? start + (start - 1) : 2 * start
    let first = gain(at: start)
    let toMiddle = Int32(gain(at: start + (start >> 1))) - Int32(first)
    let toEnd = Int32(gain(at: end)) - Int32(first)
    let slope = 4 * toMiddle - toEnd
    return Piece(
      first: first, slope: Int16(truncatingIfNeeded: slope),
      curvature: Int16(truncatingIfNeeded: toEnd - slope))
  }

  /// (noise + 80)^-0.95 in Q21, saturated.
  private static func gain(at noise: UInt32) -> Int16 {
    let value = Double(noise) / Double(1 << noiseBits)
    return Int16(min(Double(1 << gainBits) * pow(value + 80, -0.95) + 0.5, 32767))
  }

  /// Normalizes the forty channels in place.
  func apply(to channels: UnsafeMutableBufferPointer<UInt32>, noise: [UInt32]) {
    pieces.withUnsafeBufferPointer { pieces in
      for channel in 0..<MicroFilterbank.channelCount {
        let gain = MicroGainControl.gain(at: noise[channel], pieces)
        let ratio = UInt64(channels[channel]) &* UInt64(truncatingIfNeeded: gain)
        channels[channel] = ChannelGain.compressed(
          UInt32(truncatingIfNeeded: ratio >> MicroGainControl.ratioShift))
      }
    }
  }

  @inline(__always)
  private static func gain(at noise: UInt32, _ pieces: UnsafeBufferPointer<Piece>) -> Int16 {
    let piece = pieces[32 - noise.leadingZeroBitCount]
    guard noise > 2 else { return piece.first }
    return ChannelGain.gain(
      at: noise, first: piece.first, slope: piece.slope, curvature: piece.curvature)
  }
}
