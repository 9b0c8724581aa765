import ReproducibleMath

/// One view along a road: light that comes from any direction in front of the camera.
///
/// **Model card.** A pinhole camera at the height of a windscreen looks over a plane, on which a
/// road of constant curvature lies; surroundings are a silhouette before a sky of two colors.
/// Surfaces are diffuse; water and ice reflect the surroundings by Schlick's approximation of
/// Fresnel's law (1994). There are no other vehicles, and nothing in the surroundings has a shape
/// of its own.
struct RoadScene: Sendable {
  let route: RoadRoute
  let moment: RoadMoment
  let surface: RoadSurface
  let damage: RoadDamage

  init(seed: UInt64, place: SamplePlace) {
    let surface = RoadSurface.allCases[place.label]
    var stream = RandomStream(
      seed: seed, name: "road/frame/\(place.group)/\(place.label)/\(place.number)")
    route = RoadRoute(seed: seed, group: place.group)
    moment = RoadMoment(route, surface, stream: &stream)
    self.surface = surface
    damage =
      surface == .damaged
      ? RoadDamage(
        halfWidthMeters: route.halfWidthMeters, severity: moment.severity, stream: &stream)
      : RoadDamage()
  }

  /// The horizon's row, in image heights.
  var horizon: Double { route.horizon + moment.horizonShift }

  /// Light at a place of the image.
  ///
  /// - Parameters:
  ///   - column: image heights from the middle, to the right.
  ///   - row: image heights from the top.
  ///   - pixel: size of a pixel in image heights.
  func light(column: Double, row: Double, pixel: Double) -> Light {
    let below = row - horizon
    guard below > 0.004 else { return surroundings(column: column, elevation: -below) }
    let distance = route.cameraHeightMeters * route.focalLength / below
    let lateral = column * distance / route.focalLength
    let point = RoadPoint(
      lateral: lateral + moment.offsetMeters - moment.curvature * distance * distance / 2,
      distance: distance, along: distance + moment.positionMeters, column: column, below: below,
      footprint: pixel * distance / route.focalLength * max(1, 0.3 * distance))
    let ground =
      point.lateral.magnitude < route.halfWidthMeters ? road(point) : verge(point)
    // Haze: distance takes on the sky's color.
    return Light.mix(ground, moment.skyNear, min(distance / 400, 0.6))
  }

  /// Sky, scenery and lamps; `elevation` in image heights above the horizon.
  func surroundings(column: Double, elevation: Double) -> Light {
    let silhouette =
      route.sceneryHeight
      * (0.55 + 0.6 * route.noise.octaves(3, column * 6 + moment.positionMeters / 40, 5, size: 1))
    var light =
      elevation < silhouette
      ? scenery(column: column, elevation: elevation)
      : Light.mix(moment.skyNear, moment.skyHigh, min(max(elevation, 0) * 2, 1))
    for lamp in moment.lamps {
      let (dx, dy) = (column - lamp.column, elevation - 0.03)
      light += Light(1, 0.85, 0.6) * lamp.brightness / (1 + 4000 * (dx * dx + dy * dy))
    }
    return light
  }

  private func scenery(column: Double, elevation: Double) -> Light {
    let texture = route.noise.octaves(3, column + moment.positionMeters, elevation, size: 0.12)
    let snowy = Light.mix(route.scenery, .gray(0.5), 0.5 * moment.vergeSnow)
    return snowy * (1 + 0.7 * texture) * (moment.ambient + moment.sun * 0.4)
  }

  private func verge(_ point: RoadPoint) -> Light {
    let texture = route.noise.octaves(
      3, point.lateral, point.along, size: 0.7, footprint: point.footprint)
    let isSnow = ValueNoise.step(texture + 2 * moment.vergeSnow, from: 0.6, to: 1)
    let albedo = Light.mix(route.verge * (1 + 0.6 * texture), .gray(0.72 + 0.08 * texture), isSnow)
    return albedo * irradiance(point)
  }

  /// Sun and sky on the ground, with the shadows of trees.
  func irradiance(_ point: RoadPoint) -> Light {
    guard moment.shade > 0 else { return moment.ambient + moment.sun }
    let leaves = route.noise.octaves(
      3, point.lateral * 0.8 + 31, point.along + 7, size: 2.5, footprint: point.footprint)
    let shadow = moment.shade * ValueNoise.step(leaves, from: -0.05, to: 0.2)
    return moment.ambient + moment.sun * (1 - shadow)
  }
}

/// A place on the ground, as the camera sees it.
struct RoadPoint: Sendable {
  /// Meters from the middle of the road.
  var lateral: Double
  /// Meters ahead of the camera.
  var distance: Double
  /// Meters along the route: where textures are fixed.
  var along: Double
  /// Where in the image: image heights from the middle, and below the horizon.
  var column: Double
  var below: Double
  /// Meters that a pixel covers.
  var footprint: Double
}
