import NeuralNetworks

@testable import Inference

/// Changes bytes of ONNX's test models and runs what comes out.
struct ModelMutator {
  /// SplitMix64.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let hostile: [UInt8] = [0, 1, 2, 0x7F, 0x80, 0xFF, 8, 0x0A, 0x12, 0x2A]

  private var random: Generator

  init(seed: UInt64) { random = Generator(state: seed) }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.removeLast(min(bytes.count - 8, bytes.count - place))
      case 1: bytes[place] = Self.hostile[Int.random(in: Self.hostile.indices, using: &random)]
      case 2:
        let size = min(10, bytes.count - place)
        for offset in 0..<size { bytes[place + offset] = offset == size - 1 ? 0x01 : 0xFF }
      default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    }
  }

  /// Whether each of the mutants of a test's model ran, or was refused.
  mutating func run(_ name: String, mutants: Int) throws -> [Bool] {
    let folder = "\(NodeSuite.root)/\(name)"
    let file = try ModelBytes(mapping: "\(folder)/model.onnx").withBytes { Array($0) }
    guard let inputs = try? NodeSuite.inputs("\(folder)/test_data_set_0", of: file) else {
      return []
    }
    return run(file, inputs: inputs, mutants: mutants)
  }

  mutating func run(_ model: [UInt8], inputs: [ONNXValue], mutants: Int) -> [Bool] {
    (0..<mutants).map { _ in
      var mutant = model
      mutate(&mutant)
      return (try? ONNXReader.read(ModelBytes(mutant), name: "mutant"))
        .flatMap { try? ONNXEvaluator(ONNXProgram($0)).run(inputs) } != nil
    }
  }
}
