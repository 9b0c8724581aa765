import Glibc
import Inference
import NeuralNetworks
import Testing

/// 1000 random inputs against `exactness.csv`; reference kernels only when `EDGESIM_KERNELS` is
/// `reference`.
@Suite("Exactness on random inputs")
struct ExactnessTests {
  @Test(
    "Models equal tflite-micro and LiteRT's XNNPACK on every input",
    .enabled(if: Goldens.hasShared && Goldens.hasWakeWords, "needs ../shared and data/models"))
  func models() throws {
    let rows = try RandomInputs.rows()
    #expect(rows.count >= 20)
    for row in rows {
      let count = row.hashes.count
      let hashes = try RandomInputs.hashes(of: row, count: count)
      let identical = zip(hashes, row.hashes).count { $0 == $1 }
      print("\(row.model), \(row.arithmetic.rawValue): \(identical) of \(count) identical")
      #expect(identical == count, "\(row.model) \(row.runtime)")
    }
  }
}

/// The inputs of `make_exactness.py`, and what came of them.
enum RandomInputs {
  static let kernels: KernelSelection =
    environment("EDGESIM_KERNELS") == "reference" ? .reference : .best

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  struct Row {
    let model: String
    let runtime: String
    let hashes: [UInt32]

    var arithmetic: Arithmetic {
      runtime == "litert-xnnpack" ? .singleRounding : .doubleRounding
    }

    var path: String {
      let folders = [
        Goldens.tiny + "/models/", Goldens.tiny + "/../tflite_micro/", Goldens.wakeWords + "/",
      ]
      let paths = folders.map { $0 + model + ".tflite" }
      return paths.first(where: Goldens.exists) ?? paths[0]
    }
  }

  static func rows() throws -> [Row] {
    try Goldens.lines(of: Goldens.package + "/Tests/InferenceTests/Oracles/exactness.csv")
      .dropFirst().map { cells in
        let digits = Array(cells[3].utf8)
        let hashes = stride(from: 0, to: digits.count, by: 8).map { start in
          UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16) ?? 0
        }
        return Row(model: cells[0], runtime: cells[1], hashes: hashes)
      }
  }

  /// The first outputs of one interpreter that takes all inputs, hashed input by input.
  static func hashes(of row: Row, count: Int) throws -> [UInt32] {
    let network = try ModelFormat.read(path: row.path)
    var interpreter = Interpreter(
      try ExecutionPlan(network, arithmetic: row.arithmetic, kernels: kernels))
    let size = network.main.tensors[network.main.inputs[0]].byteCount
    let isStream = row.path.hasPrefix(Goldens.wakeWords)
    return try (0..<count).map { sample in
      let input = (sample * size..<(sample + 1) * size).map { byte in
        draw(isStream ? byte / 480 * 480 + byte % 40 / 20 * 20 : byte)
      }
      input.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      var outputs: [UInt8] = []
      for index in network.main.outputs.indices {
        interpreter.withOutput(index) { outputs += Array($0) }
      }
      return hash(outputs)
    }
  }

  /// Byte number `index` of the stream: the top of draw `index + 1` of SplitMix64 with seed 1.
  static func draw(_ index: Int) -> UInt8 {
    var generator = SplitMix(state: 1 &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
    return UInt8(generator.next() >> 56)
  }

  /// FNV-1a, its upper half xor its lower.
  private static func hash(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return UInt32(truncatingIfNeeded: value >> 32 ^ value)
  }
}
