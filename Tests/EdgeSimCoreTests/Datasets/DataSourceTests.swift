import Glibc
import SignalProcessing
import SyntheticData
import Testing

@testable import EdgeSimCore

@Suite struct DataSourceTests {
  static func source(_ text: String) throws -> DataSource {
    let document = try DocumentReader.read(text: Array(text.utf8), file: "folder/d.json")
    return try DataSource.read(document, file: "folder/d.json")
  }

  private static let head = "{\"format\": \"edgesim-data/1\", "

  @Test("A generator gives samples in range, balanced, and the same whatever the threads")
  func generated() throws {
    let source = try Self.source(
      Self.head + "\"generator\": \"road-condition\", \"count\": 20, \"split\": \"test\", "
        + "\"height\": 16, \"width\": 24}")
    let one = try source.labeledSamples(jobs: 1, progress: Progress())
    let three = try source.labeledSamples(jobs: 3, progress: Progress())
    #expect(one.samples.values == three.samples.values && one.groups == three.groups)
    #expect(one.samples.shape == [16, 24, 3] && one.samples.count == 20)
    #expect(one.samples.values.allSatisfy { (0...1).contains($0) })
    #expect(one.samples.labels == (0..<20).map { $0 % 5 })
    #expect(one.samples.classNames == ["dry", "wet", "snow", "ice", "damaged"])
    #expect(one.groups.first == "route-80" && one.groups.last == "route-83")
    #expect(source.summary.contains("synthetic") && source.files.isEmpty)
  }

  @Test("Vibration comes through its front end")
  func vibration() throws {
    let source = try Self.source(
      Self.head + "\"generator\": \"fault-detection\", \"count\": 8, \"seed\": 3, \"frontEnd\": "
        + "{\"kind\": \"vibration-spectrum\", \"window\": 1024, \"bands\": 64}}")
    let samples = try source.samples(jobs: 2, progress: Progress())
    #expect(samples.shape == [64, 1, 2] && samples.labels == [0, 1, 2, 3, 0, 1, 2, 3])
    let frontEnd = try #require(
      VibrationFrontEnd(.spectrum, windowSampleCount: 1024, bandCount: 64))
    let place = SamplePlace(index: 5, classCount: 4, split: nil)
    let recording = BearingVibration(sampleCount: 1024, seed: 3).samples(place)
    #expect(Array(samples.sample(5)) == frontEnd.features(of: recording))
  }

  @Test(
    "What is wrong in a data document is told",
    arguments: [
      ("\"generator\": \"road-conditon\", \"count\": 1}", "did you mean \"road-condition\"?"),
      ("\"generator\": \"road-condition\"}", "no key \"count\""),
      ("\"generator\": \"road-condition\", \"count\": 1, \"bands\": 3}", "the unknown key"),
      (
        "\"generator\": \"road-condition\", \"count\": 1000000, \"height\": 1024}",
        "numbers in all"
      ),
      ("\"generator\": \"fault-detection\", \"count\": 1}", "no key \"frontEnd\""),
      (
        "\"generator\": \"fault-detection\", \"count\": 1, \"frontEnd\": "
          + "{\"kind\": \"mlperf-kws\"}}",
        "one of vibration"
      ),
      ("\"files\": \"a\"}", "no key \"frontEnd\""),
      (
        "\"files\": \"a\", \"frontEnd\": {\"kind\": \"image\", \"height\": 0, \"width\": 9}}",
        "from 1 to 1024"
      ),
      (
        "\"files\": \"a\", \"frontEnd\": {\"kind\": \"vibration-raw\", \"window\": 99}}",
        "an even number"
      ),
      (
        "\"files\": \"a\", \"split\": \"tst\", \"frontEnd\": {\"kind\": \"mlperf-kws\"}}",
        "did you mean \"test\"?"
      ),
    ])
  func problems(text: String, message: String) {
    do {
      _ = try Self.source(Self.head + text)
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test("Written frames are read back as the generator's samples, and recordings too")
  func generateCommand() throws {
    try withTemporaryFolder { folder in
      let exit = CommandLineTool.run([
        "generate", "road-condition", "--count", "10", "--seed", "4", "--height", "16", "--width",
        "16", "--out", "\(folder)/road",
      ])
      #expect(exit == 0)
      let frontEnd = try #require(ImageFrontEnd(height: 16, width: 16, channelCount: 3))
      let files = FileData(
        path: "\(folder)/road/manifest.csv", frontEnd: .image(frontEnd),
        classNames: RoadFrames.classNames)
      let read = try files.samples(jobs: 2, progress: Progress())
      let made = GeneratedData(
        kind: .roadCondition(height: 16, width: 16), count: 10, seed: 4, split: nil
      ).samples(jobs: 1, progress: Progress())
      #expect(read.samples.values == made.samples.values)
      #expect(read.samples.labels == made.samples.labels && read.groups == made.groups)
      let bearing = CommandLineTool.run([
        "generate", "fault-detection", "--count", "8", "--samples", "2500", "--split", "test",
        "--out", "\(folder)/bearing",
      ])
      #expect(bearing == 0)
      let raw = try #require(VibrationFrontEnd(.raw, windowSampleCount: 1024))
      let windows = try FileData(
        path: "\(folder)/bearing/manifest.csv", frontEnd: .vibration(raw), split: .test
      ).samples(jobs: 1, progress: Progress())
      #expect(windows.samples.count == 16, "two whole windows of each recording")
    }
  }

  @Test("Unknown generators and missing counts are refused")
  func generateProblems() {
    for arguments in [["road"], ["road-condition"], ["road-condition", "--count", "5"]] {
      #expect(CommandLineTool.run(["generate"] + arguments) == 2)
    }
  }
}
