import Glibc
import NeuralNetworks

/// The float reference models of MLPerf Tiny, where the shared test data is.
enum TinyModels {
  static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/") + "/../shared/data/mlperf_tiny/models/"

  static let names = ["pretrainedResnet", "kws_float32", "vww_96_float", "ad01_fp32"]
  static let arePresent = names.allSatisfy { access(path($0), R_OK) == 0 }

  static func path(_ name: String) -> String { folder + name + ".tflite" }

  static func network(_ name: String) throws -> Network {
    try ModelFormat.read(path: path(name))
  }
}
