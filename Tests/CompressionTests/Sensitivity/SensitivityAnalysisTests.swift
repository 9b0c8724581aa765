import NeuralNetworks
import Synchronization
import Testing

@testable import Compression

@Suite("Sensitivity analysis")
struct SensitivityAnalysisTests {
  private func network() -> Network {
    let builder = NetworkBuilder(seed: 41, input: [1, 6, 6, 3])
    let stem = builder.convolution(0, 8)
    let inner = builder.convolution(stem, 4)
    let sum = builder.sum(stem, builder.convolution(inner, 8))
    return builder.network(builder.dense(builder.mean(sum), 5))
  }

  private static let zeros: SensitivityAnalysis.Metric = { (network) throws(ModelError) in
    Double(network.weightStorage.elementCount - network.weightStorage.nonzeroCount)
  }

  private static let macs: SensitivityAnalysis.Metric = { (network) throws(ModelError) in
    Double(network.workload().macs)
  }

  @Test("Each layer is pruned alone, and the order does not depend on the threads")
  func weights() throws {
    let analysis = SensitivityAnalysis.weights(of: network(), amounts: [0.25, 0.5])
    let calls = Atomic<Int>(0)
    let tables = try [1, 3].map { jobs in
      try analysis.table(
        of: "zeros", jobs: jobs,
        progress: { _, _ in calls.wrappingAdd(1, ordering: .relaxed) }, metric: Self.zeros)
    }
    #expect(tables[0] == tables[1] && calls.load(ordering: .relaxed) == 16)
    #expect(tables[0].baseline == 0 && tables[0].strength == "sparsity")
    let counts = [8 * 27, 4 * 72, 8 * 36, 40]
    #expect(
      tables[0].rows
        == zip(["conv0", "conv1", "conv2", "dense5"], counts).map { name, count in
          .init(
            part: name,
            points: [
              .init(strength: 0.25, metric: Double(count) / 4),
              .init(strength: 0.5, metric: Double(count) / 2),
            ])
        })
  }

  @Test("Each layer is rounded alone to so many bits")
  func bits() throws {
    let network = network()
    let analysis = SensitivityAnalysis.bits(of: network, widths: [8, 2])
    let values: SensitivityAnalysis.Metric = { (network) throws(ModelError) in
      let weights = network.main.tensors[network.weightLayers[1].weights].floats ?? []
      return Double(Set(weights).count)
    }
    let table = try analysis.table(of: "values", jobs: 1, metric: values)
    // Four channels of 72 weights, each with its scale: of 2 bits there are -1, 0 and 1.
    #expect(table.rows[1].points[1].metric == 9)
    #expect(table.rows[0].points.allSatisfy { $0.metric == table.baseline })
    #expect(throws: ModelError.self) {
      try SensitivityAnalysis.bits(of: network, widths: [2.5]).table(
        of: "values", jobs: 1, metric: values)
    }
  }

  @Test("Channels leave with those that share them; where they cannot there is no point")
  func channels() throws {
    let network = network()
    let table = try SensitivityAnalysis.channels(of: network, shares: [0.5]).table(
      of: "MACs", jobs: 2, metric: Self.macs)
    #expect(table.rows.map(\.part) == ["conv0", "conv1", "conv2"])
    #expect(table.rows[0].points == table.rows[2].points)
    let (stem, inner, outer) = (36 * 8 * 27, 36 * 4 * 72, 36 * 8 * 36)
    let all = stem + inner + outer + 40
    #expect(table.baseline == Double(all))
    #expect(table.rows[1].points[0].metric == Double(all - inner / 2 - outer / 2))
    #expect(table.rows[0].points[0].metric == Double(stem / 2 + inner / 2 + outer / 2 + 20))
    let rows = try SensitivityAnalysis.channels(of: network, target: .rows, shares: [0.5]).table(
      of: "MACs", jobs: 1, metric: Self.macs)
    #expect(rows.rows.map(\.points) == [[.init(strength: 0.5, metric: nil)]])
  }

  @Test("Shared values are strengths, too, if they are whole")
  func values() throws {
    let network = network()
    let table = try SensitivityAnalysis.values(of: network, counts: [4]).table(
      of: "values", jobs: 1
    ) { (network) throws(ModelError) in
      let first = network.main.tensors[network.weightLayers[0].weights].floats ?? []
      return Double(Set(first).count)
    }
    #expect(table.rows.map { $0.points[0].metric } == [4, 216, 216, 216])
    #expect(throws: ModelError.self) {
      try SensitivityAnalysis.values(of: network, counts: [4.5]).table(
        of: "zeros", jobs: 1, metric: Self.zeros)
    }
  }

  @Test("Filters are removed one by one")
  func filters() throws {
    let network = network()
    let table = try SensitivityAnalysis.filters(of: network, layer: "conv1").table(
      of: "MACs", jobs: 1, metric: Self.macs)
    #expect(table.rows.map(\.part) == (0..<4).map { "conv1[\($0)]" })
    let least = table.baseline - Double(36 * 72 + 36 * 8 * 9)
    #expect(table.rows.allSatisfy { $0.points == [.init(strength: 1, metric: least)] })
    #expect(throws: ModelError.self) { try SensitivityAnalysis.filters(of: network, layer: "x") }
  }

  @Test("Wrong strengths and failing measurements are errors, the table's first one")
  func failures() {
    #expect(throws: ModelError.self) {
      try SensitivityAnalysis.channels(of: network(), shares: [1.5]).table(
        of: "MACs", jobs: 2, metric: Self.macs)
    }
    let error = #expect(throws: ModelError.self) {
      try SensitivityAnalysis.weights(of: network(), amounts: [0.5, 2, 3]).table(
        of: "zeros", jobs: 3, metric: Self.zeros)
    }
    #expect(error?.description.contains("found the amount 2.0") == true)
  }

  @Test("The greatest strength that loses little enough")
  func greatestStrength() {
    let row = SensitivityTable.Row(
      part: "a",
      points: [(0.2, 0.9), (0.4, 0.88), (0.6, 0.7), (0.8, 0.89)].map {
        .init(strength: $0.0, metric: $0.1)
      })
    #expect(row.greatestStrength(losing: 0.03, from: 0.9) == 0.4)
    #expect(row.greatestStrength(losing: 0.3, from: 0.9) == 0.8)
    #expect(row.greatestStrength(losing: -1, from: 0.9) == nil)
    #expect(row.greatestStrength(losing: 0, from: 0.9, sign: -1) == 0.8)
  }
}
