import NeuralNetworks
import Testing

@testable import Compression

@Suite(
  "Pruning of the MLPerf Tiny models",
  .enabled(if: TinyModels.arePresent, "needs ../shared/data/mlperf_tiny"))
struct TinyModelPruningTests {
  /// Every inner layer loses the share of its channels on both sides, and inputs and outputs of the
  /// network stay: counted by hand from the layers' extents.
  struct Case: Sendable {
    var model: String
    var target: ChannelPruning.Target
    var amount: Double
    var macs: Int
  }

  @Test(
    "Removed channels give the outputs of masked ones, and save what was counted",
    arguments: [
      Case(model: "pretrainedResnet", target: .filters, amount: 0.25, macs: 7_115_232),
      Case(model: "pretrainedResnet", target: .filters, amount: 0.5, macs: 3_236_160),
      Case(model: "kws_float32", target: .filters, amount: 0.25, macs: 1_608_576),
      Case(model: "kws_float32", target: .filters, amount: 0.5, macs: 816_384),
      Case(model: "vww_96_float", target: .filters, amount: 0.25, macs: 4_456_032),
      Case(model: "vww_96_float", target: .filters, amount: 0.5, macs: 2_196_544),
      Case(model: "ad01_fp32", target: .rows, amount: 0.25, macs: 179_328),
      Case(model: "ad01_fp32", target: .rows, amount: 0.5, macs: 107_008),
    ])
  func removal(of row: Case) throws {
    let network = try TinyModels.network(row.model)
    let cut = try ChannelPruning(row.target, by: .l1, amount: PerLayer(row.amount)).cut(of: network)
    let (masked, removed) = (cut.masked(network), try cut.removed(from: network))
    #expect(removed.network.workload().macs == row.macs, "\(row.model)")
    let size = network.main.tensors[network.main.inputs[0]].shape.elementCount
    for seed in 0..<3 {
      let input = normals(size, seed: UInt64(seed))
      #expect(
        try outputs(of: removed.network, on: input) == outputs(of: masked.network, on: input))
    }
  }
}
