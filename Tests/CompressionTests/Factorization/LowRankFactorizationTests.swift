import NeuralNetworks
import Testing
import Training

@testable import Compression

@Suite("Low-rank factorization")
struct LowRankFactorizationTests {
  private typealias Factorization = LowRankFactorization

  private func weights(_ network: Network, _ layer: Int) -> [Float] {
    network.main.tensors[network.weightLayers[layer].weights].floats ?? []
  }

  /// The network with the weights of a layer cut to a rank, in its old shape.
  private func truncated(_ network: Network, _ layer: Int, _ form: FactorForm, rank: Int) -> Network
  {
    let product = form.decomposed(weights(network, layer)).product(rank: rank)
    var result = network
    let tensor = network.weightLayers[layer].weights
    result.subgraphs[0].tensors[tensor] =
      network.main.tensors[tensor].holding(form.weights(from: product))
    return result
  }

  private func isNear(_ a: [Float], _ b: [Float]) -> Bool {
    let scale = b.map(\.magnitude).max() ?? 0
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 2e-5 * max(scale, 1) }
  }

  @Test(
    "Two layers give what one of that rank gives, with all strides, paddings and filters",
    arguments: LowRankFactorization.Split.allCases, [Padding.same, .valid])
  func equality(split: LowRankFactorization.Split, padding: Padding) throws {
    for (kernel, stride) in [((1, 1), 1), ((1, 1), 2), ((3, 3), 1), ((3, 3), 2), ((3, 5), 2)] {
      let builder = NetworkBuilder(seed: 21, input: [1, 9, 11, 12])
      let image = builder.convolution(0, 14, kernel: kernel, stride: stride, padding: padding)
      let network = builder.network(builder.dense(builder.flatten(image), 10))
      let rank = PerLayer(nil, except: [.init("conv0", Factorization.Rank.rank(3))])
      let result = try Factorization(rank: rank, split: split).applied(to: network)
      #expect(result.network.main.operators.count == network.main.operators.count + 1)
      #expect(result.network.workload().macs < network.workload().macs)
      let form = FactorForm(network.weightLayers[0], network.main, split)
      let input = normals(9 * 11 * 12)
      #expect(
        isNear(
          try outputs(of: result.network, on: input),
          try outputs(of: truncated(network, 0, form, rank: 3), on: input)),
        "\(kernel), \(stride)")
    }
  }

  @Test("Dense layers become two")
  func dense() throws {
    let builder = NetworkBuilder(seed: 22, input: [1, 40])
    let hidden = builder.dense(0, 30)
    let network = builder.network(builder.dense(hidden, 20, activation: .none))
    let result = try Factorization(rank: PerLayer(.macs(0.5))).applied(to: network)
    #expect(result.network.weightLayers.map(\.outputCount) == [8, 30, 6, 20])
    #expect(result.network.workload().macs == 8 * 70 + 6 * 50)
    #expect(result.record.layers.map(\.elementCountAfter) == [560, 300])
    let forms = network.weightLayers.map { FactorForm($0, network.main, .channels) }
    let expected = truncated(
      truncated(network, 0, forms[0], rank: 8), 1, forms[1], rank: 6)
    let input = normals(40)
    #expect(
      isNear(try outputs(of: result.network, on: input), try outputs(of: expected, on: input)))
  }

  @Test("A layer of low rank is found to be one by its energy, and is kept exactly")
  func energy() throws {
    let builder = NetworkBuilder(seed: 23, input: [1, 40])
    let network = builder.network(builder.dense(0, 30))
    let form = FactorForm(network.weightLayers[0], network.main, .channels)
    let low = truncated(network, 0, form, rank: 4)
    let result = try Factorization(rank: PerLayer(.energy(0.99999))).applied(to: low)
    #expect(result.network.weightLayers.map(\.outputCount) == [4, 30])
    #expect((result.record.layers[0].signalToNoiseDecibels ?? 0) > 100)
    // Little energy takes little rank; all of full rank would make the layer larger, so it stays.
    let half = try Factorization(rank: PerLayer(.energy(0.5))).applied(to: network)
    #expect(half.network.weightLayers[0].outputCount < 12)
    let all = try Factorization(rank: PerLayer(.energy(0.999999))).applied(to: network)
    #expect(all.network.weightLayers.map(\.outputCount) == [30] && all.record.layers.isEmpty)
  }

  @Test("Constraints of replaced weights end")
  func constraints() throws {
    let builder = NetworkBuilder(seed: 24, input: [1, 40])
    let network = builder.network(builder.dense(builder.dense(0, 30), 3))
    let sparse = try WeightPruning(.magnitude, amount: PerLayer(0.5)).applied(to: network)
    let rank = PerLayer(nil, except: [.init("dense0", Factorization.Rank.rank(5))])
    let result = try Factorization(rank: rank).applied(
      to: sparse.network, constraints: sparse.constraints)
    let kept = result.network.weightLayers.map { result.constraints.masks[$0.weights] != nil }
    #expect(kept == [false, false, true])
  }

  private func message(
    _ network: Network, _ layer: String, _ rank: LowRankFactorization.Rank
  ) -> String {
    do {
      let setting = PerLayer(nil, except: [.init(layer, rank)])
      _ = try Factorization(rank: setting).applied(to: network)
      return "none"
    } catch { return error.description }
  }

  @Test("A rank that makes the layer larger is refused, and what cannot be factorized")
  func refusals() throws {
    let builder = NetworkBuilder(seed: 25, input: [1, 6, 6, 3])
    let image = builder.depthwise(builder.convolution(0, 8))
    let network = builder.network(builder.dense(builder.flatten(image), 10))
    #expect(
      message(network, "conv0", .rank(7))
        == "layer conv0: found the rank 7 of a matrix of 8 x 27, expected from 1 to 6, or the two "
        + "layers are larger than the one")
    #expect(message(network, "conv0", .energy(0.999999)).contains("found the rank 8"))
    #expect(message(network, "conv0", .macs(0.01)).contains("found the rank 0"))
    #expect(message(network, "depthwise1", .rank(1)).contains("found a layer of kind depthwise"))
    #expect(message(network, "conv1", .rank(1)).contains("did you mean \"conv0\"?"))
    #expect(message(network, "conv0", .rank(0)).contains("expected a rank of at least 1"))
    #expect(message(network, "conv0", .macs(.nan)).contains("a share above 0 and below 1"))
    // Not named, it stays as it is.
    let result = try Factorization(rank: PerLayer(.rank(7))).applied(to: network)
    #expect(result.record.layers.map(\.name) == ["dense3"])
  }
}
