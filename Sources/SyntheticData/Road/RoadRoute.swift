import ReproducibleMath

/// What all frames of one route share: the road, what lies beside it, and the vehicle's camera.
struct RoadRoute: Sendable {
  /// Albedo of the dry asphalt, and its tint.
  let asphalt: Light
  /// Contrast of the asphalt's grain.
  let grain: Double
  let halfWidthMeters: Double
  let laneCount: Int
  let markAlbedo: Light
  let hasEdgeMarks: Bool
  /// Lengthwise seams of sealed joints, in meters from the middle: dark lines that are no damage.
  let seams: [Double]
  /// Green, brown or gray ground beside the road.
  let verge: Light
  /// What stands along the horizon, and how high (in image heights).
  let scenery: Light
  let sceneryHeight: Double
  /// The chance of shadows of trees on a sunny day.
  let shade: Double
  let cameraHeightMeters: Double
  /// In image heights.
  let focalLength: Double
  /// The horizon's row, in image heights from the top.
  let horizon: Double
  /// Standard deviation of the sensor's noise at full light.
  let sensorNoise: Double
  let blurPixels: Double
  let noise: ValueNoise

  init(seed: UInt64, group: Int) {
    var stream = RandomStream(seed: seed, name: "road/route/\(group)")
    let tone = stream.uniform(from: 0.1, to: 0.34)
    let tint = stream.uniform(from: -0.06, to: 0.06)
    asphalt = Light(tone * (1 + tint), tone, tone * (1 - tint))
    grain = stream.uniform(from: 0.15, to: 0.45)
    halfWidthMeters = stream.uniform(from: 2.8, to: 5.2)
    laneCount = Int(stream.uniform(below: 2)) + 1
    markAlbedo = stream.uniform() < 0.25 ? Light(0.62, 0.5, 0.16) : .gray(0.62)
    hasEdgeMarks = stream.uniform() < 0.7
    let seamCount = Int(stream.uniform(below: 3))
    let width = halfWidthMeters
    seams = (0..<seamCount).map { _ in stream.uniform(from: -0.8, to: 0.8) * width }
    let grounds = [Light(0.09, 0.16, 0.05), Light(0.2, 0.17, 0.1), Light(0.22, 0.21, 0.2)]
    verge = grounds[Int(stream.uniform(below: 3))] * stream.uniform(from: 0.6, to: 1.4)
    let sights = [Light(0.05, 0.09, 0.04), Light(0.12, 0.12, 0.14), Light(0.25, 0.2, 0.17)]
    scenery = sights[Int(stream.uniform(below: 3))] * stream.uniform(from: 0.6, to: 1.4)
    sceneryHeight = stream.uniform(from: 0.04, to: 0.25)
    shade = stream.uniform()
    cameraHeightMeters = stream.uniform(from: 1.15, to: 1.6)
    focalLength = stream.uniform(from: 0.8, to: 1.15)
    horizon = stream.uniform(from: 0.3, to: 0.45)
    sensorNoise = stream.uniform(from: 0.006, to: 0.025)
    blurPixels = stream.uniform(from: 0.2, to: 0.9)
    noise = ValueNoise(seed: stream.next())
  }
}
