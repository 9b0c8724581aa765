import Glibc

/// Files of the project that tests read, relative to the package.
enum ProjectFiles {
  static let package = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")
  static let tiny = package + "/../shared/data/mlperf_tiny"
  static let speechCommands = package + "/../shared/data/speech_commands"
  static let models = package + "/data/models"
  static let wakeWords = package + "/data/wake-words"

  static let hasShared = access(tiny + "/models/kws_ref_model.tflite", R_OK) == 0
  static let hasPreparedData =
    access(models + "/okay_nabu.tflite", R_OK) == 0
    && access(wakeWords + "/manifest.csv", R_OK) == 0

  /// A folder of its own for files that a test writes.
  static func temporaryFolder() -> String {
    var template = Array("/tmp/edgesim-test-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { preconditionFailure("no temporary folder") }
    return String(cString: path)
  }
}
