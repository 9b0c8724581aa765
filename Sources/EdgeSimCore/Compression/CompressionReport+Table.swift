import Compression

/// The report as tables for a terminal.
extension CompressionReport {
  func table(style: TerminalStyle) -> String {
    var lines = [style.bold(recipe)] + description.wrapped(width: 100) + [""]
    var factTable = TextTable([.left, .left])
    for fact in facts { factTable.add([fact.name, fact.text]) }
    lines += factTable.lines + ["", style.bold("variants")] + variantTable.lines
    lines += ["", style.bold("steps")] + stepTable.lines
    for device in deviceNames {
      lines += ["", style.bold("does it pay on \(device)?")] + deviceTable(device).lines
    }
    lines += ["", Self.legend]
    return lines.joined(separator: "\n") + "\n"
  }

  private static let legend = """
    (a … b): 95 % confidence interval of what was counted. [a … b]: 90 % interval of the device's
    costs. *: no other variant is faster and more right there. Effective MACs leave out weights of
    zero; time and energy do not, as no runtime described here skips zeros.
    """

  private var qualityName: String {
    objective == .classification ? "accuracy" : "ROC area"
  }

  private var variantTable: TextTable {
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right, .right, .left])
    table.add([
      "variant", "file", "smaller", "MACs", "fewer", "effective", "zeros", qualityName, "",
    ])
    for variant in variants {
      let (size, base) = (variant.result.size, first?.result.size ?? variant.result.size)
      table.add(
        [
          variant.name, NumberFormat.text(Double(size.fileBytes), .bytes),
          ratio(base.fileBytes, size.fileBytes), count(size.macs), ratio(base.macs, size.macs),
          count(size.effectiveMACs), NumberFormat.text(size.sparsity, .share),
        ] + quality(variant.result.score))
    }
    return table
  }

  private var stepTable: TextTable {
    var table = TextTable([.left, .left, .right, .right, .right, .right, .left])
    table.add(["variant", "after", "file", "MACs", "zeros", qualityName, ""])
    for variant in variants {
      for stage in variant.stages {
        table.add(
          [
            variant.name, stage.step + (stage.note.map { " (\($0))" } ?? ""),
            NumberFormat.text(Double(stage.size.fileBytes), .bytes),
            count(stage.size.macs), NumberFormat.text(stage.size.sparsity, .share),
          ] + quality(stage.score))
      }
    }
    return table
  }

  private var deviceNames: [String] {
    variants.flatMap(\.devices).reduce(into: []) { names, entry in
      if !names.contains(entry.device) { names.append(entry.device) }
    }
  }

  private func deviceTable(_ device: String) -> TextTable {
    var table = TextTable([.left, .right, .left, .right, .left, .right, .left, .left])
    table.add(["variant", "time", "", "energy", "", qualityName, "", "verdict"])
    for variant in variants {
      for entry in variant.devices where entry.device == device {
        let runs = entry.verdicts.isEmpty
        table.add(
          [variant.name + (entry.isOnFront ? " *" : "")]
            + cost(runs ? entry.seconds : nil, .seconds) + cost(runs ? entry.joules : nil, .joules)
            + quality(runs ? entry.score : nil)
            + [runs ? "fits" : Self.summary(of: entry.verdicts)])
      }
    }
    return table
  }

  private static func summary(of verdicts: [String]) -> String {
    (verdicts.first ?? "") + (verdicts.count > 1 ? " (and \(verdicts.count - 1) more)" : "")
  }

  private func cost(_ values: PerBound<Double>?, _ unit: MetricUnit) -> [String] {
    let metric = Metric(
      "", "", unit,
      PerBound<Double?>(
        low: values?.low, nominal: values?.nominal, high: values?.high))
    return [metric.valueText, metric.errorText]
  }

  private func quality(_ score: NetworkScore?) -> [String] {
    guard let score else { return ["-", ""] }
    let metric = Metric("", "", .share, score.quality, confidence: score.confidence)
    return [metric.valueText, metric.errorText]
  }

  private func count(_ value: Int) -> String { NumberFormat.text(Double(value), .count) }

  private func ratio(_ base: Int, _ value: Int) -> String {
    value == 0 ? "-" : "\(NumberFormat.significant(Double(base) / Double(value)))x"
  }
}
