/// The report as tables for a terminal.
extension RunReport {
  public func table(style: TerminalStyle) -> String {
    var lines = [style.bold("\(scenario): \(description)"), ""]
    var factTable = TextTable([.left, .left])
    for fact in facts { factTable.add([fact.name, fact.text]) }
    lines += factTable.lines
    for group in groups {
      lines += ["", style.bold(group)] + metricTable(of: group).lines
    }
    lines += ["", style.bold("verdict")] + verdicts(style: style)
    lines += ["", Self.legend]
    return lines.joined(separator: "\n") + "\n"
  }

  private static let legend = """
    A figure is the nominal one; in brackets its range over the 90 % interval of the device's costs;
    after ± its 95 % confidence interval, for what was counted. A late answer is a wrong answer.
    """

  /// Headings in the order of their first metric.
  private var groups: [String] {
    devices.flatMap(\.metrics).reduce(into: []) { names, metric in
      if !names.contains(metric.group) { names.append(metric.group) }
    }
  }

  private func metricTable(of group: String) -> TextTable {
    var table = TextTable([.left] + devices.flatMap { _ in [TextTable.Alignment.right, .left] })
    table.add([""] + devices.flatMap { [$0.device, ""] })
    let names = devices.flatMap(\.metrics).reduce(into: [String]()) { names, metric in
      if metric.group == group, !names.contains(metric.name) { names.append(metric.name) }
    }
    for name in names {
      let cells = devices.flatMap { device in
        let metric = device.metrics.first { $0.group == group && $0.name == name }
        return [metric?.valueText ?? "-", metric?.errorText ?? ""]
      }
      table.add([name] + cells)
    }
    return table
  }

  private func verdicts(style: TerminalStyle) -> [String] {
    devices.flatMap { device in
      device.violations.isEmpty
        ? ["\(device.device): every budget is kept"]
        : device.violations.map { style.red("\(device.device): \($0)") }
    }
  }
}

extension Metric {
  var valueText: String { value.map { NumberFormat.text($0, unit) } ?? "-" }

  /// Range over the costs and confidence interval, where they say something.
  var errorText: String {
    var parts: [String] = []
    if let costRange, costRange.lowerBound < costRange.upperBound {
      let low = NumberFormat.text(costRange.lowerBound, unit)
      let high = NumberFormat.text(costRange.upperBound, unit)
      if low != high { parts.append("[\(low) … \(high)]") }
    }
    if let confidence {
      let low = NumberFormat.text(confidence.low, unit)
      let high = NumberFormat.text(confidence.high, unit)
      parts.append("±(\(low) … \(high))")
    }
    return parts.joined(separator: " ")
  }
}
