import ReproducibleMath
import Testing

@testable import SyntheticData

@Suite struct BearingVibrationTests {
  @Test("The frequencies of the SKF 6205 are those that CWRU states")
  func frequencies() {
    let bearing = BearingGeometry.skf6205
    // In multiples of the shaft's speed; a ball's defect strikes at twice its turns.
    #expect(abs(bearing.innerRacePassesPerTurn - 5.4152) < 5e-3)
    #expect(abs(bearing.outerRacePassesPerTurn - 3.5848) < 5e-3)
    #expect(abs(bearing.cageTurnsPerTurn - 0.39828) < 5e-4)
    #expect(abs(2 * bearing.elementTurnsPerTurn - 4.7135) < 5e-3)
  }

  @Test("A seed gives the same recordings on every machine", arguments: BearingFault.allCases)
  func goldens(fault: BearingFault) {
    let samples = BearingVibration(sampleCount: 600, seed: 5)
      .samples(SamplePlace(index: fault.rawValue, classCount: 4, split: nil))
    let goldens: [UInt64] = [
      228_866_100_921_770_511, 1_241_772_887_703_829_179, 15_827_501_409_196_978_820,
      15_437_711_526_453_377_187,
    ]
    #expect(samples.count == 600)
    #expect(Checksum.of(samples) == goldens[fault.rawValue], "\(Checksum.of(samples))")
  }

  @Test("Blows fall at the defect's frequency, and none on a healthy bearing")
  func blows() {
    var stream = RandomStream(seed: 3, name: "test")
    let machine = BearingMachine(seed: 1, group: 0)
    let bearing = BearingGeometry.skf6205
    let expected: [(BearingFault, Double)] = [
      (.healthy, 0), (.innerRace, bearing.innerRacePassesPerTurn),
      (.outerRace, bearing.outerRacePassesPerTurn), (.ball, 2 * bearing.elementTurnsPerTurn),
    ]
    for (fault, perTurn) in expected {
      let condition = BearingCondition(machine, fault: fault, stream: &stream)
      let blows = DefectImpulses(geometry: bearing, condition: condition)
        .blows(duration: 10, stream: &stream)
      #expect(abs(Double(blows.count) - perTurn * condition.shaftTurns(at: 10)) < 20, "\(fault)")
      #expect(zip(blows, blows.dropFirst()).allSatisfy { $0.seconds < $1.seconds })
      #expect(blows.allSatisfy { $0.height > 0 && $0.seconds < 10.1 })
    }
  }

  @Test("Defects make a signal peaky, a healthy bearing does not")
  func kurtosis() {
    let vibration = BearingVibration(sampleCount: 4096, seed: 1)
    let means = (0..<4).map { label in
      (0..<20).reduce(0.0) { sum, group in
        let place = SamplePlace(index: 4 * group + label, classCount: 4, split: .training)
        return sum + Self.kurtosis(vibration.samples(place).map(Double.init)) / 20
      }
    }
    #expect(means[0] < 4)
    #expect(means[1] > means[0] + 1 && means[2] > means[0] + 1 && means[3] > means[0] + 1)
  }

  private static func kurtosis(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let fourth = values.reduce(0) {
      let deviation = ($1 - mean) * ($1 - mean)
      return $0 + deviation * deviation
    }
    return fourth / Double(values.count) / (square * square)
  }

  @Test("The manifest's condition is that of the recording")
  func conditions() {
    let vibration = BearingVibration(sampleCount: 64, seed: 1)
    for index in 0..<40 {
      let condition = vibration.condition(SamplePlace(index: index, classCount: 4, split: .test))
      #expect(condition.fault.rawValue == index % 4)
      #expect((condition.defectMillimeters == 0) == (condition.fault == .healthy))
      #expect((0...1).contains(condition.load) && (20...35).contains(condition.shaftHertz))
    }
  }
}
