import NeuralNetworks
import Testing

@testable import Inference

@Suite("Loading")
struct LoadingTests {
  /// ADD of an input and a constant that lies at an offset of its file.
  private func network(offset: Int) -> Network {
    let values = [Float](repeating: 2.5, count: 8).flatMap {
      withUnsafeBytes(of: $0) { Array($0) }
    }
    let file = ModelBytes([UInt8](repeating: 0, count: offset) + values)
    let constant = ConstantData(file: file, range: offset..<offset + 32)
    let tensors = [
      Tensor(name: "in", elementType: .float32, shape: [8]),
      Tensor(name: "constant", elementType: .float32, shape: [8], constant: constant),
      Tensor(name: "out", elementType: .float32, shape: [8]),
    ]
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [2],
      operators: [
        Operator(operation: .binary(.add, activation: .none), inputs: [0, 1], outputs: [2])
      ])
    return Network(name: "n", subgraphs: [main], fileByteCount: file.count)
  }

  @Test(
    "Constants stay in the file unless it misaligns them",
    arguments: [(0, 0), (4, 0), (12, 0), (1, 32), (2, 32), (7, 32)])
  func copies(offset: Int, copied: Int) throws {
    let plan = try ExecutionPlan(network(offset: offset), arithmetic: .doubleRounding)
    #expect(plan.copiedConstantBytes == copied)
    var interpreter = Interpreter(plan)
    try interpreter.invoke()
    let sums = interpreter.withOutput(0) { Array($0.bindMemory(to: Float.self)) }
    #expect(sums == [Float](repeating: 2.5, count: 8))
  }

  @Test("A constant that is made when it is read takes memory only where a kernel reads it")
  func madeConstants() throws {
    let weights = (0..<24).map { Float($0) - 7.5 }
    let constant = ConstantData(byteCount: 96) { ModelBytes(weights.bytes) }
    let tensors = [
      Tensor(name: "in", elementType: .float32, shape: [1, 8]),
      Tensor(name: "weights", elementType: .float32, shape: [3, 8], constant: constant),
      Tensor(name: "out", elementType: .float32, shape: [1, 3]),
    ]
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [2],
      operators: [
        Operator(
          operation: .fullyConnected(activation: .none, keepsDimensions: false), inputs: [0, 1],
          outputs: [2])
      ])
    let network = Network(name: "n", subgraphs: [main], fileByteCount: 0)
    for (kernels, bytes) in [(KernelSelection.reference, 96), (.best, 0)] {
      let plan = try ExecutionPlan(network, arithmetic: .doubleRounding, kernels: kernels)
      #expect(plan.copiedConstantBytes == bytes)
      var interpreter = Interpreter(plan)
      let ones = [Float](repeating: 1, count: 8)
      ones.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      let sums = interpreter.withOutput(0) { Array($0.bindMemory(to: Float.self)) }
      #expect(sums == [-32, 32, 96])
    }
  }

  @Test("Timing an invocation changes no result and times every operator")
  func timing() throws {
    let plan = try ExecutionPlan(network(offset: 0), arithmetic: .doubleRounding)
    var times = OperatorTimes(plan)
    var interpreter = Interpreter(plan)
    for _ in 0..<3 {
      let zeros = [Float](repeating: 0, count: 8)
      zeros.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke(timing: &times)
    }
    #expect(times.invocationCount == 3 && times.nanoseconds.count == 1)
    let sums = interpreter.withOutput(0) { Array($0.bindMemory(to: Float.self)) }
    #expect(sums == [Float](repeating: 2.5, count: 8))
  }

  @Test("All operators without a kernel are named at once")
  func allErrors() throws {
    let tensors = (0..<4).map { Tensor(name: "t\($0)", elementType: .uint64, shape: [2]) }
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [3],
      operators: (0..<3).map {
        Operator(operation: .logistic, inputs: [$0], outputs: [$0 + 1])
      })
    let network = Network(name: "n", subgraphs: [main], fileByteCount: 0)
    do {
      _ = try ExecutionPlan(network, arithmetic: .doubleRounding)
      Issue.record("planned")
    } catch {
      #expect(error.others.count == 2)
      #expect(error.description.contains("operator 0") && error.description.contains("operator 2"))
    }
  }
}
