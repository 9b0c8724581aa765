import Inference
import NeuralNetworks

/// `edgesim infer --profile`: what every operator cost on this machine. Not a device's figures.
struct HostProfile {
  private static let columns = [
    "step", "operator", "operation", "kernel", "MACs", "seconds", "share", "MACs per second",
  ]

  private let plan: ExecutionPlan
  private let times: OperatorTimes

  init(_ plan: ExecutionPlan, _ times: OperatorTimes) {
    self.plan = plan
    self.times = times
  }

  private struct Row {
    var step, index: Int
    var operation, kernel: String
    var macs: Int
    /// Mean of the invocations.
    var seconds: Double
    var share: Double
    var macsPerSecond: Double { seconds > 0 ? Double(macs) / seconds : 0 }
  }

  private var rows: [Row] {
    let workload = plan.network.workload()
    let total = times.nanoseconds.reduce(0, +)
    return plan.order.enumerated().map { step, index in
      let nanoseconds = Double(times.nanoseconds[step])
      return Row(
        step: step, index: index, operation: workload.operators[index].name,
        kernel: plan.kernelNames[index], macs: workload.operators[index].macs,
        seconds: nanoseconds * 1e-9 / Double(max(times.invocationCount, 1)),
        share: total > 0 ? nanoseconds / Double(total) : 0)
    }
  }

  /// For people, with a line for the sum.
  var table: String {
    var table = TextTable([.right, .right, .left, .left, .right, .right, .right, .right])
    table.add(["step", "operator", "operation", "kernel", "MACs", "time", "share", "MAC/s"])
    var (macs, seconds) = (0, 0.0)
    for row in rows {
      (macs, seconds) = (macs + row.macs, seconds + row.seconds)
      table.add([
        "\(row.step)", "\(row.index)", row.operation, row.kernel, "\(row.macs)",
        NumberFormat.text(row.seconds, .seconds), NumberFormat.text(row.share, .share),
        NumberFormat.text(row.macsPerSecond, .count),
      ])
    }
    table.add(["", "", "all", "", "\(macs)", NumberFormat.text(seconds, .seconds)])
    let heading = "mean of \(times.invocationCount) invocations on this machine"
    return ([heading] + table.lines).joined(separator: "\n") + "\n"
  }

  /// For programs, in seconds.
  var csv: String {
    CSVFile.text(
      header: Self.columns,
      rows: rows.map {
        [
          "\($0.step)", "\($0.index)", $0.operation, $0.kernel, "\($0.macs)", "\($0.seconds)",
          "\($0.share)", "\($0.macsPerSecond)",
        ]
      })
  }
}
