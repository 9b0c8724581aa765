import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import Compression

@Suite("Clustering of weights")
struct WeightClusteringTests {
  private static let starts: [WeightClustering.Start] = [.linear, .density, .plusPlus(seed: 4)]

  private func network() -> Network {
    let builder = NetworkBuilder(seed: 15, input: [1, 8, 8, 4])
    let first = builder.depthwise(builder.convolution(0, 12))
    return builder.network(builder.dense(builder.flatten(first), 10))
  }

  private func weights(_ network: Network) -> [[Float]] {
    network.weightLayers.map { network.main.tensors[$0.weights].floats ?? [] }
  }

  @Test("Lloyd's algorithm ends where every value is at the nearest mean", arguments: starts)
  func fixedPoint(start: WeightClustering.Start) {
    let values = normals(3000)
    let clusters = KMeans(values, count: 13, start: start, mostIterations: 1000)
    #expect(clusters.centroids.count == 13)
    for value in values {
      let nearest = clusters.centroids.map { abs($0 - Double(value)) }.min() ?? 0
      #expect(abs(clusters.centroids[clusters.cluster(of: value)] - Double(value)) == nearest)
    }
    for cluster in 0..<13 {
      let own = values.filter { clusters.cluster(of: $0) == cluster }.map(Double.init)
      let mean = own.reduce(0, +) / Double(own.count)
      #expect(abs(mean - clusters.centroids[cluster]) < 1e-12)
    }
  }

  @Test("Well separated values are found, whatever the start", arguments: starts)
  func separated(start: WeightClustering.Start) {
    let values = [-5, 0, 3].flatMap { center in normals(50).map { $0 * 0.01 + center } }
    let clusters = KMeans(values, count: 3, start: start, mostIterations: 100)
    for (found, center) in zip(clusters.centroids, [-5.0, 0, 3]) {
      #expect(abs(found - center) < 0.01)
    }
  }

  @Test("As many values as the table has are kept as they are")
  func lossless() {
    let clusters = KMeans([3, 1, 1, 2, 3], count: 3, start: .linear, mostIterations: 9)
    #expect(clusters.centroids == [1, 2, 3])
  }

  @Test("Each slice gets its values, groups say which, and codes are as short as can be")
  func slices() throws {
    let network = network()
    for slice in WeightClustering.Slice.allCases {
      let result = try WeightClustering(count: PerLayer(8), slice: slice).applied(to: network)
      for (layer, values) in zip(network.weightLayers, weights(result.network)) {
        let groups = try #require(result.constraints.groups[layer.weights])
        for places in layer.places(slice) {
          #expect(Set(places.map { values[$0] }).count <= 8)
          #expect(
            Set(places.map { groups[$0] }).count == Set(places.map { values[$0] }).count)
        }
        let valueOf = Dictionary(zip(groups, values), uniquingKeysWith: { a, _ in a })
        #expect(zip(groups, values).allSatisfy { valueOf[$0] == $1 })
      }
      #expect(result.record.layers.map(\.bitsAfter) == [3, 3, 3])
      try result.network.validate()
    }
  }

  @Test("More values, and tables for each channel, lose less")
  func quality() throws {
    func decibels(_ count: Int, _ slice: WeightClustering.Slice) throws -> [Double] {
      let result = try WeightClustering(count: PerLayer(count), slice: slice).applied(
        to: network())
      return result.record.layers.map { $0.signalToNoiseDecibels ?? 0 }
    }
    let (coarse, fine) = (try decibels(8, .tensor)[2], try decibels(16, .tensor)[2])
    // A Gaussian source takes 14.6 and 20.2 dB with 3 and 4 bits (Max 1960, table I).
    #expect(abs(coarse - 14.6) < 0.3 && abs(fine - 20.2) < 0.3)
    #expect(try decibels(8, .channel)[0] > decibels(8, .tensor)[0])
  }

  @Test("Zeros stay zero when they are kept, and always where a mask holds them")
  func zeros() throws {
    let sparse = try WeightPruning(.magnitude, amount: PerLayer(0.7)).applied(to: network())
    let before = weights(sparse.network).map { $0.map { $0 == 0 } }
    for (keeps, constraints) in [(true, WeightConstraints()), (false, sparse.constraints)] {
      let result = try WeightClustering(count: PerLayer(16), keepsZeros: keeps).applied(
        to: sparse.network, constraints: constraints)
      #expect(weights(result.network).map { $0.map { $0 == 0 } } == before)
      #expect(weights(result.network).allSatisfy { Set($0).count <= 16 })
      for (layer, zeros) in zip(result.network.weightLayers, before) {
        #expect(result.constraints.masks[layer.weights] == zeros.map { $0 ? 0 : 1 })
      }
    }
  }

  @Test(
    "Settings that cannot be are refused",
    arguments: [
      (WeightClustering(count: PerLayer(1)), "found 1 shared values, expected from 2 to 256"),
      (WeightClustering(count: PerLayer(257)), "found 257 shared values"),
      (
        WeightClustering(count: PerLayer(4, except: [.init("conv1", 2)])),
        "layer conv1: found no such layer, expected one of 3 layers; did you mean \"conv0\"?"
      ),
    ])
  func refusals(clustering: WeightClustering, message: String) {
    let error = #expect(throws: ModelError.self) { try clustering.applied(to: network()) }
    #expect(error?.description.contains(message) == true)
  }

  @Test("Codebooks give the weights back, and count their bytes")
  func codebook() throws {
    let weights: [Float] = [1, 1, 1, 1, 1, -2, -2, 0.5]
    let codebook = try #require(Codebook(weights))
    #expect(zip(codebook.codes, weights).allSatisfy { codebook.tables[0][Int($0)] == $1 })
    #expect(codebook.codeBits == 2 && codebook.byteCount == 2 + 12)
    // Lengths 1, 2, 2: 5 + 4 + 2 bits.
    #expect(codebook.huffmanByteCount == 2 + 12 + 3)
    #expect(Codebook([3, 3])?.codeBits == 0)
    #expect(Codebook((0..<257).map(Float.init)) == nil)
    #expect(Codebook((0..<256).map(Float.init))?.codeBits == 8)
  }

  @Test("Huffman's codes are as long as an exhaustive search of trees finds")
  func huffman() {
    #expect(Huffman.bitCount([5, 9, 12, 13, 16, 45]) == 224)
    #expect(Huffman.bitCount([7]) == 0 && Huffman.bitCount([]) == 0)
    #expect(Huffman.bitCount([1, 1, 1, 1]) == 8)
    var random = RandomStream(seed: 1, name: "counts")
    for _ in 0..<50 {
      let counts = (0..<6).map { _ in Int(random.uniform(below: 40)) + 1 }
      #expect(Huffman.bitCount(counts) == shortest(counts))
    }
  }

  /// Joins any two, and takes the best.
  private func shortest(_ counts: [Int]) -> Int {
    guard counts.count > 1 else { return 0 }
    var best = Int.max
    for a in counts.indices {
      for b in counts.indices where b > a {
        let sum = counts[a] + counts[b]
        let rest = counts.indices.filter { $0 != a && $0 != b }.map { counts[$0] } + [sum]
        best = min(best, sum + shortest(rest))
      }
    }
    return best
  }
}
