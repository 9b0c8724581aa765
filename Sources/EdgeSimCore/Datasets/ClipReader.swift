import ReproducibleMath
import SignalProcessing

/// Reads recordings, naming the file in every error.
enum ClipReader {
  /// 16 kHz, mono, 16 bits.
  static func samples(path: String) throws(InputError) -> [Int16] {
    do { return try AudioFile.readMono16kHz(path: path) } catch {
      // A missing file is told with its nearest neighbor.
      if !FileSystem.exists(path) { _ = try TextFile.read(path: path, limit: .max) }
      throw InputError(
        InputProblem(file: path, place: error.place, found: error.found, expected: error.expected))
    }
  }

  /// All clips, in order. Memory: 32 kB a second.
  static func samples(
    of clips: [LabeledClip], jobs: Int, progress: Progress
  ) throws(InputError) -> [[Int16]] {
    let total = clips.count
    let results = try clips.parallelMap(jobs: jobs) { clip throws(InputError) -> [Int16] in
      try samples(path: clip.path)
    }
    progress.report("reading audio", done: total, of: total)
    let seconds = results.reduce(0) { $0 + $1.count } / AudioTimeline.sampleRateHertz
    guard seconds <= longestSeconds else {
      throw InputError(
        InputProblem(
          file: clips[0].path, place: "and \(total - 1) more", found: "\(seconds) s of audio",
          expected: "at most \(longestSeconds) s"))
    }
    return results
  }

  private static let longestSeconds = 4 * 3600
}
