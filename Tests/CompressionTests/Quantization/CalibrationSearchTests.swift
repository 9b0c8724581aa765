import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import Compression

@Suite("Choosing how to calibrate")
struct CalibrationSearchTests {
  private let network = SmallNetworks.residual()

  private var samples: SampleSet {
    let shape: Shape = [6, 6, 3]
    var stream = RandomStream(seed: 5, name: "calibration search")
    // Outliers, which least and greatest values follow.
    let values = (0..<24 * shape.elementCount).map { place in
      Float(stream.normal()) * (place % 97 == 0 ? 20 : 1)
    }
    return SampleSet(shape: shape, values: values)
  }

  @Test("The way that is taken changes the outputs least, whatever the number of threads")
  func least() throws {
    let settings = QuantizationSettings(weightBits: 4)
    let best = try CalibrationSearch(settings).best(for: network, on: samples)
    let threaded = try CalibrationSearch(settings).best(for: network, on: samples, jobs: 3)
    #expect(best.method == threaded.method && best.ranges == threaded.ranges)
    for corrects in [false, true] {
      let found = try CalibrationSearch(settings, correctsBiases: corrects).best(
        for: network, on: samples)
      #expect(found.correctsBiases == corrects)
      #expect(best.meanSquaredChange <= found.meanSquaredChange)
    }
    #expect(best.method != .minimumMaximum && best.meanSquaredChange > 0)
  }

  @Test("Ranges are those of the method that is named, on the network that is given back")
  func consistent() throws {
    let best = try CalibrationSearch(QuantizationSettings()).best(for: network, on: samples)
    let again = try Calibrator(best.method).ranges(of: best.network, on: samples)
    #expect(again == best.ranges)
  }
}
