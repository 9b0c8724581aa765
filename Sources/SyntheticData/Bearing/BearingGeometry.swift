import ReproducibleMath

/// The rolling elements of a bearing and the frequencies at which its defects are hit.
///
/// Source: Randall and Antoni 2011, "Rolling element bearing diagnostics: a tutorial", equations
/// 1 to 4.
public struct BearingGeometry: Sendable, Equatable {
  public var elementCount: Int
  public var elementDiameterMillimeters: Double
  public var pitchDiameterMillimeters: Double
  public var contactAngleRadians: Double

  /// SKF 6205-2RS JEM, the drive end bearing of the recordings of Case Western Reserve University.
  public static let skf6205 = BearingGeometry(
    elementCount: 9, elementDiameterMillimeters: 7.94, pitchDiameterMillimeters: 39.04,
    contactAngleRadians: 0)

  private var ratio: Double {
    elementDiameterMillimeters / pitchDiameterMillimeters
      * ReproducibleMath.cos(contactAngleRadians)
  }

  /// Elements that pass a place of the outer race, by turn of the shaft (BPFO).
  public var outerRacePassesPerTurn: Double { Double(elementCount) / 2 * (1 - ratio) }
  /// Elements that pass a place of the inner race (BPFI).
  public var innerRacePassesPerTurn: Double { Double(elementCount) / 2 * (1 + ratio) }
  /// Turns of an element about itself (BSF); a defect of it strikes twice in each.
  public var elementTurnsPerTurn: Double {
    pitchDiameterMillimeters / (2 * elementDiameterMillimeters) * (1 - ratio * ratio)
  }
  /// Turns of the cage (FTF).
  public var cageTurnsPerTurn: Double { (1 - ratio) / 2 }
}
