import DiscreteEvents

/// The file beside a wake-word model in which its authors say when a probability counts.
extension DetectorSettings {
  /// `okay_nabu.json` for `okay_nabu.tflite`.
  static func sidecarPath(ofModel path: String) -> String {
    "\(FileSystem.folder(of: path))/\(FileSystem.stem(of: path)).json"
  }

  /// The scenario's figures, or those of the `micro` section of the file beside the model
  /// (microWakeWord's model description, version 2).
  static func resolve(
    _ overrides: Scenario.DetectorOverrides, modelPath: String
  ) throws(InputError) -> DetectorSettings {
    if let cutoff = overrides.probabilityCutoff, let window = overrides.slidingWindow {
      return DetectorSettings(
        probabilityCutoff: cutoff, slidingWindowSize: window,
        refractoryPeriod: overrides.refractoryPeriod)
    }
    let sidecar = try readSidecar(sidecarPath(ofModel: modelPath))
    return DetectorSettings(
      probabilityCutoff: overrides.probabilityCutoff ?? sidecar.cutoff,
      slidingWindowSize: overrides.slidingWindow ?? sidecar.window,
      refractoryPeriod: overrides.refractoryPeriod)
  }

  private static func readSidecar(
    _ path: String
  ) throws(InputError) -> (cutoff: Double, window: Int) {
    let problems = DocumentProblems(file: path)
    let root = DocumentObject(try DocumentReader.read(path: path), problems: problems)
    let micro = root?.object("micro")
    _ = micro?.required("probability_cutoff")
    let cutoff = micro?.optionalNumber("probability_cutoff", in: 0...1)
    let window = micro?.int("sliding_window_size", in: 1...1000)
    try problems.throwIfAny()
    guard let cutoff, let window else { preconditionFailure("a sidecar was not read") }
    return (cutoff, window)
  }
}
