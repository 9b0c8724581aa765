import Inference
import NeuralNetworks
import Testing

@Suite("Mutated models")
struct MutationTests {
  @Test(
    "Whatever a reader and a plan accept runs without a crash: 10,000 mutants of a wake-word model",
    .enabled(if: Goldens.hasWakeWords, "needs data/models (set-up)"))
  func mutants() throws {
    let original = try Goldens.bytes(of: Goldens.wakeWords + "/okay_nabu.tflite")
    var generator = SplitMix(state: 11)
    var ran = 0
    for _ in 0..<10_000 {
      var bytes = original
      for _ in 0..<Int(generator.next() % 4 + 1) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(generator.next() >> 56)
      }
      guard let network = try? TFLiteReader.read(ModelBytes(bytes), name: "mutant"),
        let plan = try? ExecutionPlan(network, arithmetic: .doubleRounding),
        plan.arena.peakBytes < 1 << 22
      else { continue }
      var interpreter = Interpreter(plan)
      try? interpreter.invoke()
      ran += 1
    }
    print("mutants that ran: \(ran) of 10000")
    #expect(ran > 100)
  }
}
