import DeviceModels
import Inference
import NeuralNetworks

/// `edgesim inspect --stage profile`: what each operator costs on a device.
enum ProfileInspection {
  static func of(
    _ network: Network, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    let device = try DeviceLibrary(arguments).device(try arguments.required("--device"))
    let test = try DeviceUnderTest(
      device, runtime: arguments.value("--runtime"),
      operatingPoint: arguments.value("--operating-point"), file: "command line")
    let plan = try ModelLoader.plan(network, arithmetic: test.arithmetic, path: path)
    let workload = network.workload()
    let cost = CostModel(runtime: test.runtime, operatingPoint: test.operatingPoint)
      .cost(of: workload)
    let profile = ServiceProfile(
      model: network.name, workload: workload,
      arenaBytes: workload.arenaBytes + plan.variableBytes, modelBytes: network.fileByteCount,
      device: device, runtime: test.runtime, operatingPoint: test.operatingPoint, frontEnd: nil)
    return Inspection(
      stage: "profile", facts: facts(profile, test, cost),
      tables: [operators(cost)])
  }

  private static func facts(
    _ profile: ServiceProfile, _ test: DeviceUnderTest, _ cost: InferenceCost
  ) -> [(name: String, cell: Inspection.Cell)] {
    [
      ("model", .text(profile.model)), ("device", .text(profile.device)),
      ("runtime", .text(profile.runtime)), ("arithmetic", .text(test.arithmetic.rawValue)),
      ("operating point", .text(profile.operatingPoint)),
      ("time seconds", .number(cost.total.seconds.nominal, .seconds)),
      ("time seconds low", .number(cost.total.seconds.low, .seconds)),
      ("time seconds high", .number(cost.total.seconds.high, .seconds)),
      ("energy joules", .number(cost.total.joules.nominal, .joules)),
      ("energy joules low", .number(cost.total.joules.low, .joules)),
      ("energy joules high", .number(cost.total.joules.high, .joules)),
      ("arena bytes", .number(Double(profile.arenaBytes), .bytes)),
      ("flash bytes", .number(Double(profile.flashBytes), .bytes)),
      (
        "verdict",
        .text(
          profile.verdicts.isEmpty
            ? "fits" : profile.verdicts.map(\.text).joined(separator: "; "))
      ),
    ]
  }

  private static func operators(_ cost: InferenceCost) -> Inspection.Table {
    let total = cost.total.seconds.nominal
    func row(_ number: String, _ name: String, _ kind: String, _ macs: Int, _ cost: Cost)
      -> [Inspection.Cell]
    {
      [
        .text(number), .text(name), .text(kind), .int(macs),
        .number(cost.cycles.nominal, .count), .number(cost.seconds.nominal, .seconds),
        .number(cost.seconds.low, .seconds), .number(cost.seconds.high, .seconds),
        .number(cost.joules.nominal, .joules),
        .number(total > 0 ? cost.seconds.nominal / total : 0, .share),
      ]
    }
    let rows =
      [row("-", "invocation", "overhead", 0, cost.overhead)]
      + cost.operators.enumerated().map { index, op in
        row("\(index)", op.name, op.operatorClass.rawValue, op.macs, op.cost)
      }
    return Inspection.Table(
      name: "operators",
      columns: [
        "operator", "operation", "class", "MACs", "cycles", "time", "time low", "time high",
        "energy", "share",
      ],
      numeric: [
        "operator", "MACs", "cycles", "time", "time low", "time high", "energy", "share",
      ], rows: rows)
  }
}
