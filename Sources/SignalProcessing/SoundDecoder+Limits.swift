import CSndFile
import Glibc

extension SoundDecoder {
  static let expectedKinds = "a WAV, FLAC or Ogg sound file"

  /// What libsndfile says about its last failure.
  static func reason(_ handle: OpaquePointer?) -> String {
    var text = String(cString: sf_strerror(handle))
    while text.last == "." || text.last == "\n" { text.removeLast() }
    return "\"\(text)\""
  }

  /// Holds a header against the limits of `AudioFile`.
  static func check(_ information: SF_INFO) throws(SignalFileError) {
    let container = Int(information.format) & Int(SF_FORMAT_TYPEMASK)
    let containers = [
      SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_RF64, SF_FORMAT_FLAC, SF_FORMAT_OGG,
    ]
    guard containers.contains(where: { Int($0) == container }) else {
      throw SignalFileError(place: "header", found: name(of: container), expected: expectedKinds)
    }
    try check(
      Int(information.channels), AudioFile.channelCounts, place: "header, channels",
      unit: "channels")
    try check(
      Int(information.samplerate), AudioFile.sampleRatesHertz, place: "header, sample rate",
      unit: "Hz")
    let mostFrames = AudioFile.longestDurationSeconds * Int(information.samplerate)
    try check(Int(information.frames), 0...mostFrames, place: "header, length", unit: "frames")
  }

  private static func check(
    _ value: Int, _ range: ClosedRange<Int>, place: String, unit: String
  ) throws(SignalFileError) {
    guard !range.contains(value) else { return }
    throw SignalFileError(
      place: place, found: "\(value) \(unit)",
      expected: "\(range.lowerBound) to \(range.upperBound) \(unit)")
  }

  /// The name that libsndfile gives a container.
  private static func name(of container: Int) -> String {
    var information = SF_FORMAT_INFO()
    information.format = CInt(container)
    let size = CInt(MemoryLayout<SF_FORMAT_INFO>.size)
    guard sf_command(nil, CInt(SFC_GET_FORMAT_INFO), &information, size) == 0,
      let name = information.name
    else { return "an unknown kind of file" }
    return String(cString: name)
  }
}
