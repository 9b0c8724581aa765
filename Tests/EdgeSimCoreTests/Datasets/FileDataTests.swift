import SignalProcessing
import SyntheticData
import Testing

@testable import EdgeSimCore

@Suite struct FileDataTests {
  private static let clips = (0..<60).map { index in
    LabeledClip(path: "\(index).png", label: "a", group: "g\(index / 6)")
  }

  private static func data(split: DataSplit? = nil) throws -> FileData {
    let frontEnd = try #require(ImageFrontEnd(height: 4, width: 4, channelCount: 3))
    return FileData(path: "m.csv", frontEnd: .image(frontEnd), split: split)
  }

  @Test("Parts hold whole groups, all of them once, in about the shares")
  func split() throws {
    let parts = try DataSplit.allCases.map { part in
      try Self.data(split: part).selection(of: Self.clips)
    }
    #expect(parts.flatMap { $0 }.sorted() == Array(0..<60))
    #expect(parts.map(\.count) == [36, 12, 12])
    let groups = parts.map { part in Set(part.map { Self.clips[$0].group }) }
    #expect(groups[0].isDisjoint(with: groups[1]) && groups[1].isDisjoint(with: groups[2]))
    #expect(groups[0].isDisjoint(with: groups[2]))
    var other = try Self.data(split: .test)
    other.seed = 2
    #expect(try other.selection(of: Self.clips) != parts[2])
  }

  @Test("A manifest's own parts are kept")
  func ownSplit() throws {
    var clips = Self.clips
    for index in clips.indices { clips[index].split = index < 50 ? .training : .test }
    #expect(try Self.data(split: .test).selection(of: clips) == Array(50..<60))
    #expect(throws: InputError.self) { try Self.data(split: .validation).selection(of: clips) }
  }

  @Test("Groups can be held out, and a misspelled one is told")
  func groups() throws {
    var data = try Self.data()
    data.exceptGroups = ["g0", "g9"]
    #expect(try data.selection(of: Self.clips) == Array(6..<54))
    data.exceptGroups = []
    data.groups = ["g3"]
    #expect(try data.selection(of: Self.clips) == Array(18..<24))
    data.groups = ["h3"]
    do {
      _ = try data.selection(of: Self.clips)
      Issue.record("it was taken")
    } catch {
      #expect("\(error)".contains("did you mean"))
    }
  }

  @Test("A broken image is told by its file and place")
  func brokenImage() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Array("no image".utf8), to: "\(folder)/a/x.png")
      var data = try Self.data()
      data.path = folder
      do {
        _ = try data.samples(jobs: 1, progress: Progress())
        Issue.record("it was read")
      } catch {
        #expect("\(error)".contains("a/x.png: header: found no PNG and no JPEG"))
      }
    }
  }

  @Test("Speakers are the groups of Speech Commands")
  func speakers() throws {
    try withTemporaryFolder { folder in
      for name in ["03401e93_nohash_0.wav", "03401e93_nohash_1.wav", "hum.wav"] {
        try AtomicFile.write([0], to: "\(folder)/yes/\(name)")
      }
      let clips = try LabeledDataset.read(path: folder)
      #expect(clips.map(\.group) == ["03401e93", "03401e93", "hum"])
    }
  }

  private static let bearings = ProjectFiles.package + "/../shared/data/bearing_cwru"

  @Test(
    "A recording of CWRU gives its windows",
    .enabled(if: FileSystem.isFolder(bearings), "the shared data is not there"))
  func cwru() throws {
    let frontEnd = try #require(VibrationFrontEnd(.raw, windowSampleCount: 2048))
    let clip = LabeledClip(path: "\(Self.bearings)/normal_0.mat", label: "normal")
    let recording = try VibrationReader.recording(of: clip)
    // The figures of scipy.io.loadmat.
    #expect(recording.count == 243_938 && abs(recording[0] - 0.053_197) < 1e-6)
    #expect(try SampleFrontEnd.vibration(frontEnd).samples(of: clip).count == 119)
    var part = clip
    (part.startSeconds, part.endSeconds) = (10, 15)
    #expect(try VibrationReader.recording(of: part).count == 60_000)
  }

  private static let roads = ProjectFiles.package + "/../shared/data/road_damage/img"

  @Test(
    "A photograph of a road becomes a patch",
    .enabled(if: FileSystem.isFolder(roads), "the shared data is not there"))
  func roadDamage() throws {
    let frontEnd = try #require(ImageFrontEnd(height: 64, width: 64, channelCount: 3))
    let name = try #require(try FileSystem.entries(of: Self.roads).first)
    let samples = try SampleFrontEnd.image(frontEnd)
      .samples(of: LabeledClip(path: "\(Self.roads)/\(name)", label: "crack"))
    #expect(samples.count == 1 && samples[0].count == 64 * 64 * 3)
    let mean = samples[0].reduce(0, +) / Float(samples[0].count)
    #expect((0.1...0.9).contains(mean))
  }
}
