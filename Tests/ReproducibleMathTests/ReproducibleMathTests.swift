import Glibc
import Testing

@testable import ReproducibleMath

@Suite struct ReproducibleMathTests {
  /// Units in the last place between two numbers.
  private func units(_ value: Double, _ truth: Double) -> Double {
    value == truth ? 0 : (value - truth).magnitude / max(truth.ulp, .leastNormalMagnitude)
  }

  private func samples(_ range: ClosedRange<Double>) -> [Double] {
    var random = RandomStream(seed: 1, name: "arguments")
    return (0..<20_000).map { _ in
      random.uniform(from: range.lowerBound, to: range.upperBound)
    }
  }

  @Test("Exponentials and logarithms are within 2 units of the C library's")
  func exponentials() {
    for x in samples(-700...700) { #expect(units(ReproducibleMath.exp(x), exp(x)) <= 2) }
    for x in samples(-1...1) { #expect(units(ReproducibleMath.exp(x), exp(x)) <= 2) }
    for x in samples(-600...600).map({ exp($0) }) {
      #expect(units(ReproducibleMath.log(x), log(x)) <= 2)
    }
    for x in samples(0.5...2) { #expect(units(ReproducibleMath.log(x), log(x)) <= 3) }
  }

  @Test("Sines and cosines are within 2^-52 of the C library's")
  func sines() {
    for x in samples(-1000...1000) {
      #expect((ReproducibleMath.sin(x) - sin(x)).magnitude < 0x1p-52)
      #expect((ReproducibleMath.cos(x) - cos(x)).magnitude < 0x1p-52)
    }
  }

  @Test("Sigmoids are as exact as a Float needs")
  func sigmoids() {
    for x in samples(-30...30) + samples(-1e-2...1e-2) {
      #expect((ReproducibleMath.tanh(x) - tanh(x)).magnitude <= 1e-12 * tanh(x).magnitude)
      #expect((ReproducibleMath.logistic(x) - 1 / (1 + exp(-x))).magnitude < 1e-15)
    }
  }

  @Test("Borders give limits")
  func borders() {
    #expect(ReproducibleMath.exp(-800) == 0)
    #expect(ReproducibleMath.exp(800) == .infinity)
    #expect(ReproducibleMath.exp(-740) > 0)
    #expect(ReproducibleMath.log(0) == -.infinity)
    #expect(ReproducibleMath.log(-1).isNaN)
    #expect(ReproducibleMath.tanh(40) == 1)
    #expect(ReproducibleMath.tanh(-.infinity) == -1)
    #expect(ReproducibleMath.pow(2, 10).rounded() == 1024)
  }

  @Test("Normal numbers have mean 0 and variance 1")
  func normals() {
    var random = RandomStream(seed: 2, name: "normal")
    let values = (0..<100_000).map { _ in random.normal() }
    let mean = values.reduce(0, +) / 100_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 100_000
    #expect(mean.magnitude < 0.015)
    #expect((variance - 1).magnitude < 0.02)
  }
}
