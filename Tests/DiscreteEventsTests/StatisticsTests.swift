import Testing

@testable import DiscreteEvents

@Suite struct StatisticsTests {
  @Test("Quantiles are nearest ranks")
  func nearestRank() {
    var samples = DurationSamples()
    for value in (1...1000).reversed() {
      samples.record(SimulationDuration(nanoseconds: Int64(value)))
    }
    let found = samples.quantiles(perMille: [1, 500, 900, 999, 1000])
    #expect(found?.map(\.nanoseconds) == [1, 500, 900, 999, 1000])
    #expect(samples.mean == SimulationDuration(nanoseconds: 500))
  }

  @Test("A single sample is every quantile, and no sample is none")
  func smallCounts() {
    var samples = DurationSamples()
    #expect(samples.quantiles(perMille: [500]) == nil)
    #expect(samples.mean == nil)
    samples.record(SimulationDuration(nanoseconds: 42))
    #expect(samples.quantiles(perMille: [1, 1000])?.map(\.nanoseconds) == [42, 42])
  }

  @Test("A time-weighted sum is the exact integral of a step function")
  func integral() {
    var sum = TimeWeightedSum()
    sum.set(3, at: SimulationTime(nanoseconds: 10))
    sum.set(5, at: SimulationTime(nanoseconds: 20))
    #expect(sum.integral(until: SimulationTime(nanoseconds: 30)) == 3 * 10 + 5 * 10)
    #expect(sum.integral(until: SimulationTime(nanoseconds: 30)) == 80)
  }

  @Test("A time-weighted sum holds what 64 bits cannot")
  func wideIntegral() {
    var sum = TimeWeightedSum()
    sum.set(.max, at: .zero)
    let expected = Int128(Int64.max) * Int128(Int64.max)
    #expect(sum.integral(until: SimulationTime(nanoseconds: .max)) == expected)
  }
}
