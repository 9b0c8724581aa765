import Inference
import NeuralNetworks
import SignalProcessing
import Testing

@testable import EdgeSimCore

/// Accuracy of the MLPerf Tiny models through our front ends.
@Suite(.enabled(if: ProjectFiles.hasShared, "needs ../shared"))
struct MLPerfTinyTests {
  @Test("The streaming wake word is heard twice and missed once in the official 10 s recording")
  func streamingWakeWord() throws {
    let plan = try ExecutionPlan(
      try ModelFormat.read(path: "\(ProjectFiles.tiny)/models/str_ww_ref_model.tflite"),
      arithmetic: .doubleRounding)
    let samples = try ClipReader.samples(
      path: "\(ProjectFiles.tiny)/inputs/sww_short_wav_easy10s.wav")
    let words = try Self.wordIntervals()
    #expect(words.count == 3)
    let heard = try Self.detectionTimes(plan, samples)
    // As the reference scores: from a word's start until half a second after its end.
    let recognized = words.count { word in
      heard.contains { $0 >= word.start && $0 <= word.end + 0.5 }
    }
    let falseAccepts = heard.count { time in
      !words.contains { time >= $0.start && time <= $0.end + 0.5 }
    }
    #expect(recognized == 2 && words.count - recognized == 1 && falseAccepts == 0)
  }

  /// Ends of the windows of 30 frames whose first output exceeds 115 of int8.
  private static func detectionTimes(
    _ plan: ExecutionPlan, _ samples: [Int16]
  ) throws -> [Double] {
    let main = plan.network.main
    let input = try #require(main.tensors[main.inputs[0]].quantization)
    let bands = StreamingWakeWordLogMel.bandCount
    let frames = StreamingWakeWordLogMel.features(of: samples)
    var interpreter = Interpreter(plan)
    var times: [Double] = []
    for first in 0...(frames.count / bands - StreamingWakeWordLogMel.framesPerInput) {
      let window = Array(
        frames[first * bands..<(first + StreamingWakeWordLogMel.framesPerInput) * bands])
      let stored = FeatureQuantization.truncated(
        window, scale: input.scale, zeroPoint: input.zeroPoint, overflow: .saturate)
      stored.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      let output = interpreter.withOutput(0) { Int8(bitPattern: $0[0]) }
      if output > 115 {
        // A window of 1024 samples, 512 apart.
        let last = first + StreamingWakeWordLogMel.framesPerInput - 1
        times.append(Double(last * 512 + 1024) / 16_000)
      }
    }
    return times
  }

  private static func wordIntervals() throws -> [(start: Double, end: Double)] {
    let node = try DocumentReader.read(
      path: "\(ProjectFiles.tiny)/inputs/sww_sww_short_test.json")
    return intervals(in: node)
  }

  /// Pairs of numbers anywhere in the document.
  private static func intervals(in node: DocumentNode) -> [(start: Double, end: Double)] {
    switch node.value {
    case .object(let members): return members.flatMap { intervals(in: $0.node) }
    case .array(let elements):
      let numbers = elements.compactMap { element -> Double? in
        if case .number(let text) = element.value { Double(text) } else { nil }
      }
      guard numbers.count == 2, elements.count == 2 else {
        return elements.flatMap { intervals(in: $0) }
      }
      return [(numbers[0], numbers[1])]
    default: return []
    }
  }

  @Test("Keyword spotting classifies 336 of the 360 Speech Commands clips right")
  func keywords() throws {
    let classifier = try Classifier(
      try ExecutionPlan(
        try ModelFormat.read(path: "\(ProjectFiles.tiny)/models/kws_ref_model.tflite"),
        arithmetic: .doubleRounding))
    let clips = try LabeledDataset.read(path: ProjectFiles.speechCommands)
    let inputs = try clips.map { clip in
      KeywordSpottingMFCC.quantized(
        KeywordSpottingMFCC.features(of: try ClipReader.samples(path: clip.path))
      ).map { UInt8(bitPattern: $0) }
    }
    let labels = KeywordSpottingMFCC.labels
    let classes = try classifier.classes(of: inputs.flatMap { $0 }, jobs: 2)
    let right = clips.indices.count {
      labels[classes[$0]] == clips[$0].label.filter { $0 != "_" }
    }
    #expect(clips.count == 360 && right == 336)
  }
}
