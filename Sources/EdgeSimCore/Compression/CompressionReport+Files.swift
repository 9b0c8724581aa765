import Compression

/// The report as files that other tools open.
extension CompressionReport {
  /// Versioned JSON, SI base units.
  var json: String {
    JSONText.object([
      ("format", .string(Self.format)), ("version", .string(EdgeSimVersion.current)),
      ("recipe", .string(recipe)), ("description", .string(description)),
      ("seed", .int(Int(seed))), ("objective", .string(objective.rawValue)),
      ("provenance", .array(provenance.map(\.json))),
      ("facts", .object(facts.map { ($0.name, .string($0.text)) })),
      ("variants", .array(variants.map(\.json))),
    ]).document
  }

  /// One row a variant and step.
  var csv: String {
    CSVFile.text(
      header: [
        "recipe", "variant", "step", "file_bytes", "parameters", "zeros", "macs", "effective_macs",
        "arena_bytes", "quality", "quality_low", "quality_high",
      ],
      rows: variants.flatMap { variant in
        variant.stages.map { stage in
          let (size, score) = (stage.size, stage.score)
          let counts = [
            size.fileBytes, size.parameterCount, size.zeroCount, size.macs, size.effectiveMACs,
            size.arenaBytes,
          ]
          let shares = [score?.quality, score?.confidence?.low, score?.confidence?.high]
          return [recipe, variant.name, stage.step] + counts.map { "\($0)" }
            + shares.map { $0.map { "\($0)" } ?? "" }
        }
      })
  }

  /// Writes `report.json`, `report.csv` and `report.txt`; returns their paths.
  func write(to folder: String) throws(InputError) -> [String] {
    let files = [
      ("report.txt", table(style: .plain)), ("report.json", json), ("report.csv", csv),
    ]
    for (name, text) in files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    return files.map { "\(folder)/\($0.0)" }
  }
}

extension VariantReport {
  fileprivate var json: JSONText {
    .object([
      ("variant", .string(name)), ("stages", .array(stages.map(\.json))),
      ("devices", .array(devices.map(\.json))),
    ])
  }
}

extension StageReport {
  fileprivate var json: JSONText {
    .object([
      ("step", .string(step)), ("note", note.map { .string($0) } ?? .null),
      ("fileBytes", .int(size.fileBytes)),
      ("parameters", .int(size.parameterCount)), ("zeros", .int(size.zeroCount)),
      ("leastWeightBytes", .int(size.leastWeightBytes)), ("macs", .int(size.macs)),
      ("effectiveMACs", .int(size.effectiveMACs)),
      ("arenaBytes", .int(size.arenaBytes)), ("score", score?.json ?? .null),
      ("layers", .array(layers.map(\.json))),
    ])
  }
}

extension NetworkScore {
  var json: JSONText {
    .object([
      ("objective", .string(objective.rawValue)), ("samples", .int(sampleCount)),
      ("quality", .number(quality)), ("confidenceLow", .number(confidence?.low)),
      ("confidenceHigh", .number(confidence?.high)),
      ("meanSquaredError", .number(meanSquaredError)),
      (
        "classes",
        .array(
          classes.map {
            .object([
              ("class", .string($0.name)), ("right", .int($0.right)), ("samples", .int($0.count)),
              ("recall", .number($0.recall)),
            ])
          })
      ),
    ])
  }
}

extension LayerRecord {
  fileprivate var json: JSONText {
    .object([
      ("layer", .string(name)), ("elementsBefore", .int(elementCountBefore)),
      ("elementsAfter", .int(elementCountAfter)), ("zeros", .int(zeroCount)),
      ("bitsBefore", .int(bitsBefore)), ("bitsAfter", .int(bitsAfter)),
      ("bytesBefore", .int((elementCountBefore * bitsBefore + 7) / 8)),
      ("bytesAfter", .int((elementCountAfter * bitsAfter + 7) / 8)),
      ("macsBefore", macsBefore.map { .int($0) } ?? .null),
      ("macsAfter", macsAfter.map { .int($0) } ?? .null),
      ("meanSquaredError", .number(meanSquaredError)),
      ("signalToNoiseDecibels", .number(signalToNoiseDecibels)),
    ])
  }
}

extension DeviceVariant {
  fileprivate var json: JSONText {
    .object([
      ("device", .string(device)), ("runtime", .string(runtime)),
      ("arithmetic", .string(arithmetic)),
      ("seconds", range(seconds)), ("joules", range(joules)), ("score", score?.json ?? .null),
      ("verdicts", .array(verdicts.map(JSONText.string))), ("paretoFront", .bool(isOnFront)),
    ])
  }

  private func range(_ values: PerBound<Double>) -> JSONText {
    .object([
      ("low", .number(values.low)), ("nominal", .number(values.nominal)),
      ("high", .number(values.high)),
    ])
  }
}
