/// A stream of random numbers named after its use, so that no two uses share numbers: adding a
/// source to a scenario leaves the numbers of the others as they were.
///
/// The generator is xoshiro256** (Blackman and Vigna 2021, "Scrambled Linear Pseudorandom Number
/// Generators"), seeded through SplitMix64 from the run's seed and the FNV-1a hash of the name.
/// Integers only: the same numbers on every machine.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// A stream of a run.
  public init(seed: UInt64, name: String) {
    var mixer = SplitMix64(state: seed ^ RandomStream.hash(of: name))
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = RandomStream.rotate(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = RandomStream.rotate(state.3, by: 45)
    return result
  }

  /// Uniform in `0..<bound`, without bias (Lemire 2019, "Fast Random Integer Generation in an
  /// Interval").
  ///
  /// - Precondition: `bound` is positive.
  public mutating func uniform(below bound: Int64) -> Int64 {
    precondition(bound > 0)
    let width = UInt64(bound)
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let threshold = (0 &- width) % width
      while product.low < threshold { product = next().multipliedFullWidth(by: width) }
    }
    return Int64(product.high)
  }

  /// Uniform in 0..<1, of 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in `low..<high`.
  public mutating func uniform(from low: Double, to high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// Normal of mean 0 and variance 1 (Box and Muller 1958), one of two each time.
  public mutating func normal() -> Double {
    let radius = (-2 * ReproducibleMath.log(1 - uniform())).squareRoot()
    return radius * ReproducibleMath.cos(2 * .pi * uniform())
  }

  /// Shuffles in place: Fisher and Yates, O(n). Unlike the standard library's, the order is
  /// promised not to change between releases.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, Int(uniform(below: Int64(index + 1))))
    }
  }

  private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
    value << count | value >> (64 - count)
  }

  /// FNV-1a, 64 bits.
  private static func hash(of name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// The seeding generator that xoshiro's authors recommend (Steele, Lea and Flood 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
