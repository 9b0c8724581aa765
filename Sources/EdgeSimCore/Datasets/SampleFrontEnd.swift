import NeuralNetworks
import SignalProcessing

/// How a file becomes what a network takes.
enum SampleFrontEnd: Sendable, Equatable {
  case image(ImageFrontEnd)
  case vibration(VibrationFrontEnd)
  case keywords

  static let kindNames =
    ["image"] + VibrationFrontEnd.Kind.allCases.map(\.rawValue) + ["mlperf-kws"]

  var name: String {
    switch self {
    case .image: "image"
    case .vibration(let frontEnd): frontEnd.kind.rawValue
    case .keywords: "mlperf-kws"
    }
  }

  /// Of one sample.
  var shape: Shape {
    switch self {
    case .image(let frontEnd): Shape(frontEnd.extents)
    case .vibration(let frontEnd): Shape(frontEnd.extents)
    case .keywords:
      [KeywordSpottingMFCC.frameCount, KeywordSpottingMFCC.coefficientCount, 1]
    }
  }

  /// Of the files that a folder is searched for.
  var extensions: [String] {
    switch self {
    case .image: [".png", ".jpg", ".jpeg"]
    case .vibration: [".mat", ".npy"]
    case .keywords: LabeledDataset.audioExtensions
    }
  }
}

extension SampleFrontEnd {
  /// Nil, and a problem, when the object states none.
  init?(_ object: DocumentObject) {
    defer { object.finish() }
    guard let kind = object.choice("kind", of: Self.kindNames) else { return nil }
    switch kind {
    case "mlperf-kws": self = .keywords
    case "image":
      let height = object.int("height", in: ImageFrontEnd.sides)
      let width = object.int("width", in: ImageFrontEnd.sides)
      let channels = object.optionalInt("channels", in: 1...3) ?? 3
      guard let height, let width else { return nil }
      guard let made = ImageFrontEnd(height: height, width: width, channelCount: channels) else {
        object.reject("channels", found: "\(channels)", expected: "1 or 3")
        return nil
      }
      self = .image(made)
    default:
      let window = object.optionalInt("window", in: VibrationFrontEnd.windowSampleCounts) ?? 2048
      let bands =
        kind == "vibration-raw"
        ? 128 : object.optionalInt("bands", in: VibrationFrontEnd.bandCounts) ?? 128
      guard let kind = VibrationFrontEnd.Kind(rawValue: kind),
        let made = VibrationFrontEnd(kind, windowSampleCount: window, bandCount: bands)
      else {
        object.reject(
          "window", found: "\(window) samples for \(bands) bands",
          expected: "an even number of samples, half of them a multiple of the bands")
        return nil
      }
      self = .vibration(made)
    }
  }

  /// The samples of a file: one of an image or a word, one for each window of a recording.
  ///
  /// - Throws: `InputError` that names the file.
  func samples(of clip: LabeledClip) throws(InputError) -> [[Float]] {
    switch self {
    case .image(let frontEnd):
      let bytes = try TextFile.read(path: clip.path, limit: Self.mostBytes)
      do { return [frontEnd.features(of: try ImageFile(bytes: bytes))] } catch {
        throw InputError(error, file: clip.path)
      }
    case .vibration(let frontEnd):
      let windows = frontEnd.windows(of: try VibrationReader.recording(of: clip))
      guard !windows.isEmpty else {
        throw InputError(
          InputProblem(
            file: clip.path, found: "a shorter recording",
            expected: "at least one window of \(frontEnd.windowSampleCount) samples"))
      }
      return windows.map { frontEnd.features(of: $0) }
    case .keywords:
      return [KeywordSpottingMFCC.features(of: try ClipReader.samples(path: clip.path))]
    }
  }

  static let mostBytes = 256 << 20
}

/// Reads recordings of vibration, naming the file in every error.
enum VibrationReader {
  /// Of the recordings that manifests cut by seconds.
  static let sampleRateHertz = 12_000.0

  /// A NumPy file [samples] of float32, or the drive end's array of a MATLAB file; the part that
  /// the clip states.
  static func recording(of clip: LabeledClip) throws(InputError) -> ArraySlice<Float> {
    let isNumPy = clip.path.lowercased().hasSuffix(".npy")
    let samples = isNumPy ? try array(clip.path) : try matrix(clip.path)
    func index(_ seconds: Double?) -> Int? {
      seconds.map { min(Int($0 * sampleRateHertz), samples.count) }
    }
    let start = index(clip.startSeconds) ?? 0
    return samples[start..<max(index(clip.endSeconds) ?? samples.count, start)]
  }

  private static func matrix(_ path: String) throws(InputError) -> [Float] {
    let bytes = try TextFile.read(path: path, limit: SampleFrontEnd.mostBytes)
    do { return try MATFile(bytes: bytes).recording(suffix: "DE_time") } catch {
      throw InputError(error, file: path)
    }
  }

  private static func array(_ path: String) throws(InputError) -> [Float] {
    let array = try NPYFile.read(path: path)
    let values = array.bytes.floats
    guard array.elementType == .float32, array.shape.count == 1, values.allSatisfy(\.isFinite)
    else {
      throw InputError(
        InputProblem(
          file: path, found: "\(array.elementType.rawValue) \(array.shape)",
          expected: "float32 [samples], all finite"))
    }
    return values
  }
}

extension InputError {
  init(_ error: SignalFileError, file: String) {
    self.init(
      InputProblem(file: file, place: error.place, found: error.found, expected: error.expected))
  }
}
