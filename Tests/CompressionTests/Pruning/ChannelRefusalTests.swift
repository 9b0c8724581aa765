import NeuralNetworks
import Testing

@testable import Compression

@Suite("Channels that cannot leave")
struct ChannelRefusalTests {
  /// A convolution, one behind it whose channels a softmax needs, a dense layer.
  private func network() -> Network {
    let builder = NetworkBuilder(seed: 2, input: [1, 4, 4, 3])
    let first = builder.convolution(0, 8)
    let second = builder.convolution(first, 8)
    let soft = builder.add(.softmax(beta: 1), [second], builder.shape(second))
    return builder.network(builder.dense(builder.flatten(soft), 4))
  }

  private func message(_ pruning: ChannelPruning) -> String {
    do {
      _ = try pruning.cut(of: network())
      return "none"
    } catch { return error.description }
  }

  private func named(
    _ layer: String, _ amount: Double, _ target: ChannelPruning.Target = .filters,
    budget: ChannelPruning.Budget = .layer
  ) -> ChannelPruning {
    ChannelPruning(
      target, by: .l1, budget: budget, amount: PerLayer(nil, except: [.init(layer, amount)]))
  }

  @Test("A layer that is named is refused with the reason; others are passed over")
  func reasons() throws {
    #expect(
      message(named("conv1", 0.5))
        == "layer conv1: found 0 of 8 channels that can be removed: operator 2 (SOFTMAX) needs "
        + "all of them, expected 4")
    #expect(message(named("dense4", 0.5, .rows)).contains("the network's output"))
    #expect(message(named("conv0", 0.5, .channels)).contains("the network's input"))
    let all = try ChannelPruning(.filters, by: .l1, amount: PerLayer(0.5)).applied(to: network())
    #expect(all.network.weightLayers.map(\.outputCount) == [4, 8, 4])
  }

  @Test("Settings out of range and layers of another target are refused")
  func settings() {
    #expect(message(named("conv0", 1)).contains("found the amount 1.0"))
    #expect(message(named("dense4", 0.5)).contains("expected one that has filters to prune"))
    #expect(message(named("conv7", 0.5)).contains("no such layer, expected one of 3 layers; did"))
    #expect(message(named("conv0", 0.5, budget: .macs)).contains("a share of its own"))
    var pruning = named("conv0", 0.5)
    pruning.multiple = 0
    #expect(message(pruning).contains("in multiples of 0"))
  }

  @Test("Layers that share channels cannot ask for different shares")
  func conflict() {
    let builder = NetworkBuilder(seed: 3, input: [1, 6, 6, 8])
    let (a, b) = (builder.convolution(0, 8), builder.convolution(0, 8))
    let network = builder.network(builder.dense(builder.mean(builder.sum(a, b)), 4))
    let amount = PerLayer(nil, except: [.init("conv0", 0.5), .init("conv1", 0.25)])
    let error = #expect(throws: ModelError.self) {
      try ChannelPruning(.filters, by: .l1, amount: amount).cut(of: network)
    }
    #expect(
      error?.description == "layer conv1: found the share 0.25, expected 0.5, as for conv0, which "
        + "has the same channels")
  }

  @Test("A layer that is left alone keeps its channels, and those it shares")
  func leftAlone() throws {
    let amount = PerLayer(0.5, except: [.init("conv0", nil)])
    let result = try ChannelPruning(.filters, by: .l1, amount: amount).applied(to: network())
    #expect(result.network.weightLayers.map(\.outputCount) == [8, 8, 4])
  }
}
