import DiscreteEvents
import Testing

@testable import EdgeSimCore

/// The scheduler against the theory of fixed-priority preemptive scheduling (Joseph and Pandya
/// 1986, "Finding Response Times in a Real-Time System").
@Suite struct ResponseTimeAnalysisTests {
  @Test("The longest response of periodic tasks is that of response-time analysis")
  func worstCaseResponse() throws {
    // Priorities 3, 2, 1; all are released together at common multiples of their periods.
    let tasks = [(period: 10, work: 3), (period: 20, work: 6), (period: 50, work: 9)]
    var configuration = EdgeWorldTests.configuration()
    configuration.power.idleStates[1].wakeLatency = .zero
    configuration.features.executionTime = .milliseconds(Int64(tasks[0].work))
    configuration.inference.executionTime = .zero
    configuration.background = tasks.dropFirst().enumerated().map { index, task in
      let work = SimulationDuration(milliseconds: Int64(task.work))
      return BackgroundConfiguration(
        name: "task \(index)", priority: 1 - index, period: .milliseconds(Int64(task.period)),
        releaseJitter: .zero, executionTime: work...work,
        relativeDeadline: .milliseconds(Int64(task.period)))
    }
    let record = WorldRecord.of(configuration, seed: 1)
    for index in tasks.indices {
      let simulated = record.jobs.tasks[index == 0 ? 0 : index + 1]
      let longest = try #require(simulated.responses.quantiles(perMille: [1000])).first
      let expected = Self.responseTime(of: index, among: tasks)
      #expect(longest == .milliseconds(Int64(expected)))
      #expect(simulated.missedCount == 0)
    }
  }

  /// The fixed point of R = C + sum over more urgent tasks of ceil(R / T) C.
  private static func responseTime(of index: Int, among tasks: [(period: Int, work: Int)]) -> Int {
    var response = tasks[index].work
    while true {
      let interference = tasks[..<index].reduce(0) { sum, other in
        sum + (response + other.period - 1) / other.period * other.work
      }
      let next = tasks[index].work + interference
      if next == response { return response }
      response = next
    }
  }
}
