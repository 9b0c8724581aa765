import Testing

@testable import EdgeSimCore

@Suite struct ROCCurveTests {
  @Test("The area is the share of pairs in the right order, ties counting half")
  func pairs() {
    let negatives = [1.0, 4, 2, 3, 3]
    let positives = [3.0, 5, 0, 4]
    let pairs = negatives.flatMap { n in positives.map { p in p > n ? 1.0 : p == n ? 0.5 : 0 } }
    let area = ROCCurve.area(negatives: negatives, positives: positives)
    #expect(area == pairs.reduce(0, +) / Double(pairs.count))
    #expect(ROCCurve.area(negatives: [1, 2], positives: [3]) == 1)
    #expect(ROCCurve.area(negatives: [], positives: [3]) == 0.5)
  }
}
