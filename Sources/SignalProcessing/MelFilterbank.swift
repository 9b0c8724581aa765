import Glibc

/// Overlapping triangular filters, evenly spaced in mel, over the bins of a spectrum.
struct MelFilterbank: Sendable {
  /// A band's weights of the bins from `firstBin` on; the others are zero.
  private struct Band {
    var firstBin: Int
    var weights: [Float]
  }

  private let bands: [Band]

  var bandCount: Int { bands.count }

  /// The filters of `tf.signal.linear_to_mel_weight_matrix`: HTK mel, triangles that are straight
  /// in mel with peaks of 1, and no weight on the DC bin.
  static func htk(
    bands: Int, bins: Int, hertz: ClosedRange<Double>, sampleRateHertz: Double
  ) -> MelFilterbank {
    func mel(_ hertz: Double) -> Double { 1127 * log1p(hertz / 700) }
    let edges = spaced(from: mel(hertz.lowerBound), to: mel(hertz.upperBound), count: bands + 2)
    let positions = (0..<bins).map { bin in
      bin == 0 ? -1 : mel(sampleRateHertz / 2 * Double(bin) / Double(bins - 1))
    }
    return MelFilterbank(edges: edges, positions: positions) { _ in 1 }
  }

  /// The filters of `librosa.filters.mel`: Slaney mel (linear below 1 kHz), triangles that are
  /// straight in hertz, each of the same area.
  static func slaney(bands: Int, bins: Int, sampleRateHertz: Double) -> MelFilterbank {
    let topMel = 15 + 27 * log(sampleRateHertz / 2 / 1000) / log(6.4)
    let edges = spaced(from: 0, to: topMel, count: bands + 2).map { mel in
      mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) / 27 * log(6.4))
    }
    let positions = (0..<bins).map { sampleRateHertz / 2 * Double($0) / Double(bins - 1) }
    return MelFilterbank(edges: edges, positions: positions) { band in
      2 / (edges[band + 2] - edges[band])
    }
  }

  private static func spaced(from low: Double, to high: Double, count: Int) -> [Double] {
    (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }

  /// Band b rises from edge b to edge b + 1 and falls to edge b + 2.
  private init(edges: [Double], positions: [Double], peak: (Int) -> Double) {
    bands = (0..<edges.count - 2).map { band in
      let (low, center, high) = (edges[band], edges[band + 1], edges[band + 2])
      let weights = positions.map { position in
        let rising = (position - low) / (center - low)
        let falling = (high - position) / (high - center)
        return Float(max(0, min(rising, falling)) * peak(band))
      }
      guard let first = weights.firstIndex(where: { $0 > 0 }),
        let last = weights.lastIndex(where: { $0 > 0 })
      else { return Band(firstBin: 0, weights: []) }
      return Band(firstBin: first, weights: Array(weights[first...last]))
    }
  }

  /// The weighted sum of each band, summed in 64 bits.
  func apply(to spectrum: [Float]) -> [Double] {
    bands.map { band in
      var sum = 0.0
      for (index, weight) in band.weights.enumerated() {
        sum += Double(weight) * Double(spectrum[band.firstBin + index])
      }
      return sum
    }
  }
}
