import NeuralNetworks
import Testing

@testable import Inference

/// Models that are planned, and the "Arena allocation head" that the tflite-micro wheel reports of
/// each (`make memory` prints it).
private let models: [(path: String, head: Int)] = [
  (Goldens.wakeWords + "/alexa.tflite", 3648),
  (Goldens.wakeWords + "/hey_jarvis.tflite", 3424),
  (Goldens.wakeWords + "/hey_mycroft.tflite", 4288),
  (Goldens.wakeWords + "/okay_nabu.tflite", 3840),
  (Goldens.tiny + "/models/ad01_fp32.tflite", 3072),
  (Goldens.tiny + "/models/ad01_int8.tflite", 768),
  (Goldens.tiny + "/models/kws_float32.tflite", 64_000),
  (Goldens.tiny + "/models/kws_ref_model.tflite", 16_000),
  (Goldens.tiny + "/models/pretrainedResnet.tflite", 196_608),
  (Goldens.tiny + "/models/pretrainedResnet_quant.tflite", 49_152),
  (Goldens.tiny + "/models/str_ww_ref_model.tflite", 6656),
  (Goldens.tiny + "/models/vww_96_float.tflite", 294_912),
  (Goldens.tiny + "/models/vww_96_int8.tflite", 73_728),
  (Goldens.tiny + "/../tflite_micro/hello_world_float.tflite", 128),
  (Goldens.tiny + "/../tflite_micro/hello_world_int8.tflite", 32),
  (Goldens.tiny + "/../tflite_micro/micro_speech_quantized.tflite", 5968),
].filter { Goldens.exists($0.0) }

@Suite("Memory plans")
struct MemoryPlanTests {
  /// All outputs for the same made-up inputs.
  private func outputs(of plan: ExecutionPlan) throws -> [[UInt8]] {
    var interpreter = Interpreter(plan)
    for (index, input) in plan.network.main.inputs.enumerated() {
      let count = plan.network.main.tensors[input].byteCount
      let values = (0..<count / 4).map { Float(($0 * 7 + index * 3) % 11) - 5 }
      values.withUnsafeBytes { interpreter.setInput(index, bytes: $0) }
    }
    try interpreter.invoke()
    return plan.network.main.outputs.indices.map { interpreter.withOutput($0) { Array($0) } }
  }

  /// Whether two buffers are in each other's way without sharing a place.
  private func collisions(in plan: ExecutionPlan) -> Int {
    let buffers = plan.arena.buffers
    var count = 0
    for (index, first) in buffers.enumerated() {
      for second in buffers[..<index] where first.owner != second.owner {
        let isApart =
          first.offset + first.byteCount <= second.offset
          || second.offset + second.byteCount <= first.offset
        count += !isApart && first.lifetime.overlaps(second.lifetime) ? 1 : 0
      }
    }
    return count
  }

  @Test(
    "Plans in place and in another order compute the same bits as plans without, at lower peaks")
  func sameResults() throws {
    var (inPlaceWins, orderWins) = (0, 0)
    for seed in 1...150 {
      var maker = RandomNetwork(seed: UInt64(seed))
      let network = maker.network(operatorCount: 4 + seed % 40)
      try network.validate()
      let plain = try ExecutionPlan(
        network, arithmetic: .doubleRounding, kernels: .best, reorder: false, inPlace: false)
      let shared = try ExecutionPlan(network, arithmetic: .doubleRounding)
      let ordered = try ExecutionPlan(network, arithmetic: .doubleRounding, reorder: true)
      #expect(ordered.arena.peakBytes <= shared.arena.peakBytes)
      #expect(shared.arena.peakBytes <= plain.arena.peakBytes)
      #expect(plain.arena.peakBytes <= DeviceArena(network).peakBytes)
      #expect(shared.arena.sharedLowerBoundBytes <= shared.arena.lowerBoundBytes)
      #expect(plain.arena.lowerBoundBytes <= plain.arena.peakBytes)
      for plan in [plain, shared, ordered] { #expect(collisions(in: plan) == 0, "seed \(seed)") }
      let expected = try outputs(of: plain)
      #expect(try outputs(of: shared) == expected, "seed \(seed)")
      #expect(try outputs(of: ordered) == expected, "seed \(seed)")
      inPlaceWins += shared.arena.peakBytes < plain.arena.peakBytes ? 1 : 0
      orderWins += ordered.arena.peakBytes < shared.arena.peakBytes ? 1 : 0
    }
    #expect(inPlaceWins > 25 && orderWins > 25, "\(inPlaceWins) and \(orderWins) of 150")
  }

  @Test("An order of execution writes every tensor before it is read, and is always the same")
  func order() throws {
    for seed in 1...12 {
      var maker = RandomNetwork(seed: UInt64(seed))
      let main = maker.network(operatorCount: 40).main
      let order = OperatorOrder.search(main)
      #expect(order.sorted() == Array(main.operators.indices))
      #expect(order == OperatorOrder.search(main))
      var permuted = main
      permuted.operators = order.map { main.operators[$0] }
      try Network(name: "permuted", subgraphs: [permuted], fileByteCount: 0).validate()
    }
  }

  @Test(
    "Every model's peak is at most the device's and within 5 % of the lower bound",
    .enabled(if: !models.isEmpty, "needs data/models (set-up) or ../shared/data"))
  func peaks() throws {
    for (path, _) in models {
      let network = try ModelFormat.read(path: path)
      let plan = try ExecutionPlan(network, arithmetic: .doubleRounding)
      let ordered = try ExecutionPlan(network, arithmetic: .doubleRounding, reorder: true)
      #expect(plan.arenaBytes <= DeviceArena(network).peakBytes, "\(path)")
      #expect(plan.arena.peakBytes * 100 <= plan.arena.lowerBoundBytes * 105, "\(path)")
      #expect(ordered.arena.peakBytes <= plan.arena.peakBytes, "\(path)")
      #expect(collisions(in: plan) == 0 && collisions(in: ordered) == 0, "\(path)")
    }
  }

  @Test(
    "A device's arena is what tflite-micro's allocator reports, to the byte",
    .enabled(if: !models.isEmpty, "needs data/models (set-up) or ../shared/data"))
  func deviceArena() throws {
    for (path, head) in models {
      #expect(DeviceArena(try ModelFormat.read(path: path)).peakBytes == head, "\(path)")
    }
  }

  @Test("A small file that asks for more than the stated multiple of memory is refused")
  func hugeTensors() throws {
    let tensors = (0..<3).map {
      Tensor(name: "t\($0)", elementType: .float32, shape: [1 << 24])
    }
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [2],
      operators: [
        Operator(operation: .logistic, inputs: [0], outputs: [1]),
        Operator(operation: .logistic, inputs: [1], outputs: [2]),
      ])
    let small = Network(name: "huge", subgraphs: [main], fileByteCount: 1000)
    #expect(throws: ModelError.self) { try ExecutionPlan(small, arithmetic: .doubleRounding) }
    let large = Network(name: "huge", subgraphs: [main], fileByteCount: 1 << 20)
    #expect(try ExecutionPlan(large, arithmetic: .doubleRounding).arena.peakBytes == 1 << 26)
  }
}
