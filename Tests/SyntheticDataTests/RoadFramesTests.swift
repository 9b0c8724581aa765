import ReproducibleMath
import Testing

@testable import SyntheticData

@Suite struct RoadFramesTests {
  private let frames = RoadFrames(width: 32, height: 24, seed: 5)

  private func frame(_ index: Int, split: DataSplit? = nil) -> [UInt8] {
    frames.pixels(SamplePlace(index: index, classCount: 5, split: split))
  }

  @Test("A seed gives the same frames on every machine", arguments: RoadSurface.allCases)
  func goldens(surface: RoadSurface) {
    let hash = Checksum.of(frame(surface.rawValue))
    let goldens: [UInt64] = [
      9_427_347_576_141_139_959, 8_024_779_180_319_135_692, 16_765_536_263_964_005_442,
      6_570_767_007_002_032_778, 17_031_085_321_635_296_847,
    ]
    #expect(hash == goldens[surface.rawValue], "\(hash)")
  }

  @Test("A frame has three bytes a pixel, whatever its sides")
  func sizes() {
    let place = SamplePlace(index: 3, classCount: 5, split: nil)
    for (width, height) in [(8, 8), (64, 16), (9, 31)] {
      let frames = RoadFrames(width: width, height: height, seed: 1)
      #expect(frames.pixels(place).count == 3 * width * height)
    }
  }

  @Test("Frames of one route and surface differ, and other seeds give other frames")
  func variety() {
    #expect(frame(0) != frame(500))
    let other = RoadFrames(width: 32, height: 24, seed: 6)
    #expect(other.pixels(SamplePlace(index: 0, classCount: 5, split: nil)) != frame(0))
  }

  @Test("The mean color of a frame does not tell its class")
  func meanColor() {
    let small = RoadFrames(width: 16, height: 16, seed: 2)
    func mean(_ index: Int, _ split: DataSplit) -> SIMD3<Double> {
      let pixels = small.pixels(SamplePlace(index: index, classCount: 5, split: split))
      let sum = stride(from: 0, to: pixels.count, by: 3).reduce(SIMD3<Double>.zero) {
        $0 + SIMD3(Double(pixels[$1]), Double(pixels[$1 + 1]), Double(pixels[$1 + 2]))
      }
      return sum / 256
    }
    var centers = [SIMD3<Double>](repeating: .zero, count: 5)
    for index in 0..<600 { centers[index % 5] += mean(index, .training) / 120 }
    let right = (0..<300).count { index in
      let color = mean(index, .test)
      let distances = centers.map { (($0 - color) * ($0 - color)).sum() }
      return distances[index % 5] == distances.min()
    }
    #expect(right < 120, "\(right) of 300; 60 by chance")
  }

  @Test("Damage darkens the road, and an intact road is left alone")
  func damage() {
    var stream = RandomStream(seed: 1, name: "test")
    let damage = RoadDamage(halfWidthMeters: 3, severity: 1, stream: &stream)
    var least = 1.0
    for x in stride(from: -3.0, to: 3, by: 0.05) {
      for y in stride(from: 1.8, to: 9, by: 0.05) {
        let factor = damage.shading(SIMD2(x, y), footprint: 0.03)
        #expect(factor > 0 && factor < 1.5)
        least = min(least, factor)
        #expect(RoadDamage().shading(SIMD2(x, y), footprint: 0.03) == 1)
      }
    }
    #expect(least < 0.6)
  }
}
