import NeuralNetworks
import Testing

@testable import DeviceModels

private func figure(_ low: Double, _ nominal: Double, _ high: Double) -> Figure {
  Figure(
    estimate: Estimate(low: low, nominal: nominal, high: high), grade: .assumed, citation: "test")
}

private func figure(_ value: Double) -> Figure { figure(value, value, value) }

private let convolution = OperatorWorkload(
  name: "CONV_2D", operatorClass: .convolution, elementType: .int8, macs: 1000,
  outputElements: 10, weightBytes: 50, inputBytes: 30, outputBytes: 20)

private func runtime(residual: Figure = figure(1)) -> Runtime {
  Runtime(
    name: "r", arithmetic: "double-rounding", cyclesPerInference: figure(200),
    cyclesPerOperator: figure(100),
    prices: [
      OperatorPrice(
        operatorClass: .convolution, elementType: .int8, cyclesPerMAC: figure(1, 2, 4),
        cyclesPerElement: figure(3), cyclesPerByte: figure(0.5))
    ], frontEnds: [FrontEndPrice(name: "micro", cyclesPerHop: figure(1000))],
    codeBytes: figure(600), residual: residual)
}

private let point = OperatingPoint(
  name: "p", clockHertz: figure(1000), activePower: figure(0.01, 0.02, 0.03), powerScope: "chip")

@Suite("Cost model")
struct CostModelTests {
  @Test("Cycles add up by the formula, and the bounds follow the figures' bounds")
  func formula() {
    let cost = CostModel(runtime: runtime(), operatingPoint: point)
      .cost(of: NetworkWorkload(operators: [convolution], arenaBytes: 0))
    // 200 + 100 + 1000 x {1, 2, 4} + 10 x 3 + 100 x 0.5
    #expect(cost.total.cycles == Estimate(low: 1380, nominal: 2380, high: 4380))
    #expect(cost.total.seconds.nominal == 2.38)
    #expect(abs(cost.total.joules.high - 4.38 * 0.03) < 1e-12)
    #expect(cost.verdicts.isEmpty)
  }

  @Test("The residual widens the whole, overhead included")
  func residual() {
    let cost = CostModel(runtime: runtime(residual: figure(0.5, 1, 2)), operatingPoint: point)
      .cost(of: NetworkWorkload(operators: [convolution], arenaBytes: 0))
    #expect(cost.total.cycles == Estimate(low: 690, nominal: 2380, high: 8760))
  }

  @Test("An operator without a price is a verdict with its index")
  func unsupported() {
    var float = convolution
    float.elementType = .float32
    let cost = CostModel(runtime: runtime(), operatingPoint: point)
      .cost(of: NetworkWorkload(operators: [convolution, float], arenaBytes: 0))
    #expect(
      cost.verdicts == [
        .operatorNotSupported(
          index: 1, name: "CONV_2D", operatorClass: .convolution, elementType: .float32)
      ])
  }

  @Test("A model that does not fit says what it needs and what there is")
  func memory() {
    let device = Device(
      name: "d", title: "D", kind: .iotNode, summary: "s", processors: [],
      operatingPoints: [point], idleStates: [],
      memory: Memory(flashBytes: figure(1000), ramBytes: figure(64)), battery: nil,
      audioInputPower: nil, runtimes: [runtime()])
    let profile = ServiceProfile(
      model: "m", workload: NetworkWorkload(operators: [convolution], arenaBytes: 0),
      arenaBytes: 65,
      modelBytes: 401, device: device, runtime: runtime(), operatingPoint: point,
      frontEnd: .named("micro"))
    #expect(
      profile.verdicts == [
        .doesNotFitRAM(neededBytes: 65, availableBytes: 64),
        .doesNotFitFlash(neededBytes: 1001, availableBytes: 1000),
      ])
    #expect(profile.frontEndHopSeconds == Estimate(1))
  }
}
