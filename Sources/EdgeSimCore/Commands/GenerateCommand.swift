import Glibc
import NeuralNetworks
import SignalProcessing
import SyntheticData

/// `edgesim generate`: writes the samples of a generator as files that other tools open.
enum GenerateCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "generate", summary: "Write road frames or bearing vibration made by a seed.",
    discussion: """

      Frames are PNG images, recordings are NumPy files [samples] of float32 at 12 kHz. Each lies in
      a folder named after its label; manifest.csv has the columns file, label, group, split and
      what is known of each sample. The same seed gives the same files.
      """,
    positionals: [
      .init(name: "KIND", help: GeneratedData.kindNames.joined(separator: " or ") + ".")
    ],
    options: [
      .init(name: "--count", value: "N", help: "Samples, all parts together."),
      .init(name: "--out", value: "DIR", help: "Folder to write to; made if need be."),
      .init(name: "--seed", value: "N", help: "Seed of the generator (default: 1)."),
      .init(
        name: "--split", value: "PART", help: "Only the groups of a part (default: all).",
        choices: DataSplit.allCases.map(\.rawValue)),
      .init(name: "--height", value: "N", help: "Of a frame in pixels (default: 64)."),
      .init(name: "--width", value: "N", help: "Of a frame in pixels (default: 64)."),
      .init(name: "--samples", value: "N", help: "Of a recording (default: 12000, a second)."),
      .jobs, .progress,
    ])

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let kind = arguments.positionals[0]
    guard let format = try format(kind, arguments) else {
      throw ParsedArguments.problem(
        found: "the generator \(kind)",
        expected: "one of \(GeneratedData.kindNames.joined(separator: ", "))",
        nearest: NearestName.of(kind, among: GeneratedData.kindNames))
    }
    _ = try arguments.required("--count")
    let count = try arguments.int("--count", in: GeneratedData.counts) ?? 0
    let folder = try arguments.required("--out")
    let split = arguments.value("--split").flatMap(DataSplit.init)
    let progress = arguments.progress()
    defer { progress.finish() }
    let jobs = try arguments.jobs()
    for name in format.classNames { try FileSystem.makeFolder("\(folder)/\(name)") }
    let rows = try Array(0..<count).parallelMap(jobs: jobs) {
      index throws(InputError) -> [String] in
      progress.report("writing samples", done: index, of: count)
      let place = SamplePlace(index: index, classCount: format.classNames.count, split: split)
      return try format.write(place, number: index, to: folder)
    }
    try AtomicFile.write(
      CSVFile.text(header: format.columns, rows: rows), to: "\(folder)/manifest.csv")
    Console.out("\(count) samples in \(folder), listed in \(folder)/manifest.csv\n")
    return .pass
  }

  private static func format(
    _ kind: String, _ arguments: ParsedArguments
  ) throws(InputError) -> (any GeneratedFormat)? {
    let seed = UInt64(try arguments.int("--seed", in: 0...Int.max) ?? 1)
    switch kind {
    case "road-condition":
      return FrameFormat(
        frames: RoadFrames(
          width: try arguments.int("--width", in: RoadFrames.sides) ?? 64,
          height: try arguments.int("--height", in: RoadFrames.sides) ?? 64, seed: seed))
    case "fault-detection":
      let count = try arguments.int("--samples", in: BearingVibration.sampleCounts)
      return RecordingFormat(vibration: BearingVibration(sampleCount: count ?? 12_000, seed: seed))
    default: return nil
    }
  }
}

/// How the samples of a generator become files.
private protocol GeneratedFormat: Sendable {
  var classNames: [String] { get }
  /// Of the manifest.
  var columns: [String] { get }
  /// Writes one sample and returns its row of the manifest.
  func write(
    _ place: SamplePlace, number: Int, to folder: String
  ) throws(InputError) -> [String]
}

extension GeneratedFormat {
  /// Relative to the folder; numbers of one width, so that names sort.
  fileprivate func name(_ place: SamplePlace, _ number: Int, ending: String) -> String {
    let digits = String(number)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    return "\(classNames[place.label])/\(padded).\(ending)"
  }

  fileprivate func row(_ name: String, _ place: SamplePlace, group: String) -> [String] {
    [
      name, classNames[place.label], "\(group)-\(place.group)",
      DataSplit(ofGroup: place.group).rawValue,
    ]
  }
}

private struct FrameFormat: GeneratedFormat {
  let frames: RoadFrames
  let columns = ["file", "label", "group", "split"]
  var classNames: [String] { RoadFrames.classNames }

  func write(
    _ place: SamplePlace, number: Int, to folder: String
  ) throws(InputError) -> [String] {
    let name = name(place, number, ending: "png")
    let image = ImageFile(
      width: frames.width, height: frames.height, pixels: frames.pixels(place))
    try AtomicFile.write(image.png, to: "\(folder)/\(name)")
    return row(name, place, group: "route")
  }
}

private struct RecordingFormat: GeneratedFormat {
  let vibration: BearingVibration
  let columns = ["file", "label", "group", "split", "defect_mm", "shaft_hz", "load"]
  var classNames: [String] { BearingVibration.classNames }

  func write(
    _ place: SamplePlace, number: Int, to folder: String
  ) throws(InputError) -> [String] {
    let name = name(place, number, ending: "npy")
    let samples = vibration.samples(place)
    let array = NPYFile(
      elementType: .float32, shape: [samples.count],
      bytes: samples.withUnsafeBytes { Array($0) })
    try array.write(to: "\(folder)/\(name)")
    let condition = vibration.condition(place)
    return row(name, place, group: "machine") + [
      NumberFormat.fixed(condition.defectMillimeters, digits: 3),
      NumberFormat.fixed(condition.shaftHertz, digits: 3),
      NumberFormat.fixed(condition.load, digits: 3),
    ]
  }
}
