import ReproducibleMath

/// How a recording was made: all of it is in the manifest.
public struct BearingCondition: Sendable, Equatable {
  public let fault: BearingFault
  /// Diameter of the defect; 0 for a healthy bearing. Those of CWRU are 0.18, 0.36 and 0.53 mm.
  public let defectMillimeters: Double
  /// Mean speed of the shaft in the recording.
  public let shaftHertz: Double
  /// Share of the rated load, 0...1.
  public let load: Double
  /// How far the speed swings, as a share of it, and how often.
  let speedSwing: Double
  let swingHertz: Double
  /// Standard deviation of the time between impulses, as a share of it: elements slip.
  let slip: Double
  /// Where on the outer race the defect is, from the middle of the load zone, in radians.
  let defectAngle: Double
  let shaftPhase: Double

  init(_ machine: BearingMachine, fault: BearingFault, stream: inout RandomStream) {
    self.fault = fault
    let size = stream.uniform(from: 0.15, to: 0.55)
    defectMillimeters = fault == .healthy ? 0 : size
    load = stream.uniform()
    // An induction motor slows down under load.
    shaftHertz =
      machine.shaftHertz * (1 - 0.04 * load) * stream.uniform(from: 0.97, to: 1.03)
    speedSwing = stream.uniform(from: 0, to: 0.012)
    swingHertz = stream.uniform(from: 0.5, to: 4)
    slip = stream.uniform(from: 0.005, to: 0.02)
    defectAngle = stream.uniform(from: -0.6, to: 0.6)
    shaftPhase = stream.uniform(from: 0, to: 2 * .pi)
  }

  /// Turns of the shaft since the recording's start, of a speed that swings.
  func shaftTurns(at seconds: Double) -> Double {
    let swing = 2 * .pi * swingHertz
    return shaftHertz
      * (seconds + speedSwing / swing * (1 - ReproducibleMath.cos(swing * seconds)))
  }
}
