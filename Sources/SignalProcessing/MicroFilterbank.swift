import FixedPointSignals

/// Forty triangular mel bands between 125 and 7500 Hz over the 257 bins, weights in Q12.
///
/// The bands overlap by half: every bin lies between two centers, and gives its falling weight w to
/// the band below and 4096 - w to the band above. So one pair of multiplications per bin
/// serves all forty bands.
struct MicroFilterbank: Sendable {
  static let channelCount = 40

  /// The first bin with weight: DC and what lies below 125 Hz is left out.
  static let firstBin = 5
  static var weightedBinCount: Int { fallingWeights.count }

  /// Segment s, between centers s - 1 and s, holds weights `starts[s]..<starts[s + 1]`.
  private let starts: [Int]

  /// Within a segment the weights fall; where they rise, the next begins.
  init() {
    let weights = MicroFilterbank.fallingWeights
    starts =
      [0] + weights.indices.dropFirst().filter { weights[$0] > weights[$0 - 1] }
      + [weights.count]
    precondition(starts.count == MicroFilterbank.channelCount + 2)
  }

  /// The root of each band's energy, shifted right by `shift`. Complexity: O(bins).
  func apply(
    to bins: UnsafeBufferPointer<ComplexInt16>, shift: Int,
    into channels: UnsafeMutableBufferPointer<UInt32>
  ) {
    MicroFilterbank.fallingWeights.withUnsafeBufferPointer { falling in
      var carried: UInt64 = 0
      for segment in 0...MicroFilterbank.channelCount {
        var lower = carried
        carried = 0
        for index in starts[segment]..<starts[segment + 1] {
          let energy = MicroFilterbank.energy(of: bins[MicroFilterbank.firstBin + index])
          let weight = UInt64(truncatingIfNeeded: falling[index])
          lower &+= weight &* energy
          carried &+= (4096 &- weight) &* energy
        }
        if segment > 0 { channels[segment - 1] = IntegerRoot.rounded(lower) >> UInt32(shift) }
      }
    }
  }

  /// |bin|^2, below 2^30: the transform ends with 1/512 of a sum of 480 numbers of 15 bits. Where
  /// 16-bit sums inside the transform wrapped it can pass 2^31; then it counts as negative, as in
  /// the original.
  @inline(__always)
  private static func energy(of bin: ComplexInt16) -> UInt64 {
    let (real, imaginary) = (Int32(bin.real), Int32(bin.imaginary))
    return UInt64(truncatingIfNeeded: real &* real &+ imaginary &* imaginary)
  }
}
