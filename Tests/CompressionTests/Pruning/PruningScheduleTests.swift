import Testing

@testable import Compression

@Suite("Schedules of pruning")
struct PruningScheduleTests {
  @Test("Gradual pruning follows the cubic of Zhu and Gupta between its steps")
  func gradual() throws {
    let schedule = try #require(
      PruningSchedule(from: 0.1, to: 0.9, firstStep: 10, lastStep: 50, interval: 10))
    #expect(schedule.sparsity(at: 9) == 0)
    // 0.9 - 0.8 * 0.75^3 and so on.
    let points = [(10, 0.1), (20, 0.5625), (30, 0.8), (40, 0.8875), (50, 0.9), (1000, 0.9)]
    for (step, value) in points {
      #expect(abs(schedule.sparsity(at: step) - value) < 1e-12)
    }
    #expect(schedule.sparsity(at: 29) == schedule.sparsity(at: 20))
    #expect((0...60).filter(schedule.prunes) == [10, 20, 30, 40, 50])
  }

  @Test("The last step prunes, also off the interval")
  func unevenEnd() throws {
    let schedule = try #require(PruningSchedule(to: 0.5, lastStep: 7, interval: 3))
    #expect((0...10).filter(schedule.prunes) == [0, 3, 6, 7])
    #expect(schedule.sparsity(at: 7) == 0.5)
  }

  @Test("One shot and equal rounds are special cases")
  func others() throws {
    let once = try #require(PruningSchedule.oneShot(0.8, at: 3))
    #expect((0...5).filter(once.prunes) == [3])
    #expect([2, 3, 4].map(once.sparsity) == [0, 0.8, 0.8])
    let rounds = try #require(PruningSchedule.iterative(to: 0.8, rounds: 4, interval: 5))
    #expect((0...30).filter(rounds.prunes) == [0, 5, 10, 15])
    for (step, value) in [(0, 0.2), (5, 0.4), (10, 0.6), (15, 0.8)] {
      #expect(abs(rounds.sparsity(at: step) - value) < 1e-12)
    }
  }

  @Test("Schedules that make no sense are none")
  func refusals() {
    #expect(PruningSchedule(from: 0.5, to: 0.4, lastStep: 1) == nil)
    #expect(PruningSchedule(to: 1, lastStep: 1) == nil)
    #expect(PruningSchedule(to: .nan, lastStep: 1) == nil)
    #expect(PruningSchedule(to: 0.5, firstStep: 2, lastStep: 1) == nil)
    #expect(PruningSchedule(to: 0.5, lastStep: 1, interval: 0) == nil)
    #expect(PruningSchedule.iterative(to: 0.5, rounds: 0, interval: 1) == nil)
    #expect(PruningSchedule.iterative(to: 0.5, rounds: .max, interval: 2) == nil)
  }
}
