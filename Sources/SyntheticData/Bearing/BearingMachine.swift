import ReproducibleMath

/// What all recordings of one machine share: its structure, its shaft and its sensor.
struct BearingMachine: Sendable {
  /// A mode of the structure that impulses excite.
  struct Resonance: Sendable {
    var hertz: Double
    /// Share of critical damping.
    var damping: Double
    var gain: Double
  }

  /// Mean speed of the shaft.
  let shaftHertz: Double
  let resonances: [Resonance]
  /// Amplitudes at 1, 2, 3 and 4 times the shaft's speed: unbalance, misalignment, looseness.
  let shaftAmplitudes: [Double]
  /// Of the electric supply's second harmonic.
  let humAmplitude: Double
  /// Standard deviation of the noise, and the share of it that is white.
  let noise: Double
  let whiteShare: Double
  /// Random knocks per second that no bearing makes, and their height.
  let knocksPerSecond: Double
  let knockHeight: Double
  /// Of the sensor.
  let gain: Double

  init(seed: UInt64, group: Int) {
    var stream = RandomStream(seed: seed, name: "bearing/machine/\(group)")
    shaftHertz = stream.uniform(from: 23, to: 33)
    resonances = [(900, 2200), (2400, 3600), (3700, 5200)].map { low, high in
      Resonance(
        hertz: stream.uniform(from: low, to: high), damping: stream.uniform(from: 0.015, to: 0.06),
        gain: stream.uniform(from: 0.15, to: 1))
    }
    shaftAmplitudes = [0.5, 0.3, 0.15, 0.1].map { $0 * stream.uniform(from: 0.1, to: 1) }
    humAmplitude = stream.uniform(from: 0, to: 0.15)
    noise = stream.uniform(from: 0.12, to: 0.3)
    whiteShare = stream.uniform(from: 0.3, to: 0.9)
    knocksPerSecond = stream.uniform(from: 0, to: 12)
    knockHeight = stream.uniform(from: 0.3, to: 1.2)
    gain = stream.uniform(from: 0.5, to: 2)
  }
}
