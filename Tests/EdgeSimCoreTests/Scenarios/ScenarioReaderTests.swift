import DiscreteEvents
import ReproducibleMath
import Testing

@testable import EdgeSimCore

@Suite struct ScenarioReaderTests {
  private static let path = "\(ProjectFiles.package)/scenarios/offline-speech.json"

  @Test("The scenario of the demo is read with units converted and paths resolved")
  func demo() throws {
    let scenario = try ScenarioReader.read(path: Self.path)
    #expect(scenario.name == "offline-speech" && scenario.seed == 1)
    #expect(scenario.devices.map(\.device) == ["iot-esp32-s3", "phone-pixel3"])
    #expect(scenario.modelPath.hasSuffix("scenarios/../data/models/okay_nabu.tflite"))
    #expect(scenario.deadlines.inference == .milliseconds(30))
    let listening = try #require(scenario.source.listening)
    #expect(listening.detectionDeadline == .milliseconds(500))
    #expect(listening.audio.gap == .milliseconds(500)...(.milliseconds(2000)))
    #expect(scenario.background.map(\.priority) == [5, 4, 1])
    #expect(scenario.background[0].deadline == .milliseconds(10))
    #expect(scenario.budgets.deadlineMissRatio == 0.01)
  }

  @Test("What is absent has its default")
  func defaults() throws {
    let scenario = try ScenarioReader.read(
      try DocumentReader.read(
        text: Array(
          """
          {"format": "edgesim-scenario/1", "name": "small", "devices": [{"device": "a"}],
           "model": "m.tflite", "frontEnd": "micro",
           "audio": {"manifest": "clips", "wakeWord": "w"},
           "deadlines": {"features": "1 ms", "inference": "2 ms", "detection": "3 ms"}}
          """.utf8), file: "small.json"), file: "small.json")
    #expect(scenario.seed == 1 && scenario.background.isEmpty)
    #expect(scenario.stream.inputBuffer == .milliseconds(100))
    #expect(scenario.stream.inferenceQueue == 4)
    let listening = try #require(scenario.source.listening)
    #expect(listening.detector.refractoryPeriod == .milliseconds(1000))
    #expect(scenario.budgets == Scenario.Budgets())
    #expect(listening.audio.manifestPath == "clips")
  }

  @Test("A scenario of frames is read, and has no use for audio")
  func frames() throws {
    let text = """
      {"format": "edgesim-scenario/1", "name": "road", "devices": [{"device": "a"}],
       "model": "m.tflite",
       "frames": {"data": {"array": "x.npy", "labels": "y.csv"}, "period": "100 ms", "count": 50,
         "preprocessing": {"value": "9 cycles", "grade": "assumed", "citation": "a guess"}},
       "deadlines": {"features": "1 ms", "inference": "2 ms"}}
      """
    func read(_ text: String) throws -> Scenario {
      try ScenarioReader.read(
        try DocumentReader.read(text: Array(text.utf8), file: "f/x.json"), file: "f/x.json")
    }
    let frames = try #require(try read(text).source.frames)
    #expect(frames.period == .milliseconds(100) && frames.count == 50)
    #expect(frames.data.files == ["f/x.npy", "f/y.csv"])
    #expect(frames.preprocessing.estimate.nominal == 9)
    let error = #expect(throws: InputError.self) {
      try read(text.replacing("\"model\"", with: "\"detector\": {}, \"model\""))
    }
    #expect(error?.description.contains("the unknown key \"detector\"") == true)
  }

  @Test("A document that is no object, or of another format, is told")
  func otherDocuments() {
    for (text, message) in [
      ("[]", "x.json:1:1: found a list, expected an object"),
      ("{\"format\": \"edgesim-device/1\"}", "expected one of edgesim-scenario/1"),
    ] {
      let error = #expect(throws: InputError.self) {
        try ScenarioReader.read(
          try DocumentReader.read(text: Array(text.utf8), file: "x.json"), file: "x.json")
      }
      #expect(error?.description.contains(message) == true)
    }
  }

  @Test("10,000 mutants of the demo's scenario are read or refused with a place")
  func mutants() throws {
    let original = try TextFile.read(path: Self.path, limit: 1 << 20)
    var random = RandomStream(seed: 7, name: "scenario mutants")
    let pieces = ["\"", "{", "}", "[", ",", ":", "-1", "1e999", "0", "null", "ms", "\\u0000", "µ"]
    var refused = 0
    for _ in 0..<10_000 {
      var text = original
      for _ in 0...random.uniform(below: 2) {
        let place = Int(random.uniform(below: Int64(text.count)))
        switch random.uniform(below: 3) {
        case 0: text[place] = UInt8(random.uniform(below: 256))
        case 1:
          let piece = pieces[Int(random.uniform(below: Int64(pieces.count)))]
          text.insert(contentsOf: Array(piece.utf8), at: place)
        default:
          text.removeSubrange(place..<min(text.count, place + Int(random.uniform(below: 8)) + 1))
        }
      }
      do throws(InputError) {
        _ = try ScenarioReader.read(
          try DocumentReader.read(text: text, file: "mutant.json"), file: "mutant.json")
      } catch {
        refused += 1
        #expect(error.problems.allSatisfy { $0.position != nil })
      }
    }
    #expect((3000...9999).contains(refused))
  }
}

extension Scenario.Source {
  fileprivate var listening: Scenario.Listening? {
    if case .audio(let listening) = self { listening } else { nil }
  }

  fileprivate var frames: Scenario.FrameSelection? {
    if case .frames(let frames) = self { frames } else { nil }
  }
}
