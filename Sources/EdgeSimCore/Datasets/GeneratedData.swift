import NeuralNetworks
import SignalProcessing
import SyntheticData
import Training

/// Samples that a generator makes of a seed.
struct GeneratedData: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// Frames [height, width, 3], values 0...1; groups are routes.
    case roadCondition(height: Int, width: Int)
    /// Vibration through a front end; groups are machines.
    case faultDetection(VibrationFrontEnd)
  }

  static let kindNames = ["road-condition", "fault-detection"]
  static let counts = 1...1_000_000

  var kind: Kind
  var count: Int
  var seed: UInt64
  /// Nil for all groups.
  var split: DataSplit?

  /// Results do not depend on `jobs`. O(count).
  func samples(jobs: Int, progress: Progress) -> LabeledSamples {
    let places = (0..<count).map {
      SamplePlace(index: $0, classCount: classNames.count, split: split)
    }
    let features: [[Float]] = Array(places.enumerated()).parallelMap(jobs: jobs) { index, place in
      progress.report("making samples", done: index, of: count)
      return values(place)
    }
    return LabeledSamples(
      SampleSet(
        shape: shape, values: features.flatMap { $0 }, labels: places.map(\.label),
        classNames: classNames), groups: places.map { "\(groupName)-\($0.group)" })
  }

  private func values(_ place: SamplePlace) -> [Float] {
    switch kind {
    case .roadCondition(let height, let width):
      RoadFrames(width: width, height: height, seed: seed).pixels(place).map { Float($0) / 255 }
    case .faultDetection(let frontEnd):
      frontEnd.features(
        of: BearingVibration(sampleCount: frontEnd.windowSampleCount, seed: seed).samples(place))
    }
  }

  var classNames: [String] {
    switch kind {
    case .roadCondition: RoadFrames.classNames
    case .faultDetection: BearingVibration.classNames
    }
  }

  var groupName: String {
    switch kind {
    case .roadCondition: "route"
    case .faultDetection: "machine"
    }
  }

  private var shape: Shape {
    switch kind {
    case .roadCondition(let height, let width): Shape([height, width, 3])
    case .faultDetection(let frontEnd): Shape(frontEnd.extents)
    }
  }

  var summary: String {
    let part = split.map { ", \($0.rawValue) part" } ?? ""
    switch kind {
    case .roadCondition(let height, let width):
      return "the road-condition generator, \(width)x\(height), seed \(seed)\(part): synthetic"
    case .faultDetection(let frontEnd):
      return
        "the fault-detection generator, \(frontEnd.kind.rawValue), seed \(seed)\(part): synthetic"
    }
  }
}

extension GeneratedData {
  /// Nil, and a problem, when the object states none.
  init?(_ object: DocumentObject) {
    let kind = object.choice("generator", of: Self.kindNames)
    // A misspelled generator does not make its keys wrong, too.
    if kind == nil { for key in ["frontEnd", "height", "width"] { _ = object.optional(key) } }
    let count = object.int("count", in: Self.counts)
    let seed = object.optionalInt("seed", in: 0...Int.max)
    let splits = DataSplit.allCases.map(\.rawValue)
    let split = object.has("split") ? object.choice("split", of: splits) : nil
    guard let kind, let count, let made = Kind(kind, object) else { return nil }
    guard count * made.elementCount <= LabeledSamples.mostElements else {
      object.reject(
        "count", found: "\(count) samples of \(made.elementCount) numbers",
        expected: "at most \(LabeledSamples.mostElements) numbers in all")
      return nil
    }
    self.init(
      kind: made, count: count, seed: UInt64(seed ?? 1), split: split.flatMap(DataSplit.init))
  }
}

extension GeneratedData.Kind {
  fileprivate var elementCount: Int {
    switch self {
    case .roadCondition(let height, let width): height * width * 3
    case .faultDetection(let frontEnd): frontEnd.extents.reduce(1, *)
    }
  }

  fileprivate init?(_ name: String, _ object: DocumentObject) {
    guard name == "road-condition" else {
      guard let frontEnd = object.object("frontEnd").flatMap(SampleFrontEnd.init) else {
        return nil
      }
      guard case .vibration(let vibration) = frontEnd else {
        object.reject("frontEnd", found: frontEnd.name, expected: "one of vibration")
        return nil
      }
      self = .faultDetection(vibration)
      return
    }
    let sides = RoadFrames.sides
    let height = object.optionalInt("height", in: sides)
    let width = object.optionalInt("width", in: sides)
    self = .roadCondition(height: height ?? 64, width: width ?? 64)
  }
}
