import ReproducibleMath

/// Vibration of machines with healthy and faulty bearings, made by a seed: the same bytes on every
/// machine. `docs/data.md` states the model.
public struct BearingVibration: Sendable {
  public static let sampleRateHertz = 12_000
  /// Samples of one recording that make sense.
  public static let sampleCounts = 64...1_200_000
  /// The classes, in the order of their labels.
  public static let classNames = BearingFault.allCases.map(\.name)

  public let sampleCount: Int
  public let seed: UInt64
  private let geometry = BearingGeometry.skf6205

  /// - Precondition: `sampleCount` is one of `sampleCounts`.
  public init(sampleCount: Int, seed: UInt64) {
    precondition(BearingVibration.sampleCounts.contains(sampleCount))
    self.sampleCount = sampleCount
    self.seed = seed
  }

  /// How a recording was made. O(1).
  public func condition(_ place: SamplePlace) -> BearingCondition {
    var stream = RandomStream(seed: seed, name: name(of: place))
    return condition(place, stream: &stream)
  }

  /// Acceleration in g of a recording; its group is the machine. O(samples).
  ///
  /// - Parameter place: of one of four classes.
  public func samples(_ place: SamplePlace) -> [Float] {
    var stream = RandomStream(seed: seed, name: name(of: place))
    let machine = BearingMachine(seed: seed, group: place.group)
    let condition = condition(place, stream: &stream)
    var signal = shaft(machine, condition)
    addNoise(machine, condition, to: &signal, stream: &stream)
    // What was struck before the recording began still rings in it.
    let lead = 0.02
    let rate = Double(BearingVibration.sampleRateHertz)
    let duration = Double(sampleCount) / rate + lead
    let blows = DefectImpulses(geometry: geometry, condition: condition)
      .blows(duration: duration, stream: &stream)
    for blow in blows + knocks(machine, duration: duration, stream: &stream) {
      strike(machine, at: blow.seconds - lead, height: blow.height, signal: &signal)
    }
    return signal.map { Float($0 * machine.gain) }
  }

  private func name(of place: SamplePlace) -> String {
    "bearing/recording/\(place.group)/\(place.label)/\(place.number)"
  }

  private func condition(_ place: SamplePlace, stream: inout RandomStream) -> BearingCondition {
    BearingCondition(
      BearingMachine(seed: seed, group: place.group), fault: BearingFault.allCases[place.label],
      stream: &stream)
  }

  /// Harmonics of the shaft, and hum.
  private func shaft(_ machine: BearingMachine, _ condition: BearingCondition) -> [Double] {
    (0..<sampleCount).map { index in
      let seconds = Double(index) / Double(BearingVibration.sampleRateHertz)
      let angle = 2 * .pi * condition.shaftTurns(at: seconds) + condition.shaftPhase
      var sum = machine.humAmplitude * ReproducibleMath.sin(2 * .pi * 100 * seconds)
      for (order, amplitude) in machine.shaftAmplitudes.enumerated() {
        let phase = condition.shaftPhase * Double(order)
        sum += amplitude * ReproducibleMath.sin(angle * Double(order + 1) + phase)
      }
      return sum
    }
  }

  /// White noise, and the rumble of a loaded bearing below 1 kHz.
  private func addNoise(
    _ machine: BearingMachine, _ condition: BearingCondition, to signal: inout [Double],
    stream: inout RandomStream
  ) {
    let white = machine.noise * machine.whiteShare
    let rumble = machine.noise * (1 - machine.whiteShare) * (0.6 + 0.8 * condition.load)
    // One pole; the gain restores the variance that it takes away.
    let pole = 0.6
    var low = 0.0
    for index in signal.indices {
      low = pole * low + (1 - pole * pole).squareRoot() * stream.normal()
      signal[index] += white * stream.normal() + rumble * low
    }
  }

  /// Blows of other machines: single and at random times.
  private func knocks(
    _ machine: BearingMachine, duration: Double, stream: inout RandomStream
  ) -> [(seconds: Double, height: Double)] {
    var result: [(seconds: Double, height: Double)] = []
    guard machine.knocksPerSecond > 0 else { return [] }
    var time = 0.0
    while true {
      time -= ReproducibleMath.log(1 - stream.uniform()) / machine.knocksPerSecond
      guard time < duration else { return result }
      result.append((time, machine.knockHeight * stream.uniform(from: 0.3, to: 1)))
    }
  }

  /// Adds the ringing of the machine's modes after a blow.
  private func strike(
    _ machine: BearingMachine, at seconds: Double, height: Double, signal: inout [Double]
  ) {
    let rate = Double(BearingVibration.sampleRateHertz)
    let first = max(Int((seconds * rate).rounded(.up)), 0)
    for mode in machine.resonances {
      let omega = 2 * .pi * mode.hertz / rate
      let decay = ReproducibleMath.exp(-mode.damping * omega)
      let age = Double(first) - seconds * rate
      // A rotation in the complex plane that shrinks: no sine for every sample.
      let start = height * mode.gain * ReproducibleMath.exp(-mode.damping * omega * age)
      var (sine, cosine) = (
        start * ReproducibleMath.sin(omega * age), start * ReproducibleMath.cos(omega * age)
      )
      let (turnSine, turnCosine) = (
        decay * ReproducibleMath.sin(omega), decay * ReproducibleMath.cos(omega)
      )
      let last = min(first + Int(7 / (mode.damping * omega)), sampleCount)
      for index in first..<max(last, first) {
        signal[index] += sine
        (sine, cosine) = (
          sine * turnCosine + cosine * turnSine, cosine * turnCosine - sine * turnSine
        )
      }
    }
  }
}
