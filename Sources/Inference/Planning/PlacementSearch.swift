import NeuralNetworks

/// Looks for an order of placement with a low peak: the best of several greedy orders, and where
/// that is above the lower bound, of an order changed step by step. Always the same result.
enum PlacementSearch {
  /// Above this many buffers only the device's order is tried: each costs O(n²).
  private static let mostBuffersForSearch = 2048
  /// Steps of the innermost loop that the search may take, about 20 ms.
  private static let searchSteps = 1 << 24

  /// TensorFlow Lite Micro's placement. O(n²).
  static func asDevice(_ buffers: [ArenaBuffer]) -> FirstFit {
    FirstFit(buffers, order: DeviceArena.order(of: buffers))
  }

  /// No worse than a device's. Complexity: O(n²), a dozen times up to 2048 buffers, and 2^24 steps.
  static func best(_ buffers: [ArenaBuffer]) -> FirstFit {
    let lowerBound = ArenaBuffer.largestLiveSet(of: buffers)
    var order = DeviceArena.order(of: buffers)
    var best = FirstFit(buffers, order: order)
    guard buffers.count <= mostBuffersForSearch else { return best }
    for candidate in orders(of: buffers) where best.peakBytes > lowerBound {
      let placement = FirstFit(buffers, order: candidate)
      if placement.peakBytes < best.peakBytes { (best, order) = (placement, candidate) }
    }
    return best.peakBytes > lowerBound
      ? improved(best, order: order, of: buffers, lowerBound: lowerBound) : best
  }

  /// Ascending, equal ones in order.
  private static func sorted(
    _ buffers: [ArenaBuffer], by key: (ArenaBuffer) -> Int
  ) -> [Int] {
    buffers.indices.sorted { (key(buffers[$0]), $0) < (key(buffers[$1]), $1) }
  }

  private static func orders(of buffers: [ArenaBuffer]) -> [[Int]] {
    [
      sorted(buffers) { -$0.placeByteCount },
      sorted(buffers) { -$0.placeByteCount * $0.lifetime.count },
      sorted(buffers) { -$0.lifetime.count },
      sorted(buffers) { $0.lifetime.lowerBound },
      sorted(buffers) { -$0.lifetime.upperBound },
      byLiveSet(buffers),
    ]
  }

  /// The buffers of the step that needs the most bytes first, of each step the largest first
  /// ("greedy by breadth" of Pisarchyk and Lee). O(n log n + sum of live sets).
  private static func byLiveSet(_ buffers: [ArenaBuffer]) -> [Int] {
    let liveSets = buffers.indices.map { index in
      let step = buffers[index].lifetime.lowerBound
      return buffers.indices.filter { buffers[$0].lifetime.contains(step) }
    }
    let breadth = liveSets.map { $0.reduce(0) { $0 + buffers[$1].placeByteCount } }
    let steps = buffers.indices.sorted { (-breadth[$0], $0) < (-breadth[$1], $1) }
    var isTaken = [Bool](repeating: false, count: buffers.count)
    var order: [Int] = []
    for step in steps {
      let set = liveSets[step].filter { !isTaken[$0] }
      for index in set.sorted(by: {
        (-buffers[$0].placeByteCount, $0) < (-buffers[$1].placeByteCount, $1)
      }) {
        isTaken[index] = true
        order.append(index)
      }
    }
    return order
  }

  /// Moves a buffer that reaches the peak, or any other, to an earlier turn, and keeps what is no
  /// worse.
  private static func improved(
    _ placement: FirstFit, order: [Int], of buffers: [ArenaBuffer], lowerBound: Int
  ) -> FirstFit {
    var (best, order) = (placement, order)
    var random = SplitMix(state: UInt64(buffers.count))
    let trials = min(2000, searchSteps / max(1, buffers.count * buffers.count))
    for trial in 0..<trials where best.peakBytes > lowerBound {
      var candidate = order
      let place = trial % 2 == 0 ? turnOfPeak(best, candidate, buffers) : random.below(order.count)
      let moved = candidate.remove(at: place)
      candidate.insert(moved, at: random.below(place + 1))
      let placement = FirstFit(buffers, order: candidate)
      if placement.peakBytes <= best.peakBytes { (best, order) = (placement, candidate) }
    }
    return best
  }

  private static func turnOfPeak(
    _ placement: FirstFit, _ order: [Int], _ buffers: [ArenaBuffer]
  ) -> Int {
    order.firstIndex {
      placement.offsets[$0] + buffers[$0].placeByteCount == placement.peakBytes
    } ?? 0
  }
}

/// Pseudo-random numbers of Steele, Lea and Flood 2014.
private struct SplitMix {
  var state: UInt64

  /// - Precondition: `bound` is positive.
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }
}
