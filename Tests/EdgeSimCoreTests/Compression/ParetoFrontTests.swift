import Testing

@testable import EdgeSimCore

@Suite struct ParetoFrontTests {
  @Test("What another beats in one respect and loses nowhere is off the front")
  func dominated() {
    let costs: [[Double]?] = [[1, 3], [2, 2], [2, 3], [3, 1], nil, [1, 3]]
    #expect(ParetoFront.members(costs) == [true, true, false, true, false, true])
  }
}
