import Inference
import NeuralNetworks
import Testing

@Suite("Mutated operators")
struct OperatorMutationTests {
  private static let hostile: [Int32] = [
    0, 1, -1, 2, 3, 7, 8, .max, .min, 0xFFFF, 0x8000, 4, -4, 0x4000_0000,
  ]

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    for _ in 0..<(random.next() % 4 == 0 ? 2 : 1) {
      let place = Int(random.next() % UInt64(bytes.count - 4))
      switch random.next() % 4 {
      case 0: bytes[place] = UInt8(random.next() >> 56)
      case 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
      default:
        let value = Self.hostile[Int(random.next() % UInt64(Self.hostile.count))]
        withUnsafeBytes(of: value) { bytes.replaceSubrange(place..<place + 4, with: $0) }
      }
    }
  }

  /// Changes what is read rather than bytes: shapes, element types, parameters, scales.
  private func mutate(_ network: inout Network, _ random: inout SplitMix) {
    let index = Int(random.next() % UInt64(network.main.tensors.count))
    var tensor = network.main.tensors[index]
    let value = Self.hostile[Int(random.next() % UInt64(Self.hostile.count))]
    switch random.next() % 4 {
    case 0:
      var extents = tensor.shape.dimensions
      extents.append(Int(random.next() % 3))
      extents.swapAt(Int(random.next() % UInt64(extents.count)), extents.count - 1)
      if random.next() % 2 == 0 { extents.removeLast() }
      tensor.shape = Shape(checking: extents) ?? []
    case 1:
      let types = ElementType.allCases
      tensor.elementType = types[Int(random.next() % UInt64(types.count))]
    case 2:
      guard var bytes = tensor.constant?.elements(as: UInt8.self), bytes.count >= 4 else { return }
      let place = Int(random.next() % UInt64(bytes.count / 4)) * 4
      withUnsafeBytes(of: value) { bytes.replaceSubrange(place..<place + 4, with: $0) }
      tensor.constant = ConstantData(bytes: bytes)
    default:
      tensor.quantization = Quantization(
        scale: Float(bitPattern: UInt32(truncatingIfNeeded: random.next())),
        zeroPoint: Int(Int8(truncatingIfNeeded: value)))
    }
    network.subgraphs[0].tensors[index] = tensor
  }

  /// Half of them changed as files, half as networks; nil for those that are refused.
  private func mutant(_ model: [UInt8], _ number: Int, _ random: inout SplitMix) -> Network? {
    var bytes = model
    if number % 2 == 0 { mutate(&bytes, &random) }
    guard var network = try? TFLiteReader.read(ModelBytes(bytes), name: "mutant") else {
      return nil
    }
    if number % 2 == 1 {
      mutate(&network, &random)
      guard (try? network.validate()) != nil else { return nil }
    }
    return network.main.tensors.allSatisfy { $0.byteCount < 1 << 22 } ? network : nil
  }

  /// Inputs of the stated shapes, or none when they would be large.
  private func inputs(_ network: Network, _ random: inout SplitMix) -> [[UInt8]]? {
    let tensors = network.main.inputs.map { network.main.tensors[$0] }
    guard tensors.allSatisfy({ $0.byteCount < 1 << 16 }) else { return nil }
    return tensors.map { tensor in
      (0..<tensor.byteCount).map { _ in
        UInt8(random.next() >> 56) & (random.next() & 7 == 0 ? 255 : 3)
      }
    }
  }

  @Test("Whatever is accepted of 20,000 mutants of all operators runs or fails, planned and not")
  func mutants() throws {
    let cases = try [
      "binary", "comparisons", "indexing", "rearrangements", "reductions", "selections", "unary",
    ].flatMap { try OperatorCase.all(of: $0) }
    var random = SplitMix(state: 5)
    var (planned, dynamic) = (0, 0)
    for number in 0..<20_000 {
      guard let network = mutant(cases[number % cases.count].model, number, &random),
        let inputs = inputs(network, &random)
      else { continue }
      _ = network.workload()
      if let plan = try? ExecutionPlan(network, arithmetic: .doubleRounding) {
        var interpreter = Interpreter(plan)
        for (index, bytes) in inputs.enumerated() {
          bytes.withUnsafeBytes { interpreter.setInput(index, bytes: $0) }
        }
        if (try? interpreter.invoke()) != nil { planned += 1 }
      }
      let values = zip(network.main.inputs, inputs).compactMap { tensor, bytes in
        bytes.withUnsafeBytes {
          try? TensorValue(
            network.main.tensors[tensor].elementType, network.main.tensors[tensor].shape, bytes: $0)
        }
      }
      guard var interpreter = try? DynamicInterpreter(network, arithmetic: .doubleRounding) else {
        continue
      }
      if (try? interpreter.run(values)) != nil { dynamic += 1 }
    }
    print("mutants of operators that ran: \(planned) planned, \(dynamic) operator by operator")
    #expect(planned > 4000 && dynamic > 4000)
  }
}
