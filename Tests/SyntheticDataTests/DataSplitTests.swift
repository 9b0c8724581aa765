import Testing

@testable import SyntheticData

@Suite struct DataSplitTests {
  @Test("Every group belongs to the part that lists it")
  func groups() {
    let listed = DataSplit.allCases.flatMap { split in split.groups.map { ($0, split) } }
    #expect(listed.map(\.0).sorted() == Array(0..<DataSplit.groupCount))
    #expect(listed.allSatisfy { DataSplit(ofGroup: $0.0) == $0.1 })
  }

  @Test("Classes and groups take turns, and no place comes twice")
  func places() {
    let places = (0..<1000).map { SamplePlace(index: $0, classCount: 5, split: .test) }
    for label in 0..<5 {
      for group in 80..<100 {
        let own = places.filter { $0.label == label && $0.group == group }
        #expect(own.map(\.number) == Array(0..<10))
      }
    }
  }
}
