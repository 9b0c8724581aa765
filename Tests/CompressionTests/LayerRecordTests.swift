import Testing

@testable import Compression

@Suite struct LayerRecordTests {
  @Test("Records of equal facts are equal")
  func equality() {
    let record = LayerRecord(
      name: "w", elementCountBefore: 8, elementCountAfter: 4, zeroCount: 0, bitsBefore: 32,
      bitsAfter: 8)
    #expect(record == record)
    #expect(CompressionRecord(step: "prune", layers: [record]).layers == [record])
  }
}
