import ReproducibleMath

/// Cracks and potholes of a damaged road, in meters on its plane; what lies before the vehicle.
struct RoadDamage: Sendable {
  private struct Crack: Sendable {
    var points: [SIMD2<Double>]
    var widthMeters: Double
    /// The box around it, for a quick answer.
    var low: SIMD2<Double>
    var high: SIMD2<Double>
  }

  private struct Pothole: Sendable {
    var center: SIMD2<Double>
    var radius: SIMD2<Double>
  }

  private var cracks: [Crack] = []
  private var potholes: [Pothole] = []

  /// An intact road.
  init() {}

  /// - Parameter severity: 0...1: from one crack to a net of them with potholes.
  init(halfWidthMeters: Double, severity: Double, stream: inout RandomStream) {
    let crackCount = 3 + Int(stream.uniform(below: 3 + Int64(7 * severity)))
    for _ in 0..<crackCount {
      cracks.append(RoadDamage.crack(halfWidthMeters: halfWidthMeters, stream: &stream))
    }
    let potholeCount = Int(stream.uniform(below: 2 + Int64(3 * severity)))
    for _ in 0..<potholeCount {
      let size = stream.uniform(from: 0.2, to: 0.55)
      potholes.append(
        Pothole(
          center: RoadDamage.place(halfWidthMeters: halfWidthMeters, stream: &stream),
          radius: SIMD2(size, size * stream.uniform(from: 0.8, to: 1.6))))
    }
  }

  /// Near the vehicle, where a camera sees damage at all.
  private static func place(
    halfWidthMeters: Double, stream: inout RandomStream
  ) -> SIMD2<Double> {
    let nearness = stream.uniform()
    return SIMD2(
      stream.uniform(from: -0.9, to: 0.9) * halfWidthMeters, 1.8 + 7 * nearness * nearness)
  }

  /// A random walk that keeps its direction by and large.
  private static func crack(halfWidthMeters: Double, stream: inout RandomStream) -> Crack {
    var point = place(halfWidthMeters: halfWidthMeters, stream: &stream)
    var angle = stream.uniform(from: 0, to: 2 * .pi)
    var points = [point]
    for _ in 0..<(8 + stream.uniform(below: 14)) {
      angle += stream.uniform(from: -0.8, to: 0.8)
      let step = stream.uniform(from: 0.1, to: 0.35)
      point += SIMD2(ReproducibleMath.cos(angle), ReproducibleMath.sin(angle)) * step
      points.append(point)
    }
    let width = stream.uniform(from: 0.03, to: 0.09)
    let margin = SIMD2<Double>(repeating: 0.4)
    let start = points[0]
    return Crack(
      points: points, widthMeters: width,
      low: points.reduce(start) { pointwiseMin($0, $1) } - margin,
      high: points.reduce(start) { pointwiseMax($0, $1) } + margin)
  }

  /// How much light is left at a place of the road: below 1 in cracks and holes, above 1 on the
  /// rim of a hole that faces the sun. O(segments near it).
  ///
  /// - Parameter footprint: meters that a pixel covers; a crack that is thinner is paler.
  func shading(_ place: SIMD2<Double>, footprint: Double) -> Double {
    var factor = 1.0
    for crack in cracks where inside(crack, place) {
      let distance = RoadDamage.distance(from: place, to: crack.points)
      let reach = max(crack.widthMeters, footprint)
      let cover = ValueNoise.step(reach - distance, from: 0, to: 0.6 * reach)
      factor *= 1 - 0.75 * cover * min(1, 1.6 * crack.widthMeters / reach)
    }
    for pothole in potholes {
      let relative = (place - pothole.center) / pothole.radius
      let distance = (relative * relative).sum().squareRoot()
      guard distance < 1.4 else { continue }
      let hole = 1 - ValueNoise.step(distance, from: 0.75, to: 1)
      // The near wall is in shadow, the far one is lit.
      factor *= 1 - hole * (0.62 - 0.25 * relative.y)
      let rim = ValueNoise.step(distance, from: 0.9, to: 1.05)
      factor *= 1 + 0.35 * rim * (1 - ValueNoise.step(distance, from: 1.05, to: 1.35))
    }
    return factor
  }

  private func inside(_ crack: Crack, _ place: SIMD2<Double>) -> Bool {
    place.x > crack.low.x && place.y > crack.low.y && place.x < crack.high.x
      && place.y < crack.high.y
  }

  private static func distance(from place: SIMD2<Double>, to points: [SIMD2<Double>]) -> Double {
    var least = Double.infinity
    for index in 1..<points.count {
      let start = points[index - 1]
      let along = points[index] - start
      let relative = place - start
      let share = min(max((relative * along).sum() / (along * along).sum(), 0), 1)
      let gap = relative - along * share
      least = min(least, (gap * gap).sum())
    }
    return least.squareRoot()
  }
}
