import ReproducibleMath

/// Frames of a camera behind a vehicle's windscreen, made by a seed: the same bytes on every
/// machine. `docs/data.md` states the model.
public struct RoadFrames: Sendable {
  public let width: Int
  public let height: Int
  public let seed: UInt64

  /// Sides that make sense.
  public static let sides = 8...1024
  /// The classes, in the order of their labels.
  public static let classNames = RoadSurface.allCases.map(\.name)

  /// - Precondition: both sides are in `sides`.
  public init(width: Int, height: Int, seed: UInt64) {
    precondition(RoadFrames.sides.contains(width) && RoadFrames.sides.contains(height))
    self.width = width
    self.height = height
    self.seed = seed
  }

  /// RGB pixels [height, width, 3] of a frame; its group is the route. O(pixels).
  ///
  /// - Parameter place: of one of five classes.
  public func pixels(_ place: SamplePlace) -> [UInt8] {
    let scene = RoadScene(seed: seed, place: place)
    var stream = RandomStream(
      seed: seed, name: "road/sensor/\(place.group)/\(place.label)/\(place.number)")
    let sensor = CameraSensor(
      width: width, height: height, blurPixels: scene.route.blurPixels,
      noise: scene.route.sensorNoise, exposure: scene.moment.exposure)
    return sensor.pixels(light(of: scene), stream: &stream)
  }

  /// Four rays a pixel.
  private func light(of scene: RoadScene) -> [Light] {
    let pixel = 1 / Double(height)
    let left = Double(width) * pixel / 2
    var result: [Light] = []
    result.reserveCapacity(width * height)
    for row in 0..<height {
      for column in 0..<width {
        var sum = Light.zero
        for part in 0..<4 {
          let (x, y) = (0.25 + 0.5 * Double(part & 1), 0.25 + 0.5 * Double(part >> 1))
          sum += scene.light(
            column: (Double(column) + x) * pixel - left, row: (Double(row) + y) * pixel,
            pixel: pixel / 2)
        }
        result.append(sum / 4)
      }
    }
    return result
  }
}
