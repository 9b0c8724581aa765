import Testing

@testable import SignalProcessing

/// The float recipes against numpy in 64 bits (`Oracles/recipes.py`).
@Suite struct FeatureRecipeTests {
  /// The vowel-like part of the synthetic signal.
  private let vowel = Array(SyntheticAudio.samples[9 * 96_000..<9 * 96_000 + 32_768])

  private func worst(_ features: [Float], _ expected: [[Double]]) -> Double {
    let expected = expected.joined()
    guard features.count == expected.count else { return .infinity }
    return zip(features, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test("Keyword spotting coefficients equal numpy's within a thousandth of an int8 step")
  func keywordSpotting() {
    let features = KeywordSpottingMFCC.features(of: Array(vowel.prefix(16_000)))
    #expect(worst(features, Goldens.table("keyword_spotting.txt")) < 0.0006)
  }

  @Test("Streaming wake word energies equal numpy's within a thousandth of an int8 step")
  func streamingWakeWord() {
    let features = StreamingWakeWordLogMel.features(of: vowel)
    #expect(worst(features, Goldens.table("streaming_wake_word.txt")) < 0.000004)
  }

  @Test("Anomaly detection energies equal numpy's within a thousandth of a decibel")
  func anomalyDetection() {
    let features = AnomalyDetectionLogMel.features(of: vowel)
    #expect(features.count == 65 * 128)
    let chosen = [0, 1, 20, 40, 63, 64].flatMap { features[$0 * 128..<($0 + 1) * 128] }
    #expect(worst(chosen, Goldens.table("anomaly_detection.txt")) < 0.001)
  }

  @Test(
    "Int8 coefficients of twelve recordings equal numpy's but for single steps",
    .enabled(if: Goldens.hasSpeechCommands, "needs ../shared/data/speech_commands"))
  func keywordSpottingOnSpeech() throws {
    var differing = 0
    for line in Goldens.lines("keyword_spotting_speech_commands.txt") {
      let parts = line.split(separator: " ")
      let samples = try AudioFile.readMono16kHz(
        path: Goldens.sharedData + "speech_commands/" + parts[0])
      let ours = KeywordSpottingMFCC.quantized(KeywordSpottingMFCC.features(of: samples))
      let digits = Array(parts[1].utf8)
      let expected = stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
      }
      #expect(ours.count == 490 && expected.count == 490)
      let steps = zip(ours, expected).map { abs(Int($0) - Int(Int8(bitPattern: $1))) }
      #expect(steps.allSatisfy { $0 <= 1 })
      differing += steps.reduce(0, +)
    }
    // Truncation turns a difference of 1e-5 at a whole number into a step: 0.2 % of 5,880 do.
    #expect(differing <= 30)
  }

  @Test(
    "At least 62 of the 67 recordings that the benchmark uses equal its inputs in every value",
    .enabled(
      if: Goldens.hasSpeechCommands && Goldens.hasOfficialInputs,
      "needs ../shared/data/speech_commands and mlperf_tiny/inputs"))
  func keywordSpottingEqualsOfficialInputs() throws {
    let file = Goldens.bytes(of: Goldens.officialInputs)
    let values = file.suffix(1000 * 490).map { Int8(bitPattern: $0) }
    let official = Set((0..<1000).map { Array(values[$0 * 490..<$0 * 490 + 490]) })
    let labels = KeywordSpottingMFCC.labels.map {
      $0 == "silence" || $0 == "unknown" ? "_\($0)_" : $0
    }
    let clips = labels.flatMap { Goldens.waves(in: Goldens.sharedData + "speech_commands/" + $0) }
    #expect(clips.count == 360)
    let equal = try clips.filter { path in
      let features = KeywordSpottingMFCC.features(of: try AudioFile.readMono16kHz(path: path))
      return official.contains(KeywordSpottingMFCC.quantized(features))
    }
    // 64 where this was written; rounding of another mathematics library may shift a value or two.
    #expect((62...67).contains(equal.count))
  }

  @Test("Silent, empty and long clips have their shape and finite values")
  func unusualClips() {
    for samples in [
      [], [Int16](repeating: 0, count: 16_000), [Int16](repeating: -9, count: 20_000),
    ] {
      let features = KeywordSpottingMFCC.features(of: samples)
      #expect(features.count == 490 && features.allSatisfy { $0.isFinite })
      let energies = StreamingWakeWordLogMel.features(of: samples)
      #expect(energies.count == max(samples.count / 512 - 1, 0) * 40)
      #expect(energies.allSatisfy { (0...1).contains($0) })
      #expect(AnomalyDetectionLogMel.features(of: samples).allSatisfy { $0.isFinite })
    }
    #expect(AnomalyDetectionLogMel.features(of: [Int16](repeating: 0, count: 512)).isEmpty)
    #expect(AnomalyDetectionLogMel.features(of: [Int16](repeating: 0, count: 513)).count == 256)
  }

  @Test("Quantization cuts toward zero and saturates")
  func quantization() {
    #expect(
      FeatureQuantization.truncated([0.99, -0.99, 1e9, -1e9, 2], scale: 1, zeroPoint: 0)
        == [0, 0, 127, -128, 2])
    #expect(FeatureQuantization.truncated([0.5], scale: 0.25, zeroPoint: -128) == [-126])
    #expect(KeywordSpottingMFCC.quantized([0, 0.6, -0.6]) == [83, 84, 81])
    #expect(KeywordSpottingMFCC.quantized([27]) == [-127])
    #expect(KeywordSpottingMFCC.quantized([27], overflow: .saturate) == [127])
  }

  @Test("A reset stream gives the same frames again")
  func resetsStream() {
    let frontEnd = StreamingWakeWordLogMel()
    func frames() -> [Float] {
      vowel.withUnsafeBufferPointer { vowel in
        (0..<8).flatMap { index in
          let hop = UnsafeBufferPointer(rebasing: vowel[index * 512..<index * 512 + 512])
          return frontEnd.process(hop: hop) ?? []
        }
      }
    }
    let first = frames()
    frontEnd.reset()
    #expect(frames() == first)
    #expect(first.count == 7 * 40)
  }
}
