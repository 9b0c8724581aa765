import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import Compression

@Suite("Pruning of single weights")
struct WeightPruningTests {
  /// Three layers, 3 x 3 x 5 x 8, 3 x 3 x 8 and 10 x 512 weights.
  private func network() -> Network {
    let builder = NetworkBuilder(seed: 5, input: [1, 8, 8, 5])
    let first = builder.convolution(0, 8)
    let second = builder.depthwise(first)
    return builder.network(builder.dense(builder.flatten(second), 10))
  }

  private func zeros(_ network: Network) -> [Int] {
    network.weightLayers.map { layer in
      (network.main.tensors[layer.weights].floats ?? []).count { $0 == 0 }
    }
  }

  private func weights(_ network: Network, _ layer: Int) -> [Float] {
    network.main.tensors[network.weightLayers[layer].weights].floats ?? []
  }

  @Test("Depthwise filters can be left alone")
  func leavesDepthwise() throws {
    let network = SmallNetworks.residual()
    let pruned = try WeightPruning(.magnitude, amount: PerLayer(0.5), leavesDepthwise: true)
      .applied(to: network)
    #expect(pruned.record.layers.map(\.name) == ["first", "point", "dense"])
    let named = try WeightPruning(
      .magnitude, amount: PerLayer(nil, except: [.init("depthwise", 0.5)]), leavesDepthwise: true
    ).applied(to: network)
    #expect(named.record.layers.map(\.name) == ["depthwise"])
  }

  @Test("Magnitude pruning drops exactly the share of least weights, layer by layer")
  func magnitude() throws {
    let network = network()
    let result = try WeightPruning(.magnitude, amount: PerLayer(0.75)).applied(to: network)
    #expect(zeros(result.network) == [270, 54, 3840])
    for layer in 0..<3 {
      let (before, after) = (weights(network, layer), weights(result.network, layer))
      let least = zip(before, after).filter { $1 != 0 }.map(\.0.magnitude).min() ?? 0
      let most = zip(before, after).filter { $1 == 0 }.map(\.0.magnitude).max() ?? 0
      #expect(most <= least)
      #expect(zip(before, after).allSatisfy { $1 == 0 || $0 == $1 })
      let mask = result.constraints.masks[network.weightLayers[layer].weights]
      #expect(mask == after.map { $0 == 0 ? 0 : 1 })
    }
    #expect(result.record.layers.map(\.zeroCount) == [270, 54, 3840])
    #expect(result.record.layers.allSatisfy { ($0.signalToNoiseDecibels ?? 0) > 3 })
    try result.network.validate()
  }

  @Test("Global pruning drops the least weights of all layers together")
  func global() throws {
    let network = network()
    let result = try WeightPruning(.globalMagnitude, amount: PerLayer(0.5)).applied(to: network)
    #expect(zeros(result.network).reduce(0, +) == 2776)
    let all = (0..<3).flatMap { weights(network, $0).map(\.magnitude) }.sorted()
    let kept = (0..<3).flatMap { weights(result.network, $0) }.filter { $0 != 0 }
    #expect(kept.map(\.magnitude).min() == all[2776])
  }

  @Test("Layers have settings of their own, or are left alone")
  func exceptions() throws {
    let amount = PerLayer(
      0.5, except: [.init("conv0", 0.25), .init("dense3", nil)])
    let result = try WeightPruning(.magnitude, amount: amount).applied(to: network())
    #expect(zeros(result.network) == [90, 36, 0])
    let only = PerLayer(nil, except: [.init("dense3", 0.1)])
    let named = try WeightPruning(.magnitude, amount: only).applied(to: network())
    #expect(zeros(named.network) == [0, 0, 512])
  }

  @Test("Random pruning depends on its seed, and takes what is gone already first")
  func random() throws {
    let network = network()
    func pruned(_ seed: UInt64) throws -> CompressedNetwork {
      try WeightPruning(.random(seed: seed), amount: PerLayer(0.5)).applied(to: network)
    }
    let (a, b, c) = (try pruned(1), try pruned(1), try pruned(2))
    #expect(a.constraints == b.constraints && a.constraints != c.constraints)
    #expect(zeros(a.network) == [180, 36, 2560])
    let more = try WeightPruning(.random(seed: 9), amount: PerLayer(0.75)).applied(
      to: a.network, constraints: a.constraints)
    #expect(zeros(more.network) == [270, 54, 3840])
    for (tensor, mask) in a.constraints.masks {
      let later = more.constraints.masks[tensor] ?? []
      #expect(zip(mask, later).allSatisfy { $0 >= $1 })
    }
  }

