import DiscreteEvents
import Testing

@testable import EdgeSimCore

@Suite struct WorldMetricsTests {
  @Test("Metrics carry the nominal value and the range over the costs' bounds")
  func costRange() throws {
    let metrics = Self.metrics()
    let p99 = try #require(metrics.first { $0.name == "inference p99" })
    #expect(p99.value == 0.0051)
    #expect(p99.costRange == 0.0031...0.0081)
  }

  @Test("The energy of all parts is the total, and gives the battery life")
  func energy() throws {
    let metrics = Self.metrics()
    func value(_ name: String) throws -> Double {
      try #require(metrics.first { $0.group == "energy" && $0.name == name }?.value)
    }
    let parts = try [
      "computing features", "computing inference", "awake without work", "idle in sleep",
      "idle in stop", "audio input",
    ].map(value).reduce(0, +)
    let total = try value("total")
    #expect(abs(parts - total) < 1e-12)
    let watts = try value("average power")
    #expect(abs(try value("battery life") - 1000 / watts) < 1e-6)
    #expect(abs(try value("per inference, all parts") - total / 332) < 1e-15)
    #expect(abs(try value("per inference, the network") - 0.05 * 0.004) < 1e-12)
  }

  @Test("A miss ratio comes with Wilson's interval")
  func missRatio() throws {
    let ratio = try #require(Self.metrics().first { $0.name == "inference miss ratio" })
    #expect(ratio.value == 0)
    #expect(ratio.confidence == .ofShare(successes: 0, trials: 332))
  }

  @Test("False accepts are rated by the hours of their own kind of sound")
  func falseAccepts() throws {
    let truth = AccuracyMetrics.GroundTruth(
      phraseOrigins: [.synthetic],
      negatives: [
        .init(start: Self.time(0), end: Self.time(1800), origin: .human),
        .init(start: Self.time(1800), end: Self.time(2400), origin: .synthetic),
      ], negativeSeconds: 3600)
    let times = [100, 200, 2000, 3000].map(Self.time)
    let score = DetectionScore(
      phrases: [],
      detections: times.map { Detection(audioTime: $0, finish: $0, metDeadline: true) },
      tolerance: .zero, deadline: .zero)
    let metrics = AccuracyMetrics(
      truth: truth, scores: PerBound(low: score, nominal: score, high: score)
    ).falseAccepts
    #expect(metrics.map(\.value) == [4, 4, 6])
  }

  private static func time(_ seconds: Int64) -> SimulationTime {
    .zero + SimulationDuration(milliseconds: seconds * 1000)
  }

  private static func metrics() -> [Metric] {
    let configurations = PerBound<WorldConfiguration> { bound in
      var configuration = EdgeWorldTests.configuration()
      let work: [CostBound: Int64] = [.low: 2, .nominal: 4, .high: 7]
      configuration.inference.executionTime = .milliseconds(work[bound] ?? 0)
      return configuration
    }
    return WorldMetrics(
      worlds: configurations.map { WorldRecord.of($0, seed: 1) },
      configuration: configurations.nominal, latencies: nil,
      batteryJoules: PerBound(low: 900, nominal: 1000, high: 1100), audioInput: .known
    ).all
  }
}
