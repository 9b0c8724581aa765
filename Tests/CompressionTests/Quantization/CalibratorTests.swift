import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import Compression

@Suite("Calibrating activations")
struct CalibratorTests {
  /// A dense layer of one unit that passes its input on.
  private func identity() -> Network {
    let tensors = [
      SmallNetworks.value("in", [1, 1]),
      Tensor(name: "w", elementType: .float32, shape: [1, 1]).holding([1]),
      SmallNetworks.value("out", [1, 1]),
    ]
    return SmallNetworks.network(
      tensors, inputs: [0], outputs: [2],
      [
        Operator(
          operation: .fullyConnected(activation: .none, keepsDimensions: false), inputs: [0, 1],
          outputs: [2])
      ])
  }

  private func range(_ method: CalibrationMethod, _ values: [Float], bits: Int = 8) throws
    -> ClosedRange<Float>
  {
    let samples = SampleSet(shape: [1], values: values)
    let ranges = try Calibrator(method, bits: bits).ranges(of: identity(), on: samples)
    return try #require(ranges[2])
  }

  private func normal(_ count: Int) -> [Float] {
    var stream = RandomStream(seed: 3, name: "normal")
    return (0..<count).map { _ in Float(stream.normal()) }
  }

  @Test("Least and greatest values are exact")
  func minimumMaximum() throws {
    #expect(try range(.minimumMaximum, [-3, 0.5, 7, 1]) == -3...7)
  }

  @Test("A moving average follows the batches")
  func movingAverage() throws {
    let values = [Float](repeating: 1, count: 31) + [-1] + [Float](repeating: 3, count: 31) + [-3]
    let found = try range(.movingAverage(momentum: 0.75), values)
    #expect(found == -1.5...1.5)
  }

  @Test("A percentile leaves outliers out")
  func percentile() throws {
    let values = (0..<1000).map { Float($0) / 1000 } + [1000]
    let found = try range(.percentile(outside: 0.002), values)
    #expect(found.upperBound < 2 && found.upperBound >= 0.99)
  }

  @Test("Fewer bits clip more, by every method that weighs clipping against rounding")
  func clipping() throws {
    let values = normal(20_000)
    let full = try range(.minimumMaximum, values)
    for method in [CalibrationMethod.meanSquaredError, .analyticalClipping] {
      let wide = try range(method, values, bits: 8)
      let narrow = try range(method, values, bits: 3)
      #expect(narrow.upperBound < wide.upperBound && wide.upperBound <= full.upperBound)
    }
    let entropy = try range(.entropy, values)
    #expect(entropy.upperBound <= full.upperBound && entropy.upperBound > 1.5)
  }

  @Test("Clipping factors are those of the paper")
  func factors() {
    let laplace = [2: 2.83, 3: 3.89, 4: 5.03, 5: 6.2, 6: 7.41, 7: 8.64, 8: 9.89]
    let normal = [2: 1.71, 3: 2.15, 4: 2.55, 5: 2.93, 6: 3.28, 7: 3.61, 8: 3.92]
    for bits in 2...8 {
      #expect(abs(RangeStatistics.laplaceFactor(bits: bits) - (laplace[bits] ?? 0)) < 0.02)
      #expect(abs(RangeStatistics.normalFactor(bits: bits) - (normal[bits] ?? 0)) < 0.02)
    }
  }

  @Test("The range of least error has less error than the whole one")
  func leastError() throws {
    let values = normal(5000) + [40]
    let found = try range(.meanSquaredError, values, bits: 4)
    func error(_ range: ClosedRange<Float>) -> Float {
      let step = (max(range.upperBound, 0) - min(range.lowerBound, 0)) / 15
      return values.reduce(0) { sum, value in
        let clipped = max(range.lowerBound, min(range.upperBound, value))
        let stored = (clipped / step).rounded() * step
        return sum + (value - stored) * (value - stored)
      }
    }
    #expect(error(found) < error(try range(.minimumMaximum, values)))
  }

  @Test("Constant inputs, other shapes and values without end are refused")
  func refusals() {
    #expect(throws: ModelError.self) { try range(.minimumMaximum, [2, 2, 2]) }
    #expect(throws: ModelError.self) { try range(.minimumMaximum, [1, .infinity]) }
    #expect(throws: ModelError.self) { try range(.minimumMaximum, [1, .nan]) }
    #expect(throws: ModelError.self) { try range(.minimumMaximum, []) }
    let samples = SampleSet(shape: [2], values: [1, 2])
    #expect(throws: ModelError.self) { try Calibrator().ranges(of: identity(), on: samples) }
  }
}
