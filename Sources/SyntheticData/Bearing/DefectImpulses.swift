import ReproducibleMath

/// The blows that a defect gives while the shaft turns.
///
/// A blow falls each time a rolling element meets the defect, but for slip: the angles between
/// blows vary at random. Its height follows the load at the place (Stribeck's distribution), so
/// that it is steady for the outer race, swings with the shaft for the inner race, and with the
/// cage for a ball, which strikes the two races in turn.
/// Source: Randall and Antoni 2011, sections 2.1 and 2.2; load zone: McFadden and Smith 1984.
struct DefectImpulses: Sendable {
  let geometry: BearingGeometry
  let condition: BearingCondition

  /// Seconds and heights of the blows in `0..<duration`, by time. O(blows).
  func blows(
    duration: Double, stream: inout RandomStream
  ) -> [(seconds: Double, height: Double)] {
    guard condition.fault != .healthy else { return [] }
    let turnsBetween = 1 / blowsPerTurn
    var turns = turnsBetween * stream.uniform()
    let end = condition.shaftTurns(at: duration)
    var blows: [(seconds: Double, height: Double)] = []
    while turns < end {
      let height = force(turns: turns, number: blows.count) * stream.uniform(from: 0.85, to: 1.15)
      blows.append((seconds(ofTurns: turns), height))
      turns += turnsBetween * max(1 + condition.slip * stream.normal(), 0.2)
    }
    return blows
  }

  private var blowsPerTurn: Double {
    switch condition.fault {
    case .healthy: 0
    case .innerRace: geometry.innerRacePassesPerTurn
    case .outerRace: geometry.outerRacePassesPerTurn
    case .ball: 2 * geometry.elementTurnsPerTurn
    }
  }

  /// The wider the defect and the greater the load, the harder the blow.
  private func force(turns: Double, number: Int) -> Double {
    let height = 2.5 * (condition.defectMillimeters / 0.36) * (0.6 + 0.4 * condition.load)
    switch condition.fault {
    case .healthy: return 0
    case .outerRace: return height * loadShare(angle: condition.defectAngle)
    case .innerRace: return height * loadShare(angle: 2 * .pi * turns + condition.shaftPhase)
    case .ball:
      let angle = 2 * .pi * turns * geometry.cageTurnsPerTurn + condition.shaftPhase
      // Seen from the sensor, the inner race is behind the elements.
      return height * loadShare(angle: angle) * (number.isMultiple(of: 2) ? 1 : 0.6)
    }
  }

  /// Stribeck's distribution of a radial load over the angle from its direction, and some preload.
  private func loadShare(angle: Double) -> Double {
    let clearance = 0.5
    let depth = 1 - (1 - ReproducibleMath.cos(angle)) / (2 * clearance)
    return 0.1 + 0.9 * (depth > 0 ? depth * depth.squareRoot() : 0)
  }

  /// The inverse of `shaftTurns`: two steps of Newton's method from steady speed.
  private func seconds(ofTurns turns: Double) -> Double {
    var seconds = turns / condition.shaftHertz
    for _ in 0..<2 { seconds += (turns - condition.shaftTurns(at: seconds)) / condition.shaftHertz }
    return seconds
  }
}
