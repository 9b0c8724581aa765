import Testing

@testable import Training

@Suite struct SampleSetTests {
  @Test("A subset takes samples and labels in the order asked for")
  func subset() {
    let set = SampleSet(shape: [2], values: [0, 1, 2, 3, 4, 5], labels: [7, 8, 9])
    let part = set.subset([2, 0])
    #expect(part.values == [4, 5, 0, 1])
    #expect(part.labels == [9, 7])
    #expect(set.count == 3 && Array(set.sample(1)) == [2, 3])
  }
}
