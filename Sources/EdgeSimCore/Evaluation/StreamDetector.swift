import DiscreteEvents

/// Turns the probabilities of a streaming wake-word model into detections: a sliding mean against
/// a cutoff, then silence for a while.
///
/// The mean and the cutoff are those of the microWakeWord runtimes (`pymicro-wakeword`, ESPHome
/// `micro_wake_word`): the window is emptied by a detection, and must be full for the next one.
struct StreamDetector {
  let settings: DetectorSettings
  private var window: [Float] = []
  private var silentUntil = SimulationTime.zero

  init(settings: DetectorSettings) { self.settings = settings }

  /// Takes the next probability; true when the wake word is detected with it.
  ///
  /// - Parameter time: when the audio that it looks at was complete; does not go back.
  mutating func detects(_ probability: Float, at time: SimulationTime) -> Bool {
    if window.count == settings.slidingWindowSize { window.removeFirst() }
    window.append(probability)
    guard window.count == settings.slidingWindowSize, time >= silentUntil else { return false }
    // Exact: probabilities are multiples of 2^-8, windows are short.
    let mean = window.reduce(0.0) { $0 + Double($1) } / Double(window.count)
    guard mean > settings.probabilityCutoff else { return false }
    window.removeAll(keepingCapacity: true)
    silentUntil = time + settings.refractoryPeriod
    return true
  }
}
