import Testing

@testable import ReproducibleMath

@Suite struct ParallelMapTests {
  @Test("Results come in order whatever the number of threads", arguments: [1, 2, 3, 200])
  func order(jobs: Int) {
    let results = Array(0..<100).parallelMap(jobs: jobs) { $0 * $0 }
    #expect(results == (0..<100).map { $0 * $0 })
  }

  @Test("Of several failures the first element's is thrown", arguments: [1, 3])
  func firstFailure(jobs: Int) {
    #expect(throws: Refusal(number: 7)) {
      try Array(0..<100).parallelMap(jobs: jobs) { (number: Int) throws(Refusal) -> Int in
        if number % 10 == 7 { throw Refusal(number: number) }
        return number
      }
    }
  }

  @Test("Nothing gives nothing")
  func empty() {
    #expect([Int]().parallelMap(jobs: 4) { $0 }.isEmpty)
  }

  private struct Refusal: Error, Equatable { let number: Int }
}
