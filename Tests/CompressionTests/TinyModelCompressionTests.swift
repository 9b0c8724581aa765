import NeuralNetworks
import Testing

@testable import Compression

@Suite(
  "Clustering and factorization of the MLPerf Tiny models",
  .enabled(if: TinyModels.arePresent, "needs ../shared/data/mlperf_tiny"))
struct TinyModelCompressionTests {
  @Test("16 shared values take an eighth of the weights' bytes", arguments: TinyModels.names)
  func clustering(model: String) throws {
    let network = try TinyModels.network(model)
    let clustering = WeightClustering(count: PerLayer(16), start: .plusPlus(seed: 1))
    let result = try clustering.applied(to: network)
    try result.network.validate()
    let layers = network.weightLayers
    let before = layers.reduce(WeightStorage.none) {
      $0 + WeightStorage(network.main.tensors[$1.weights])
    }
    let after = layers.reduce(WeightStorage.none) {
      $0 + WeightStorage(result.network.main.tensors[$1.weights])
    }
    #expect(before.codebookBytes >= before.denseBytes)
    #expect(after.codebookBytes <= before.denseBytes / 8 + layers.count * 65)
    #expect(after.huffmanBytes < after.codebookBytes + layers.count * 16)
    #expect(result.record.layers.allSatisfy { $0.bitsAfter <= 4 })
    #expect(result.record.layers.allSatisfy { ($0.signalToNoiseDecibels ?? 99) > 14 })
  }

  @Test("Low rank saves the multiply-accumulates it was asked to", arguments: TinyModels.names)
  func factorization(model: String) throws {
    let network = try TinyModels.network(model)
    let result = try LowRankFactorization(rank: PerLayer(.macs(0.5))).applied(to: network)
    let (before, after) = (network.workload(), result.network.workload())
    for record in result.record.layers {
      #expect(record.elementCountAfter * 2 <= record.elementCountBefore)
    }
    #expect(!result.record.layers.isEmpty && after.macs < before.macs)
    let size = network.main.tensors[network.main.inputs[0]].shape.elementCount
    #expect(try outputs(of: result.network, on: normals(size)).allSatisfy(\.isFinite))
  }

  @Test("Steps compose: low rank, channels, single weights and shared values")
  func composition() throws {
    let network = try TinyModels.network("pretrainedResnet")
    let thin = try LowRankFactorization(rank: PerLayer(.macs(0.7))).applied(to: network)
    let narrow = try ChannelPruning(.filters, by: .l2, amount: PerLayer(0.25)).applied(
      to: thin.network, constraints: thin.constraints)
    let sparse = try WeightPruning(.globalMagnitude, amount: PerLayer(0.5)).applied(
      to: narrow.network, constraints: narrow.constraints)
    let shared = try WeightClustering(count: PerLayer(16)).applied(
      to: sparse.network, constraints: sparse.constraints)
    let last = try ChannelPruning(.filters, by: .l2, amount: PerLayer(0.25)).applied(
      to: shared.network, constraints: shared.constraints)
    try last.network.validate()
    #expect(last.network.workload().macs * 2 < network.workload().macs)
    for layer in last.network.weightLayers {
      let values = last.network.main.tensors[layer.weights].floats ?? []
      #expect(last.constraints.masks[layer.weights]?.count == values.count)
      #expect(last.constraints.groups[layer.weights]?.count == values.count)
      #expect(Set(values).count <= 16)
    }
    #expect(try outputs(of: last.network, on: normals(3072)).allSatisfy(\.isFinite))
  }
}
