/// The report as tables for a terminal.
extension RunReport {
  public func table(style: TerminalStyle) -> String {
    var lines = [style.bold(scenario)] + description.wrapped(width: 100) + [""]
    var factTable = TextTable([.left, .left])
    for fact in facts { factTable.add([fact.name, fact.text]) }
    lines += factTable.lines + ["", style.bold("devices")] + deviceTable.lines
    for group in groups {
      lines += ["", style.bold(group)] + metricTable(of: group).lines
    }
    lines += ["", style.bold("verdict")] + verdicts(style: style)
    lines += ["", Self.legend]
    return lines.joined(separator: "\n") + "\n"
  }

  private static let legend = """
    Figures are at the devices' nominal costs. [a … b]: range over the 90 % interval of those costs.
    (a … b): 95 % confidence interval of what was counted. -: not known, or nothing to say.
    """

  private var deviceTable: TextTable {
    var table = TextTable([.left, .left, .left, .left, .left])
    table.add(["device", "title", "runtime", "arithmetic", "operating point"])
    for device in devices {
      table.add([
        device.device, device.title, device.runtime, device.arithmetic, device.operatingPoint,
      ])
    }
    return table
  }

  /// Headings in the order of their first metric.
  private var groups: [String] {
    devices.flatMap(\.metrics).reduce(into: []) { names, metric in
      if !names.contains(metric.group) { names.append(metric.group) }
    }
  }

  private func metricTable(of group: String) -> TextTable {
    var table = TextTable([.left] + devices.flatMap { _ in [TextTable.Alignment.right, .left] })
    table.add([""] + devices.flatMap { [$0.device, ""] })
    for name in metricNames(of: group) {
      let cells = devices.flatMap { device in
        let metric = device.metrics.first { $0.group == group && $0.name == name }
        return [metric?.valueText ?? "-", metric?.errorText ?? ""]
      }
      table.add([name] + cells)
    }
    return table
  }

  /// Names of all devices' metrics; what only one device has stands where it stands there.
  private func metricNames(of group: String) -> [String] {
    var names: [String] = []
    for device in devices {
      var next = 0
      for metric in device.metrics where metric.group == group {
        let place = names.firstIndex(of: metric.name) ?? next
        if place == next, !names.contains(metric.name) { names.insert(metric.name, at: next) }
        next = place + 1
      }
    }
    return names
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
      parts.append("(\(low) … \(high))")
    }
    return parts.joined(separator: " ")
  }
}
