import NeuralNetworks

/// All that the simulated world knows of a network on a device.
public struct ServiceProfile: Sendable, Equatable {
  public var model: String
  public var device: String
  public var operatingPoint: String
  public var runtime: String
  public var inferenceSeconds: Estimate
  public var inferenceJoules: Estimate
  /// Nil when the scenario has no front end, or the runtime no price for it.
  public var frontEndHopSeconds: Estimate?
  public var frontEndHopJoules: Estimate?
  /// Peak of the activations plus the variables.
  public var arenaBytes: Int
  /// The model, and the runtime's code where its size is known.
  public var flashBytes: Int
  public var verdicts: [Verdict]

  /// - Parameters:
  ///   - arenaBytes: activations as the device's planner lays them out, and variables.
  ///   - modelBytes: size of the model file.
  public init(
    model: String, workload: NetworkWorkload, arenaBytes: Int, modelBytes: Int, device: Device,
    runtime: Runtime, operatingPoint: OperatingPoint, frontEnd: FrontEnd?
  ) {
    let costs = CostModel(runtime: runtime, operatingPoint: operatingPoint)
    let inference = costs.cost(of: workload)
    let hop = frontEnd.flatMap { costs.cost(of: $0) }
    self.model = model
    self.device = device.name
    self.operatingPoint = operatingPoint.name
    self.runtime = runtime.name
    inferenceSeconds = inference.total.seconds
    inferenceJoules = inference.total.joules
    frontEndHopSeconds = hop?.seconds
    frontEndHopJoules = hop?.joules
    self.arenaBytes = arenaBytes
    flashBytes = modelBytes + Int(runtime.codeBytes?.estimate.nominal ?? 0)
    verdicts = inference.verdicts
    let ram = Int(device.memory.ramBytes.estimate.nominal)
    let flash = Int(device.memory.flashBytes.estimate.nominal)
    if arenaBytes > ram {
      verdicts.append(.doesNotFitRAM(neededBytes: arenaBytes, availableBytes: ram))
    }
    if flashBytes > flash {
      verdicts.append(.doesNotFitFlash(neededBytes: flashBytes, availableBytes: flash))
    }
  }
}
