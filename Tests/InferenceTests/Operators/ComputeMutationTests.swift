import Inference
import NeuralNetworks
import Testing

@Suite("Mutated compute operators")
struct ComputeMutationTests {
  @Test(
    "Whatever a reader and a plan accept of a mutated operator runs without a crash",
    arguments: [("products", 20), ("activations", 20), ("recurrent", 20), ("signals", 200)])
  func mutants(family: String, count: Int) throws {
    var ran = 0
    for (index, original) in try OperatorCase.all(of: family).enumerated() {
      ran += OperatorMutants.run(original, seed: UInt64(index), count: count)
    }
    print("mutants of \(family) that ran: \(ran)")
    #expect(ran > 100)
  }
}

/// Models of one operator with some bytes changed.
enum OperatorMutants {
  /// - Returns: how many mutants ran.
  static func run(_ original: OperatorCase, seed: UInt64, count: Int) -> Int {
    var generator = SplitMix(state: seed)
    var ran = 0
    for _ in 0..<count {
      var bytes = original.model
      for _ in 0..<Int(generator.next() % 4 + 1) {
        let place = Int(generator.next() % UInt64(bytes.count))
        let extremes: [UInt8] = [0, 1, 2, 0x7f, 0x80, 0xff]
        let value = generator.next()
        bytes[place] = value & 1 == 0 ? UInt8(value >> 56) : extremes[Int(value >> 32) % 6]
      }
      guard let network = try? TFLiteReader.read(ModelBytes(bytes), name: "mutant"),
        let plan = try? ExecutionPlan(network, arithmetic: .doubleRounding),
        plan.arena.peakBytes < 1 << 20, network.workload().macs < 1 << 24
      else { continue }
      var interpreter = Interpreter(plan)
      if (try? interpreter.invoke()) != nil { ran += 1 }
    }
    return ran
  }
}
