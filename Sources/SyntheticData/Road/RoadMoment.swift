import ReproducibleMath

/// What changes from frame to frame of a route: weather, light, and where the vehicle looks.
struct RoadMoment: Sendable {
  /// Of the sky where it meets the land, and above.
  let skyNear: Light
  let skyHigh: Light
  /// Light of the sun on the road, 0 under clouds.
  let sun: Light
  /// Light of the whole sky on the road.
  let ambient: Light
  /// Column of the sun's reflection, in image heights from the middle.
  let sunColumn: Double
  let shade: Double
  /// Snow on the verge, 0...1: in winter there is some beside any road.
  let vergeSnow: Double
  /// Headlights and lamps ahead, by column, with their brightness.
  let lamps: [(column: Double, brightness: Double)]
  /// Meters from the middle of the road.
  let offsetMeters: Double
  /// Per meter.
  let curvature: Double
  let horizonShift: Double
  /// Where on the route: moves all textures.
  let positionMeters: Double
  /// How strong the surface's state is, 0...1.
  let severity: Double
  /// Over the automatic exposure.
  let exposure: Double

  init(_ route: RoadRoute, _ surface: RoadSurface, stream: inout RandomStream) {
    let isSunny = stream.uniform() < (surface == .wet ? 0.2 : 0.45)
    let isDusk = stream.uniform() < 0.25
    // From lamps and low sun to the blue of open shade.
    let warmth = stream.uniform(from: -0.2, to: 0.2) + (isDusk ? 0.1 : 0)
    let white = Light(1 + warmth, 1, 1 - warmth)
    let brightness = isDusk ? stream.uniform(from: 0.1, to: 0.3) : stream.uniform(from: 0.5, to: 1)
    let blue = isSunny ? stream.uniform(from: 0.3, to: 0.8) : stream.uniform(from: 0, to: 0.15)
    skyNear = white * brightness * Light(1 - 0.15 * blue, 1, 1)
    skyHigh = white * brightness * Light(1 - 0.7 * blue, 1 - 0.4 * blue, 1)
    sun = isSunny ? white * brightness * stream.uniform(from: 0.8, to: 2) : .zero
    ambient = white * brightness * 0.8
    sunColumn = stream.uniform(from: -0.8, to: 0.8)
    shade = isSunny && stream.uniform() < route.shade ? stream.uniform(from: 0.3, to: 1) : 0
    let isWinter = stream.uniform() < (surface == .snow ? 0.85 : surface == .ice ? 0.6 : 0.3)
    vergeSnow = isWinter ? stream.uniform(from: 0.3, to: 1) : 0
    let lampCount = isDusk ? Int(stream.uniform(below: 4)) : 0
    lamps = (0..<lampCount).map { _ in
      (stream.uniform(from: -0.45, to: 0.45), stream.uniform(from: 1, to: 4))
    }
    offsetMeters = stream.uniform(from: -0.5, to: 0.5) * route.halfWidthMeters
    curvature = stream.uniform(from: -0.012, to: 0.012)
    horizonShift = stream.uniform(from: -0.03, to: 0.03)
    positionMeters = stream.uniform(from: 0, to: 10_000)
    severity = stream.uniform()
    exposure = stream.uniform(from: 0.75, to: 1.3)
  }
}
