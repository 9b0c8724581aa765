import NeuralNetworks
import Testing

@testable import Inference

@Suite("Sparse and codebook weights")
struct PackedWeightTests {
  @Test(
    "Sparse kernels equal the reference on every pattern of zeros, whatever the layer",
    arguments: Arithmetic.allCases)
  func sparsePatterns(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 31)
    for index in 0..<48 {
      let window = RandomWindow(&random, maximumChannels: 70)
      let depth = window.taps * window.inputChannels
      let weights = random.pruned(
        rows: window.outputChannels, depth: depth, Pruning.allCases[index % Pruning.allCases.count])
      let problem = random.problem(window, weights, arithmetic)
      try expectAgreement(problem, with: "_sparse_", of: .sparse)
    }
  }

  @Test(
    "Codebook kernels equal the reference for any 16 values", arguments: Arithmetic.allCases)
  func codebooks(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 32)
    for _ in 0..<48 {
      let window = RandomWindow(&random, maximumChannels: 70)
      // 0 stands for what is missing where a run of weights is odd.
      let values = [0] + random.int8s(15)
      let count = window.outputChannels * window.taps * window.inputChannels
      let weights = (0..<count).map { _ in values[random.integer(in: 0...15)] }
      let problem = random.problem(window, weights, arithmetic)
      try expectAgreement(problem, with: "_codebook_", of: .codebook)
    }
  }

  @Test("A plan takes the sparse kernel where most weights are zero, and the dense one elsewhere")
  func choice() throws {
    var random = SplitMix(state: 33)
    for (pruning, stem) in [(Pruning.mostly, "conv_2d_int8_sparse"), (.none, "conv_2d_int8")] {
      let weights = random.pruned(rows: 64, depth: 576, pruning)
      let problem = OperatorProblem(
        operation: .conv2D(Convolution2D(padding: .same)),
        inputs: [
          .int8([1, 8, 8, 576], Quantization(scale: 1, zeroPoint: 3)),
          .int8([64, 1, 1, 576], Quantization(scale: 0.01, zeroPoint: 0), weights),
        ], activations: random.int8s(36_864).bytes,
        output: .int8([1, 8, 8, 64], Quantization(scale: 1, zeroPoint: 0)))
      #expect(try problem.kernel(variant: "portable", .best)?.name == stem + "_portable")
    }
  }

  @Test("Codes take half the bytes of dense weights; 17 values in 16 channels have no codes")
  func codes() throws {
    var random = SplitMix(state: 34)
    var problem = random.codedProblem(units: 64, depth: 256)
    let codes = try #require(try problem.kernel(variant: "portable", .codebook))
    let dense = try #require(try problem.kernel(variant: "portable", .dense))
    #expect(codes.name == "fully_connected_int8_codebook_portable")
    // Both keep 4 bytes of place for 32 weights.
    #expect(codes.packedBytes == 64 * 256 / 2 + 64 * 256 / 8 + 4 * 16)
    #expect(dense.packedBytes == 64 * 256 + 64 * 256 / 8)
    problem = random.codedProblem(units: 64, depth: 256, another: 1)
    let fallback = try problem.kernel(variant: "portable", .codebook)
    #expect(fallback?.name == "fully_connected_int8_portable")
  }

  @Test("A plan takes codes for a single row of weights beyond the caches, and nowhere else")
  func choiceOfCodes() throws {
    var random = SplitMix(state: 35)
    for (units, rows, stem) in [
      (4096, 1, "fully_connected_int8_codebook"), (4096, 2, "fully_connected_int8"),
      (4080, 1, "fully_connected_int8"),
    ] {
      let problem = random.codedProblem(units: units, depth: 4096, rows: rows)
      #expect(try problem.kernel(variant: "portable", .best)?.name == stem + "_portable")
    }
  }

  @Test("A plan's codes equal the reference, for one sample and for a batch that runs dense")
  func chosenCodes() throws {
    var random = SplitMix(state: 36)
    var problem = random.codedProblem(units: 4096, depth: 4096)
    try expectAgreement(problem, with: "_codebook_", of: .codebook)
    problem.furtherSamples = [random.int8s(4096).bytes, random.int8s(4096).bytes]
    try expectAgreement(problem, with: "_codebook_", of: .codebook)
  }

  private func expectAgreement(
    _ problem: OperatorProblem, with part: String, of packing: WeightPacking
  ) throws {
    let outputs = try problem.outputs()
    let reference = try #require(outputs.last)
    #expect(outputs.contains { $0.kernel.contains(part) }, "no \(packing) kernel")
    for (kernel, bytes) in outputs {
      #expect(Bool(bytes == reference.bytes), "\(kernel) on \(problem.operation)")
    }
  }
}

/// Which weights are zero.
private enum Pruning: CaseIterable {
  case none, half, mostly, twoOfFour, rows, all
}

extension SplitMix {
  fileprivate mutating func pruned(rows: Int, depth: Int, _ pruning: Pruning) -> [Int8] {
    var weights = int8s(rows * depth)
    for index in weights.indices {
      let isKept =
        switch pruning {
        case .none: true
        case .half: next() % 2 == 0
        case .mostly: next() % 10 < 1
        case .twoOfFour: index % 4 == 1 || index % 4 == (index / 4 % 2 == 0 ? 0 : 3)
        case .rows: index / depth % 3 == 0
        case .all: false
        }
      if !isKept { weights[index] = 0 }
    }
    return weights
  }

  /// A fully connected layer with weights of 16 values, and one of another value if there is one.
  fileprivate mutating func codedProblem(
    units: Int, depth: Int, rows: Int = 1, another: Int8? = nil
  ) -> OperatorProblem {
    var weights = (0..<units * depth).map { _ in Int8(integer(in: 0...15) * 16 - 120) }
    if let another { weights[5] = another }
    return OperatorProblem(
      operation: .fullyConnected(activation: .none, keepsDimensions: false),
      inputs: [
        .int8([rows, depth], Quantization(scale: 1, zeroPoint: 3)),
        .int8([units, depth], Quantization(scale: 0.01, zeroPoint: 0), weights),
      ], activations: int8s(rows * depth).bytes,
      output: .int8([rows, units], Quantization(scale: 400, zeroPoint: 0)))
  }

  fileprivate mutating func problem(
    _ window: RandomWindow, _ weights: [Int8], _ arithmetic: Arithmetic
  ) -> OperatorProblem {
    let shape = [
      window.outputChannels, window.filterHeight, window.filterWidth, window.inputChannels,
    ]
    return OperatorProblem(
      operation: .conv2D(window.convolution),
      inputs: [
        .int8(window.inputShape, Quantization(scale: 0.5, zeroPoint: integer(in: -128...127))),
        .int8(shape, Quantization(scale: 0.01, zeroPoint: 0), weights),
        .int32(
          [window.outputChannels],
          (0..<window.outputChannels).map { _ in Int32(integer(in: -9000...9000)) }),
      ], activations: int8s(window.inputCount).bytes,
      output: .int8(
        window.outputShape,
        Quantization(scale: Float(integer(in: 1...80)), zeroPoint: integer(in: -128...127))),
      arithmetic: arithmetic, furtherSamples: [int8s(window.inputCount).bytes])
  }
}