  @Test("Thresholds are absolute, or in standard deviations of the layer")
  func thresholds() throws {
    let network = network()
    let absolute = try WeightPruning(.threshold, amount: PerLayer(0.5)).applied(to: network)
    let relative = try WeightPruning(.deviations, amount: PerLayer(1)).applied(to: network)
    for layer in 0..<3 {
      let values = weights(network, layer)
      #expect(weights(absolute.network, layer) == values.map { $0.magnitude < 0.5 ? 0 : $0 })
      let deviation = WeightPruning.standardDeviation(of: values)
      #expect(abs(deviation - 0.5) < 0.06)
      #expect(
        weights(relative.network, layer)
          == values.map { Double($0.magnitude) < deviation ? 0 : $0 })
    }
    #expect(WeightPruning.standardDeviation(of: [1, 2, 3, 4]) == 1.25.squareRoot())
  }

  @Test("Of each 4 neighbors along the inputs 2 stay, the larger ones")
  func pattern() throws {
    let network = network()
    let result = try WeightPruning(.pattern(kept: 2, of: 4), amount: PerLayer(1)).applied(
      to: network)
    // Five inputs: a whole group loses two, the last one keeps its only weight.
    #expect(zeros(result.network) == [8 * 9 * 2, 0, 2560])
    let (before, after) = (weights(network, 2), weights(result.network, 2))
    for first in stride(from: 0, to: before.count, by: 4) {
      let group = before[first..<first + 4].map(\.magnitude).sorted()
      let kept = after[first..<first + 4].filter { $0 != 0 }.map(\.magnitude).sorted()
      #expect(kept == Array(group[2...]))
    }
  }

  @Test("Blocks go whole, those of the least mean first", arguments: [(1, 4), (4, 4), (3, 7)])
  func blocks(outputs: Int, inputs: Int) throws {
    let network = network()
    let result = try WeightPruning(
      .blocks(outputs: outputs, inputs: inputs), amount: PerLayer(0.5)
    ).applied(to: network)
    for (index, layer) in network.weightLayers.enumerated() {
      let (before, after) = (weights(network, index), weights(result.network, index))
      let blocks = layer.blocks(outputs: outputs, inputs: inputs)
      #expect(blocks.flatMap { $0 }.sorted() == Array(before.indices))
      let gone = blocks.filter { block in block.allSatisfy { after[$0] == 0 } }
      #expect(gone.count == Int((Double(blocks.count) / 2).rounded()))
      #expect(gone.joined().count == after.count { $0 == 0 })
    }
  }

  @Test(
    "Settings that cannot be are refused with the layer and what is near",
    arguments: [
      (WeightPruning(.magnitude, amount: PerLayer(1)), "found the amount 1.0"),
      (WeightPruning(.deviations, amount: PerLayer(-.infinity)), "found the amount -inf"),
      (
        WeightPruning(.magnitude, amount: PerLayer(0.5, except: [.init("dense4", 0.1)])),
        "layer dense4: found no such layer, expected one of 3 layers; did you mean \"dense3\"?"
      ),
      (
        WeightPruning(.magnitude, amount: PerLayer(0.5, except: [.init("input", 0.1)])),
        "layer input: found a tensor of float32 [1, 8, 8, 5]"
      ),
      (
        WeightPruning(
          .magnitude, amount: PerLayer(nil, except: [.init("conv0", 0.1), .init("conv0", 0.2)])),
        "layer conv0: found a second setting"
      ),
      (
        WeightPruning(.globalMagnitude, amount: PerLayer(0.5, except: [.init("conv0", 0.1)])),
        "layer conv0: found a sparsity of its own"
      ),
      (
        WeightPruning(
          .pattern(kept: 2, of: 4), amount: PerLayer(nil, except: [.init("depthwise1", 0)])),
        "layer depthwise1: found a depthwise filter"
      ),
      (WeightPruning(.pattern(kept: 4, of: 4), amount: PerLayer(0)), "found the pattern 4:4"),
      (WeightPruning(.blocks(outputs: 0, inputs: 4), amount: PerLayer(0)), "blocks of 0 x 4"),
    ])
  func refusals(pruning: WeightPruning, message: String) throws {
    let error = #expect(throws: ModelError.self) { try pruning.applied(to: network()) }
    #expect(error?.description.contains(message) == true, "\(error as Any)")
  }

  @Test("Weights that are no numbers are refused")
  func notANumber() throws {
    var network = network()
    let layer = network.weightLayers[1]
    var values = weights(network, 1)
    values[7] = .nan
    network.subgraphs[0].tensors[layer.weights] =
      network.main.tensors[layer.weights].holding(values)
    let error = #expect(throws: ModelError.self) {
      try WeightPruning(.magnitude, amount: PerLayer(0.5)).applied(to: network)
    }
    #expect(error?.description.contains("layer depthwise1: found the weight nan") == true)
  }
}
