import Glibc
import Inference
import NeuralNetworks

/// Where goldens lie, relative to the package, and how the tests read them.
enum Goldens {
  static let package = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")
  static let tiny = package + "/../shared/data/mlperf_tiny"
  static let wakeWords = package + "/data/models"

  static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
  static let hasShared = exists(tiny + "/models/kws_ref_model.tflite")
  static let hasWakeWords = exists(wakeWords + "/okay_nabu.tflite")

  static func bytes(of path: String) throws -> [UInt8] {
    try ModelBytes(mapping: path).withBytes { Array($0) }
  }

  static func lines(of path: String) throws -> [[String]] {
    String(decoding: try bytes(of: path), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0.filter { !$0.isWhitespace })
      }
    }
  }

  /// Elements of a version 1 `.npy` file.
  static func array(_ name: String) throws -> [UInt8] {
    let all = try bytes(of: tiny + "/inputs/" + name)
    return Array(all[(10 + Int(all[8]) + 256 * Int(all[9]))...])
  }

  /// Sample count and FNV-1a of all outputs of tflite-micro, by model.
  static func oracle(_ model: String) throws -> (samples: Int, hash: String) {
    let rows = try lines(of: package + "/Tests/InferenceTests/Oracles/tflite_micro.csv")
    guard let row = rows.first(where: { $0[0] == model }), let samples = Int(row[1]) else {
      throw ModelError(place: "oracle", found: "no row \(model)", expected: "one")
    }
    return (samples, row[2])
  }

  static func hash(_ bytes: [UInt8]) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// As `random_int8` of `make_oracles.py` draws them.
  static func random(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
  }

  /// Outputs of one interpreter, sample after sample, with variables kept between them.
  static func outputs(
    of path: String, _ arithmetic: Arithmetic, inputs: [UInt8]
  ) throws -> [UInt8] {
    let network = try ModelFormat.read(path: path)
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: arithmetic))
    let size = network.main.tensors[network.main.inputs[0]].byteCount
    var result: [UInt8] = []
    for start in stride(from: 0, to: inputs.count, by: size) {
      inputs[start..<start + size].withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      interpreter.withOutput(0) { result += Array($0) }
    }
    return result
  }
}
