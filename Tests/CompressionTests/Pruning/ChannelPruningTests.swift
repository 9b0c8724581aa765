import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import Compression

@Suite("Pruning of whole channels")
struct ChannelPruningTests {
  private func channels(_ network: Network) -> [Int] {
    network.weightLayers.map(\.outputCount)
  }

  private func l1(_ amount: Double, _ target: ChannelPruning.Target = .filters) -> ChannelPruning {
    ChannelPruning(target, by: .l1, amount: PerLayer(amount))
  }

  @Test("A network without channels gives what it gives with their weights at zero, 200 networks")
  func equality() throws {
    var saved = 0
    for seed in 0..<200 {
      var builder = RandomGraph(seed: UInt64(seed))
      let network = builder.network()
      try network.validate()
      for target in ChannelPruning.Target.allCases {
        let pruning = ChannelPruning(
          target, by: .random(seed: UInt64(seed)), amount: PerLayer(0.4))
        let cut = try pruning.cut(of: network)
        let (masked, removed) = (cut.masked(network), try cut.removed(from: network))
        let input = normals(network.main.tensors[0].shape.elementCount, seed: UInt64(seed))
        #expect(
          try outputs(of: masked.network, on: input) == outputs(of: removed.network, on: input),
          "\(target), seed \(seed)")
        saved += network.workload().macs - removed.network.workload().macs
      }
    }
    #expect(saved > 0)
  }

  @Test("Layers whose sums meet lose the same channels; inner ones are their own")
  func residual() throws {
    let builder = NetworkBuilder(seed: 3, input: [1, 6, 6, 3])
    let stem = builder.convolution(0, 8)
    let inner = builder.convolution(stem, 12)
    let outer = builder.convolution(inner, 8, activation: .none)
    let sum = builder.sum(stem, outer)
    let network = builder.network(builder.dense(builder.mean(sum), 4))
    let result = try l1(0.25).applied(to: network)
    #expect(channels(result.network) == [6, 9, 6, 4])
    let half = PerLayer(0, except: [.init("conv1", 0.5)])
    let one = try ChannelPruning(.filters, by: .l2, amount: half).applied(to: network)
    #expect(channels(one.network) == [8, 6, 8, 4])
  }

  @Test("An image that becomes a row takes its channels out of all pixels")
  func flatten() throws {
    let builder = NetworkBuilder(seed: 4, input: [1, 4, 4, 2])
    let image = builder.convolution(0, 8)
    let network = builder.network(builder.dense(builder.flatten(image), 3))
    let result = try l1(0.5).applied(to: network)
    let dense = result.network.weightLayers[1]
    #expect(dense.inputCount == 16 * 4)
    let sums = network.weightLayers[0].sliceSums(
      network.main.tensors[network.weightLayers[0].weights].floats ?? [], outputs: true
    ) { $0.magnitude }
    let kept = Set(Ranking.least(8, of: sums).dropFirst(4))
    let all = network.main.tensors[network.weightLayers[1].weights].floats ?? []
    #expect(
      result.network.main.tensors[dense.weights].floats
        == all.indices.compactMap { kept.contains($0 % 128 % 8) ? all[$0] : nil })
  }

  @Test("Parts of a concatenation keep their places")
  func concatenation() throws {
    let builder = NetworkBuilder(seed: 6, input: [1, 5, 5, 3])
    let (left, right) = (builder.convolution(0, 4), builder.convolution(0, 10))
    let joined = builder.convolution(builder.concatenation([left, right]), 6)
    let network = builder.network(builder.dense(builder.mean(joined), 2))
    let result = try l1(0.5).applied(to: network)
    #expect(channels(result.network) == [2, 5, 3, 2])
    #expect(result.network.weightLayers[2].inputCount == 7)
  }

  @Test("A depthwise layer carries its channels with its multiplier")
  func depthwise() throws {
    let builder = NetworkBuilder(seed: 7, input: [1, 5, 5, 3])
    let wide = builder.depthwise(builder.convolution(0, 6), multiplier: 2)
    let network = builder.network(builder.dense(builder.mean(wide), 2))
    let result = try l1(0.5).applied(to: network)
    #expect(channels(result.network) == [3, 6, 2])
    guard case .depthwiseConv2D(_, 2) = result.network.main.operators[1].operation else {
      return #expect(Bool(false), "the multiplier changed")
    }
  }

  @Test("Constraints of earlier steps follow the weights")
  func constraints() throws {
    let builder = NetworkBuilder(seed: 8, input: [1, 6, 6, 3])
    let network = builder.network(
      builder.dense(builder.flatten(builder.convolution(builder.convolution(0, 8), 8)), 3))
    let sparse = try WeightPruning(.magnitude, amount: PerLayer(0.6)).applied(to: network)
    let result = try l1(0.5).applied(to: sparse.network, constraints: sparse.constraints)
    for layer in result.network.weightLayers {
      let values = result.network.main.tensors[layer.weights].floats ?? []
      #expect(result.constraints.masks[layer.weights] == values.map { $0 == 0 ? 0 : 1 })
    }
    let shared = try WeightClustering(count: PerLayer(5)).applied(to: network)
    let cut = try l1(0.5).applied(to: shared.network, constraints: shared.constraints)
    for layer in cut.network.weightLayers {
      let values = cut.network.main.tensors[layer.weights].floats ?? []
      let groups = cut.constraints.groups[layer.weights] ?? []
      #expect(groups.count == values.count)
      let valueOf = Dictionary(zip(groups, values), uniquingKeysWith: { a, _ in a })
      #expect(zip(groups, values).allSatisfy { valueOf[$0] == $1 })
    }
  }

  @Test("Kept channels are a multiple, and never fewer than the minimum")
  func multiples() throws {
    let builder = NetworkBuilder(seed: 9, input: [1, 6, 6, 3])
    let network = builder.network(
      builder.dense(builder.mean(builder.convolution(builder.convolution(0, 24), 6)), 3))
    var pruning = l1(0.6)
    pruning.multiple = 8
    #expect(channels(try pruning.applied(to: network).network) == [16, 6, 3])
    pruning.multiple = 1
    pruning.minimumChannels = 5
    #expect(channels(try pruning.applied(to: network).network) == [10, 5, 3])
  }

  @Test("One budget for the whole network finds the least channels of all layers")
  func wholeNetwork() throws {
    let builder = NetworkBuilder(seed: 10, input: [1, 8, 8, 3])
    let network = builder.network(
      builder.dense(builder.mean(builder.convolution(builder.convolution(0, 20), 30)), 3))
    let half = ChannelPruning(.filters, by: .l1, budget: .network, amount: PerLayer(0.5))
    let counts = channels(try half.applied(to: network).network)
    #expect(counts[0] + counts[1] == 25)
    let macs = ChannelPruning(.filters, by: .l1, budget: .macs, amount: PerLayer(0.7))
    let before = network.workload().macs
    let after = try macs.applied(to: network).network.workload().macs
    #expect(Double(after) <= 0.3 * Double(before) && Double(after) > 0.25 * Double(before))
    let impossible = ChannelPruning(.filters, by: .l1, budget: .macs, amount: PerLayer(0.9999))
    #expect(throws: ModelError.self) { try impossible.cut(of: network) }
  }

  @Test("Activations on samples tell which channels matter")
  func activations() throws {
    let builder = NetworkBuilder(seed: 11, input: [1, 5, 5, 2])
    let network = builder.network(builder.dense(builder.mean(builder.convolution(0, 8)), 3))
    let samples = SampleSet(shape: [5, 5, 2], values: normals(50 * 20))
    let statistics = try ChannelActivity(
      network, of: [network.weightLayers[0].output], on: samples)
    let own = statistics[network.weightLayers[0].output, 8]
    for (criterion, scores) in [
      (ChannelPruning.Criterion.meanActivation(samples), own.means),
      (.zeroActivations(samples), own.activeShares),
    ] {
      let result = try ChannelPruning(.filters, by: criterion, amount: PerLayer(0.5)).applied(
        to: network)
      let kept = Ranking.least(8, of: scores).dropFirst(4).sorted()
      let bias = network.weightLayers[0].bias ?? 0
      let all = network.main.tensors[bias].floats ?? []
      #expect(result.network.main.tensors[bias].floats == kept.map { all[$0] })
    }
    let wrong = SampleSet(shape: [4], values: normals(4))
    #expect(throws: ModelError.self) {
      try ChannelPruning(.filters, by: .meanActivation(wrong), amount: PerLayer(0.5)).cut(
        of: network)
    }
  }

  @Test("Taylor scores are squares of sums of weight times gradient, over minibatches")
  func taylor() throws {
    let builder = NetworkBuilder(seed: 12, input: [1, 5, 5, 2])
    let network = builder.network(builder.dense(builder.mean(builder.convolution(0, 4)), 3))
    let layer = network.weightLayers[0]
    let weights = network.main.tensors[layer.weights].floats ?? []
    // Channel 2 pulls both ways within each minibatch, 1 only from one to the other.
    func gradients(_ sign: Float) -> [Int: [Float]] {
      let values = weights.indices.map { place -> Float in
        let ratios: [Float] = [0.5, 2 * sign, place % 2 == 0 ? 9 : -9, 1]
        return ratios[place / 18] / weights[place]
      }
      return [layer.weights: values]
    }
    let pruning = ChannelPruning(
      .filters, by: .taylor(gradients: [gradients(1), gradients(-1)]), amount: PerLayer(0.5))
    let result = try pruning.applied(to: network)
    let bias = network.main.tensors[layer.bias ?? 0].floats ?? []
    #expect(result.network.main.tensors[layer.bias ?? 0].floats == [bias[1], bias[3]])
    let none = ChannelPruning(.filters, by: .taylor(gradients: [[:]]), amount: PerLayer(0.5))
    let error = #expect(throws: ModelError.self) { try none.cut(of: network) }
    #expect(error?.description.contains("layer conv0: found gradients of 0 elements") == true)
  }

  @Test("What leaves on average goes into the biases behind, exactly where nothing varies")
  func compensation() throws {
    let builder = NetworkBuilder(seed: 13, input: [1, 6, 6, 2])
    let image = builder.convolution(0, 8, kernel: (1, 1))
    let next = builder.convolution(image, 6, padding: .valid)
    let network = builder.network(builder.dense(builder.flatten(next), 3, activation: .none))
    // Filters that see nothing: what they give is their bias.
    var constant = network
    let first = network.weightLayers[0]
    constant.subgraphs[0].tensors[first.weights] = network.main.tensors[first.weights].holding(
      (network.main.tensors[first.weights].floats ?? []).enumerated().map { $0 / 2 < 4 ? 0 : $1 })
    constant.subgraphs[0].tensors[first.bias ?? 0] = network.main.tensors[first.bias ?? 0].holding(
      Array(repeating: 0.75, count: 8))
    let samples = SampleSet(shape: [6, 6, 2], values: normals(72 * 10))
    var pruning = ChannelPruning(
      .filters, by: .l1, amount: PerLayer(nil, except: [.init("conv0", 0.5)]))
    let input = normals(72, seed: 9)
    let expected = try outputs(of: constant, on: input)
    func error(_ result: CompressedNetwork) throws -> Float {
      zip(try outputs(of: result.network, on: input), expected).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(try error(pruning.applied(to: constant)) > 1e-3)
    pruning.compensation = samples
    #expect(try error(pruning.applied(to: constant)) < 1e-4)
  }
}
