import DeviceModels

extension Inspection {
  /// A line for each device.
  init(_ devices: [Device]) {
    self.init(
      stage: "devices", facts: [],
      tables: [
        Table(
          name: "devices",
          columns: ["device", "kind", "clock", "cores", "RAM", "flash", "runtimes", "title"],
          numeric: ["clock", "cores", "RAM", "flash"],
          rows: devices.map { device in
            [
              .text(device.name), .text(device.kind.rawValue),
              .number(
                device.operatingPoints.first?.clockHertz.estimate.nominal ?? 0, .hertz),
              .int(device.processors.reduce(0) { $0 + $1.coreCount }),
              .number(device.memory.ramBytes.estimate.nominal, .bytes),
              .number(device.memory.flashBytes.estimate.nominal, .bytes),
              .text(device.runtimes.map(\.name).joined(separator: ", ")), .text(device.title),
            ]
          })
      ])
  }

  /// Every figure of a device with its grade and citation.
  init(_ device: Device) {
    self.init(
      stage: "device",
      facts: [
        ("device", .text(device.name)), ("title", .text(device.title)),
        ("kind", .text(device.kind.rawValue)), ("summary", .text(device.summary)),
      ],
      tables: [
        Table(
          name: "figures", columns: ["figure", "value", "low", "high", "grade", "citation"],
          numeric: ["value", "low", "high"],
          rows: device.figures.map { name, unit, figure in
            [
              .text(name), .number(figure.estimate.nominal, unit),
              .number(figure.estimate.low, unit), .number(figure.estimate.high, unit),
              .text(figure.grade.rawValue), .text(figure.citation),
            ]
          })
      ])
  }
}

extension Device {
  /// All figures, in the order of the document.
  fileprivate var figures: [(name: String, unit: MetricUnit, figure: Figure)] {
    var figures: [(String, MetricUnit, Figure?)] = operatingPoints.flatMap { point in
      [
        ("\(point.name): clock", .hertz, point.clockHertz),
        ("\(point.name): active power", .watts, point.activePower),
      ] as [(String, MetricUnit, Figure?)]
    }
    for state in idleStates {
      figures += [
        ("\(state.name): power", .watts, state.power),
        ("\(state.name): wake latency", .seconds, state.wakeLatencySeconds),
        ("\(state.name): minimum residency", .seconds, state.minimumResidencySeconds),
      ]
    }
    figures += [
      ("flash", .bytes, memory.flashBytes), ("RAM", .bytes, memory.ramBytes),
      ("battery", .joules, battery?.usableEnergyJoules), ("audio input", .watts, audioInputPower),
    ]
    for runtime in runtimes { figures += runtime.figures }
    return figures.compactMap { name, unit, figure in figure.map { (name, unit, $0) } }
  }
}

extension Runtime {
  fileprivate var figures: [(String, MetricUnit, Figure?)] {
    let overheads: [(String, MetricUnit, Figure?)] = [
      ("\(name): code", .bytes, codeBytes),
      ("\(name): cycles per inference", .count, cyclesPerInference),
      ("\(name): cycles per operator", .count, cyclesPerOperator),
      ("\(name): residual factor", .count, residual),
    ]
    let prices = self.prices.flatMap { price in
      let what = "\(name): \(price.operatorClass.rawValue) \(price.elementType.rawValue)"
      return [
        ("\(what), cycles per MAC", .count, price.cyclesPerMAC),
        ("\(what), cycles per element", .count, price.cyclesPerElement),
        ("\(what), cycles per byte", .count, price.cyclesPerByte),
      ] as [(String, MetricUnit, Figure?)]
    }
    return overheads + prices
      + frontEnds.map { ("\(name): front end \($0.name), cycles per hop", .count, $0.cyclesPerHop) }
  }
}
