import Inference
import NeuralNetworks
import Testing

@Suite("Outputs of real boards and of tflite-micro")
struct BoardGoldenTests {
  @Test(
    "Keyword spotting equals what real boards printed on all 1000 inputs",
    .enabled(if: Goldens.hasShared, "needs ../shared"),
    arguments: [
      (Arithmetic.doubleRounding, "device_v0.5_TFLM_L4R5_kws01.csv"),
      (Arithmetic.singleRounding, "device_v1.3_XCUBEAI_U575_kws01.csv"),
    ])
  func keywords(arithmetic: Arithmetic, file: String) throws {
    let rows = try Goldens.lines(of: Goldens.tiny + "/device_outputs/" + file)
    let outputs = try Goldens.outputs(
      of: Goldens.tiny + "/models/kws_ref_model.tflite", arithmetic,
      inputs: try Goldens.array("kws01_int8_1000x49x10.npy"))
    #expect(rows.count == 1000 && outputs.count == 12000)
    let equal = rows.indices.filter { sample in
      (0..<12).allSatisfy { unit in
        let stored = Int(Int8(bitPattern: outputs[sample * 12 + unit])) + 128
        // The L4R5's runner cut after three digits; the U575's rounded, ties to even as printf.
        let printed = Double(stored) * 1000 / 256
        let thousandths = printed.rounded(
          arithmetic == .doubleRounding ? .towardZero : .toNearestOrEven)
        return Double(rows[sample][unit + 1]).map { ($0 * 1000).rounded() } == thousandths
      }
    }
    #expect(equal.count == 1000)
  }

  @Test(
    "MLPerf Tiny models equal tflite-micro byte for byte",
    .enabled(if: Goldens.hasShared, "needs ../shared"),
    arguments: ["kws_ref_model", "pretrainedResnet_quant", "vww_96_int8", "ad01_int8"])
  func tiny(model: String) throws {
    let inputs =
      switch model {
      case "kws_ref_model": try Goldens.array("kws01_int8_1000x49x10.npy")
      case "pretrainedResnet_quant":
        try Goldens.array("ic_cifar10test_uint8_500x32x32x3.npy").map { $0 ^ 0x80 }
      case "vww_96_int8": try Goldens.array("vww_uint8_250x96x96x3.npy").map { $0 ^ 0x80 }
      default: Goldens.random(200 * 640, seed: 1)
      }
    let outputs = try Goldens.outputs(
      of: Goldens.tiny + "/models/\(model).tflite", .doubleRounding, inputs: inputs)
    #expect(Goldens.hash(outputs) == (try Goldens.oracle(model).hash))
  }

  @Test(
    "Wake-word models streamed over random frames equal tflite-micro byte for byte",
    .enabled(if: Goldens.hasWakeWords, "needs data/models (set-up)"),
    arguments: ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"])
  func wakeWords(model: String) throws {
    let oracle = try Goldens.oracle(model)
    let noise = Goldens.random(oracle.samples * 120, seed: 7)
    // Held for 12 frames and 20 channels: white noise moves no output.
    let held = noise.indices.map { noise[$0 / 480 * 480 + $0 % 40 / 20 * 20] }
    let outputs = try Goldens.outputs(
      of: Goldens.wakeWords + "/\(model).tflite", .doubleRounding, inputs: held)
    #expect(Set(outputs).count > 1, "the frames excite the model")
    #expect(Goldens.hash(outputs) == oracle.hash)
  }

  @Test(
    "The anomaly score of the toy car is 9.7071 in float and 10.2652 in int8 rounded once",
    .enabled(if: Goldens.hasShared, "needs ../shared"))
  func anomaly() throws {
    let bytes = try Goldens.bytes(
      of: Goldens.tiny + "/inputs/ad_toycar_normal_id_01_00000000_float32.bin")
    let values = ConstantData(bytes: bytes).elements(as: Float.self)
    let windows = stride(from: 0, through: values.count - 640, by: 128).flatMap {
      Array(values[$0..<$0 + 640])
    }
    let float = try Goldens.outputs(
      of: Goldens.tiny + "/models/ad01_fp32.tflite", .doubleRounding,
      inputs: windows.withUnsafeBytes { Array($0) })
    let floatScore = score(ConstantData(bytes: float).elements(as: Float.self), windows)
    let path = Goldens.tiny + "/models/ad01_int8.tflite"
    let main = try ModelFormat.read(path: path).main
    let input = try #require(main.tensors[main.inputs[0]].quantization)
    let output = try #require(main.tensors[main.outputs[0]].quantization)
    let stored = windows.map { value -> UInt8 in
      let steps = (value / input.scale).rounded(.toNearestOrAwayFromZero)
      return UInt8(bitPattern: Int8(max(-128, min(127, steps + Float(input.zeroPoint)))))
    }
    #expect(abs(floatScore - 9.7071) < 0.00005)
    // The reference figure is single rounding's; double rounding's was measured here.
    for (arithmetic, expected) in [
      (Arithmetic.singleRounding, 10.2652), (.doubleRounding, 10.2645),
    ] {
      let outputs = try Goldens.outputs(of: path, arithmetic, inputs: stored).map {
        output.scale * Float(Int(Int8(bitPattern: $0)) - output.zeroPoint)
      }
      let int8Score = score(outputs, windows)
      print("anomaly scores: float \(floatScore), int8 \(arithmetic.rawValue) \(int8Score)")
      #expect(abs(int8Score - expected) < 0.00005)
    }
  }

  private func score(_ outputs: [Float], _ inputs: [Float]) -> Double {
    zip(outputs, inputs).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      / Double(inputs.count)
  }
}
