import Testing

@testable import EdgeSimCore

@Suite struct LabeledDatasetTests {
  @Test("A manifest gives clips relative to itself, with origins and places")
  func manifest() throws {
    let clips = try Self.clips(
      "label,file,kind,voice,start_seconds,end_seconds\nw,a.wav,synthetic,x,0.5,1.25\n"
        + "none,/b.wav,,,,\n")
    #expect(
      clips == [
        LabeledClip(
          path: "folder/a.wav", label: "w", origin: .synthetic, group: "a", startSeconds: 0.5,
          endSeconds: 1.25),
        LabeledClip(path: "/b.wav", label: "none", group: "b"),
      ])
  }

  @Test(
    "What is wrong in a manifest is told by its line",
    arguments: [
      ("file,lable\na.wav,w\n", "1:1", "a column \"label\""),
      ("file,label\na.wav,w\n,w\n", "3:1", "a file and a label"),
      ("file,label,kind\na.wav,w,humna\n", "2:1", "did you mean"),
      ("file,label,start_seconds\na.wav,w,-1\n", "2:1", "seconds"),
      ("file,label,start_seconds,end_seconds\na.wav,w,2,1\n", "2:1", "no less than 2"),
      ("file,label\na.wav\n", "2:1", "2, as the header"),
    ])
  func problems(text: String, place: String, message: String) {
    let error = #expect(throws: InputError.self) { try Self.clips(text) }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("folder/m.csv:\(place)") && description.contains(message))
  }

  @Test("A folder per label gives its recordings by name, and other files are left alone")
  func folder() throws {
    let folder = ProjectFiles.temporaryFolder()
    for path in ["yes/b.wav", "yes/a.flac", "yes/notes.txt", "no/c.WAV", "README.md"] {
      try AtomicFile.write("x", to: "\(folder)/\(path)")
    }
    let clips = try LabeledDataset.read(path: folder)
    #expect(
      clips == [
        LabeledClip(path: "\(folder)/no/c.WAV", label: "no", group: "c"),
        LabeledClip(path: "\(folder)/yes/a.flac", label: "yes", group: "a"),
        LabeledClip(path: "\(folder)/yes/b.wav", label: "yes", group: "b"),
      ])
    #expect(throws: InputError.self) { try LabeledDataset.read(path: "\(folder)/yes") }
  }

  private static func clips(_ text: String) throws -> [LabeledClip] {
    try LabeledDataset.readManifest(
      try CSVFile.parse(Array(text.utf8), file: "folder/m.csv"), file: "folder/m.csv")
  }
}
