import NeuralNetworks

/// Prices a workload on a runtime at an operating point.
///
/// cycles = cycles/inference + sum over operators of (cycles/operator + MACs x cycles/MAC
/// + output elements x cycles/element + bytes x cycles/byte), times the runtime's residual;
/// seconds = cycles / clock; joules = seconds x active power.
///
/// Intervals combine bound by bound (all low, all high). Known limits: one core, one clock; no
/// cache, alignment or contention effects beyond the residual; power does not depend on the
/// operator. Bookkeeping operators cost `cyclesPerOperator` at most and here nothing.
public struct CostModel: Sendable {
  public let runtime: Runtime
  public let operatingPoint: OperatingPoint

  public init(runtime: Runtime, operatingPoint: OperatingPoint) {
    self.runtime = runtime
    self.operatingPoint = operatingPoint
  }

  /// O(operators x prices).
  public func cost(of workload: NetworkWorkload) -> InferenceCost {
    var operators: [OperatorCost] = []
    var verdicts: [Verdict] = []
    let overhead = cost(runtime.cyclesPerInference.estimate * runtime.residual.estimate)
    var total = overhead.cycles
    for (index, work) in workload.operators.enumerated() {
      let cycles = cycles(of: work)
      if cycles == nil {
        verdicts.append(
          .operatorNotSupported(
            index: index, name: work.name, operatorClass: work.operatorClass,
            elementType: work.elementType))
      }
      let price = cost(cycles ?? .zero)
      total = total + price.cycles
      operators.append(
        OperatorCost(
          name: work.name, operatorClass: work.operatorClass, macs: work.macs, cost: price))
    }
    return InferenceCost(
      operators: operators, overhead: overhead, total: cost(total), verdicts: verdicts)
  }

  /// Of one hop; nil when the runtime has no price for that front end.
  public func cost(of frontEnd: FrontEnd) -> Cost? {
    switch frontEnd {
    case .named(let name):
      runtime.frontEnds.first { $0.name == name }.map { cost($0.cyclesPerHop.estimate) }
    case .priced(let cyclesPerHop): cost(cyclesPerHop)
    }
  }

  private func cycles(of work: OperatorWorkload) -> Estimate? {
    if work.operatorClass == .bookkeeping { return .zero }
    guard let price = runtime.price(of: work) else { return nil }
    let bytes = work.weightBytes + work.inputBytes + work.outputBytes
    var cycles = runtime.cyclesPerOperator.estimate
    let parts = [
      (price.cyclesPerMAC, work.macs), (price.cyclesPerElement, work.outputElements),
      (price.cyclesPerByte, bytes),
    ]
    for case (let figure?, let count) in parts {
      cycles = cycles + figure.estimate * Double(count)
    }
    return cycles * runtime.residual.estimate
  }

  private func cost(_ cycles: Estimate) -> Cost {
    let seconds = cycles / operatingPoint.clockHertz.estimate
    return Cost(
      cycles: cycles, seconds: seconds, joules: seconds * operatingPoint.activePower.estimate)
  }
}
