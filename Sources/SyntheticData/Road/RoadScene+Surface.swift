import ReproducibleMath

/// The road itself: asphalt with marks, and what lies on it or is broken in it.
extension RoadScene {
  func road(_ point: RoadPoint) -> Light {
    let light = irradiance(point)
    switch surface {
    case .dry: return dryAlbedo(point, contrast: 1) * light
    case .wet: return wet(point, light)
    case .snow: return snow(point, light)
    case .ice: return ice(point, light)
    case .damaged:
      let place = SIMD2(point.lateral, point.distance)
      return dryAlbedo(point, contrast: 1) * light
        * damage.shading(place, footprint: point.footprint)
    }
  }

  /// Asphalt with its grain, stains, seams and marks.
  ///
  /// - Parameter contrast: of the grain; a film of water or ice fills it.
  private func dryAlbedo(_ point: RoadPoint, contrast: Double) -> Light {
    let grain = route.noise.octaves(
      4, point.lateral, point.along, size: 0.25, footprint: point.footprint)
    let stains = route.noise.octaves(2, point.lateral + 50, point.along / 3, size: 1.8)
    var albedo =
      route.asphalt * max(1 + contrast * route.grain * grain + 0.22 * stains, 0.2)
    for seam in route.seams {
      let wander = 0.12 * route.noise.value(point.along / 3, seam)
      let distance = (point.lateral - seam - wander).magnitude
      let reach = max(0.04, point.footprint)
      let cover = ValueNoise.step(reach - distance, from: 0, to: 0.6 * reach) * 0.04 / reach
      albedo *= 1 - 0.6 * cover
    }
    return Light.mix(albedo, route.markAlbedo, markCover(point) * (0.75 + 0.4 * grain))
  }

  /// The share of a pixel that paint covers: edges are solid, the middle of two lanes is dashed.
  private func markCover(_ point: RoadPoint) -> Double {
    func line(at position: Double) -> Double {
      let reach = max(0.09, point.footprint)
      let distance = (point.lateral - position).magnitude
      return ValueNoise.step(reach - distance, from: 0, to: 0.5 * reach) * 0.09 / reach
    }
    var cover = 0.0
    if route.hasEdgeMarks {
      let edge = route.halfWidthMeters - 0.35
      cover = max(line(at: edge), line(at: -edge))
    }
    let phase = point.along / 9
    if route.laneCount == 2, phase - phase.rounded(.down) < 0.45 { cover = max(cover, line(at: 0)) }
    return min(cover, 1)
  }

  /// A film that darkens the asphalt and mirrors what is above the horizon; puddles mirror more.
  private func wet(_ point: RoadPoint, _ light: Light) -> Light {
    let depth = route.noise.octaves(
      3, point.lateral * 1.4, point.along * 0.6 + 300, size: 2.2, footprint: point.footprint)
    let puddle = ValueNoise.step(depth + 0.7 * moment.severity, from: 0.45, to: 0.65)
    let film = 0.35 + 0.5 * moment.severity
    let dark = 1 - (0.25 + 0.35 * moment.severity) * (0.6 + 0.4 * puddle)
    let diffuse = dryAlbedo(point, contrast: 1 - 0.6 * film) * light * dark
    let ripple = route.noise.octaves(
      2, point.lateral * 3, point.along, size: 0.5, footprint: point.footprint)
    let share = fresnel(point) * ValueNoise.mix(0.45 * film, 0.95, puddle)
    let mirror = reflection(
      point, roughness: ValueNoise.mix(0.12, 0.015, puddle), ripple: ripple)
    return diffuse + mirror * share
  }

  /// White between tracks where wheels have laid the asphalt bare, or thin and torn by wind.
  private func snow(_ point: RoadPoint, _ light: Light) -> Light {
    let bumps = route.noise.octaves(
      4, point.lateral, point.along * 0.5 + 900, size: 0.9, footprint: point.footprint)
    let wheel = ((point.lateral - moment.offsetMeters).magnitude - 0.75).magnitude
    let track = 1 - ValueNoise.step(wheel + 0.15 * bumps, from: 0.12, to: 0.32)
    let depth = 0.15 + 0.9 * moment.severity
    let cover = ValueNoise.step(depth + 0.8 * bumps - 0.75 * track, from: -0.05, to: 0.3)
    let slush = dryAlbedo(point, contrast: 0.5) * 0.6
    let white = Light(0.74, 0.77, 0.8) * (1 + 0.14 * bumps)
    return Light.mix(slush, white, cover) * light
  }

  /// A glaze that fills the grain, bluish, with frost at its rims and bright highlights.
  private func ice(_ point: RoadPoint, _ light: Light) -> Light {
    let shape = route.noise.octaves(
      3, point.lateral * 0.9 + 70, point.along * 0.5, size: 2, footprint: point.footprint)
    let level = shape + 0.35 + 0.4 * moment.severity
    let glaze = ValueNoise.step(level, from: 0.25, to: 0.45)
    let frost = glaze * (1 - ValueNoise.step(level, from: 0.45, to: 0.75))
    let clear = dryAlbedo(point, contrast: 1 - 0.85 * glaze)
    let thickness = 0.2 + 0.3 * moment.severity
    let blue = Light(0.34, 0.41, 0.49)
    let body = Light.mix(clear, Light.mix(clear * 0.8, blue, thickness), glaze)
    let albedo = Light.mix(body, Light(0.55, 0.6, 0.66), 0.4 * frost)
    let mirror = reflection(point, roughness: 0.06, ripple: 0)
    return albedo * light + mirror * (0.55 * glaze * fresnel(point))
      + highlight(point, glaze: glaze)
  }

  /// Sparkles of sun and sky where the ice is wavy.
  private func highlight(_ point: RoadPoint, glaze: Double) -> Light {
    let waves = route.noise.octaves(
      3, point.lateral * 2 + 11, point.along * 0.5, size: 0.8, footprint: point.footprint)
    let sharp = ValueNoise.step(waves, from: 0.3, to: 0.6) * glaze
    let off = point.column - moment.sunColumn
    let lobe = 1 / (1 + 12 * off * off)
    return moment.skyNear * (0.35 * sharp) + moment.sun * (0.8 * sharp * lobe)
  }

  /// What the ground mirrors: the surroundings as high above the horizon as the point is below,
  /// spread upward by roughness.
  private func reflection(_ point: RoadPoint, roughness: Double, ripple: Double) -> Light {
    let elevation = point.below * (1 + 0.5 * ripple)
    var sum = Light.zero
    for step in 0..<3 {
      let spread = Double(step) * roughness
      sum += surroundings(
        column: point.column + 0.01 * ripple, elevation: max(elevation + spread - roughness, 0.001))
    }
    return sum / 3
  }

  /// Schlick's approximation for water and ice; roads are seen at grazing angles.
  private func fresnel(_ point: RoadPoint) -> Double {
    let height = route.cameraHeightMeters
    let cosine = height / (height * height + point.distance * point.distance).squareRoot()
    let rest = 1 - cosine
    return 0.02 + 0.98 * rest * rest * rest * rest * rest
  }
}
