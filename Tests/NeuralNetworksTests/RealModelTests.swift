import Glibc
import Testing

@testable import NeuralNetworks

/// Models that lie outside the repository.
enum RealModels {
  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  static let tiny = root + "/../shared/data/mlperf_tiny/"
  static let wakeWords = ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"].map {
    root + "/data/models/\($0).tflite"
  }
  static let mlperf = [
    "ad01_fp32", "ad01_int8", "kws_float32", "kws_ref_model", "kws_ref_model_float32",
    "pretrainedResnet", "pretrainedResnet_quant", "str_ww_ref_model", "vww_96_float",
    "vww_96_int8",
  ].map { tiny + "models/\($0).tflite" }
  static let hasTiny = access(tiny + "model_layers.csv", R_OK) == 0
  static let hasWakeWords = wakeWords.allSatisfy { access($0, R_OK) == 0 }

  static func text(_ path: String) throws -> String {
    let file = try ModelBytes(mapping: path)
    return file.withBytes { String(decoding: $0, as: UTF8.self) }
  }
}

@Suite struct RealModelTests {
  @Test(
    "Dense MACs equal the published table on every layer",
    .enabled(if: RealModels.hasTiny, "needs ../shared/data/mlperf_tiny"))
  func macs() throws {
    var layers: [String: [Int: (String, Int)]] = [:]
    for line in try RealModels.text(RealModels.tiny + "model_layers.csv").split(
      whereSeparator: \.isNewline
    ).dropFirst() {
      let plain = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 0 }.map(\.element).joined()
      let cells = plain.split(separator: ",", omittingEmptySubsequences: false)
      layers[String(cells[0]), default: [:]][Int(cells[1]) ?? -1] = (
        String(cells[2]), Int(cells[6]) ?? 0
      )
    }
    var compared = 0
    for path in RealModels.mlperf {
      let network = try ModelFormat.read(path: path)
      // One of the ten is not in the table: it must be read all the same.
      guard let expected = layers[String(path.split(separator: "/").last ?? "")] else { continue }
      let operators = network.workload().operators
      #expect(operators.count == expected.count, "\(path)")
      for (index, op) in operators.enumerated() {
        #expect(expected[index]?.0 == op.name && expected[index]?.1 == op.macs, "\(path) \(index)")
        compared += 1
      }
    }
    #expect(compared > 100)
    print("MACs compared on \(compared) layers")
  }

  @Test(
    "The wake-word models are read with their variables",
    .enabled(if: RealModels.hasWakeWords, "needs data/models"))
  func wakeWords() throws {
    for path in RealModels.wakeWords {
      let network = try ModelFormat.read(path: path)
      let names = network.main.operators.map(\.operation.name)
      #expect(names.contains("CALL_ONCE") && names.contains("VAR_HANDLE"))
      #expect(network.subgraphs.count == 2)
    }
  }
}
