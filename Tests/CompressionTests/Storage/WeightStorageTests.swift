import NeuralNetworks
import Testing

@testable import Compression

@Suite("Bytes of stored weights")
struct WeightStorageTests {
  private func storage(_ values: [Float], _ shape: Shape) -> WeightStorage {
    WeightStorage(Tensor(name: "w", elementType: .float32, shape: shape).holding(values))
  }

  @Test("Each way to store weights is counted as it would be written")
  func counts() {
    // 2 rows of 8, 4 values that are not zero, of 2 kinds.
    let values: [Float] = [0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, -0.0, 0, 1]
    let storage = storage(values, [2, 8])
    #expect(storage.elementCount == 16 && storage.nonzeroCount == 4)
    #expect(storage.denseBytes == 64)
    #expect(storage.bitmaskBytes == 2 + 16)
    // 3 ends, 4 places, 4 values.
    #expect(storage.compressedRowBytes == 3 + 4 + 16)
    // 2 bits for each of 3 kinds, and their table.
    #expect(storage.codebookBytes == 4 + 12)
    // Codes of 1, 2 and 2 bits: 12 + 3 * 2 + 1 * 2.
    #expect(storage.huffmanBytes == 3 + 12 + 3)
    // Gaps 3, 3, 4, 6 take 2 + 2 * 2 bits, three 1 and a 2 take a bit each.
    #expect(storage.deepCompressionBytes == 2 + 8 + 2 + 3)
    #expect(storage.leastBytes == 15)
  }

  @Test("Weights of over 256 kinds have no codebook, and long gaps take fillers")
  func limits() {
    let many = storage((0..<300).map(Float.init), [300])
    #expect(many.codebookBytes == 1200 && many.deepCompressionBytes == 1200)
    var values = [Float](repeating: 0, count: 100)
    values[99] = 3
    // Dense: three gaps of 32 end at fillers, one of 4 at the value.
    let sparse = storage(values, [10, 10])
    #expect(sparse.deepCompressionBytes == 1 + 8 + 2 + 2)
  }

  @Test("Integers count by their own width, and zero is their zero point")
  func integers() {
    let tensor = Tensor(
      name: "w", elementType: .int8, shape: [4], quantization: Quantization(scale: 1, zeroPoint: 5),
      constant: ConstantData(bytes: [5, 5, 6, 4]))
    #expect(tensor.zeroCount == 2 && WeightStorage(tensor).denseBytes == 4)
    let nibbles = Tensor(
      name: "w", elementType: .int4, shape: [3], constant: ConstantData(bytes: [0xF0, 0x07]))
    #expect(nibbles.symbols == [0, -1, 7] && nibbles.zeroCount == 1)
  }

  @Test("Effective multiply-accumulates leave out weights of zero")
  func effectiveMACs() throws {
    let builder = NetworkBuilder(seed: 31, input: [1, 8, 8, 4])
    let network = builder.network(builder.dense(builder.mean(builder.convolution(0, 8)), 4))
    let workload = network.workload()
    #expect(network.effectiveMACs(workload) == workload.macs)
    let sparse = try WeightPruning(.magnitude, amount: PerLayer(0.75)).applied(to: network)
    #expect(sparse.network.effectiveMACs(workload) * 4 == workload.macs)
    let storage = sparse.network.weightStorage
    #expect(storage.elementCount == 8 * 36 + 8 + 32 + 4)
    #expect(storage.nonzeroCount == 72 + 8 + 8 + 4)
  }
}
