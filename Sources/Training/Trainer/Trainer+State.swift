import NeuralNetworks

/// All that training needs to go on where it stopped.
extension Trainer {
  private static let magic: [UInt8] = Array("EdgeSim training 2\n".utf8)

  /// What has to be the same for the same bytes: settings but for threads, data and network.
  private var fingerprint: UInt64 {
    var settings = settings
    settings.jobs = 1
    var writer = ByteWriter()
    writer.write(bytes: Array("\(settings) \(training.shape) \(training.count)".utf8))
    writer.write(bytes: Array("\(quantization == nil) \(distillation == nil)".utf8))
    for parameter in parameters {
      writer.write(bytes: Array("\(parameter.name) \(parameter.shape)".utf8))
    }
    return writer.bytes.checksum
  }

  /// O(parameters).
  public var state: [UInt8] {
    var writer = ByteWriter()
    writer.write(bytes: Self.magic)
    writer.write(bits: fingerprint)
    writer.write(records.count)
    for record in records {
      writer.write(bits: UInt64(record.learningRate.bitPattern))
      writer.write(record.loss)
      writer.write(record.accuracy)
      writer.write(record.validationLoss)
      writer.write(record.validationAccuracy)
    }
    writer.write(stepCount)
    writer.write(parameters.map(\.values))
    writer.write(moments)
    writer.write(ranges)
    writer.write(best == nil ? 0 : 1)
    if let best {
      writer.write(best.epoch)
      writer.write(best.loss)
      writer.write(best.parameters)
      writer.write(best.ranges)
    }
    writer.write(bits: writer.bytes.checksum)
    return writer.bytes
  }

  /// Goes on from a state of a trainer that was made of the same arguments. O(parameters).
  ///
  /// - Throws: `ModelError` when the bytes are damaged or of another training; the trainer is as it
  ///   was then.
  public func restore(_ bytes: [UInt8]) throws(ModelError) {
    var sum = ByteReader(Array(bytes.suffix(8)))
    guard bytes.count > 8, sum.bits() == bytes.dropLast(8).checksum else {
      throw Self.unusable("damaged bytes")
    }
    var reader = ByteReader(Array(bytes.dropLast(8)))
    guard reader.skip(Self.magic) else { throw Self.unusable("another format") }
    guard reader.bits() == fingerprint else {
      throw Self.unusable("that of another network, data or settings")
    }
    guard let records = readRecords(&reader), let step = reader.integer(), step >= 0,
      let parameters = reader.floats(parameters.map(\.values.count)),
      let moments = reader.floats(moments.map(\.count)), let ranges = reader.ranges(ranges.count),
      let best = readBest(&reader), reader.isAtEnd
    else { throw Self.unusable("other lengths") }
    self.records = records
    stepCount = step
    for index in self.parameters.indices { self.parameters[index].values = parameters[index] }
    (self.moments, self.ranges, self.best) = (moments, ranges, best)
    publish()
  }

  private func readRecords(_ reader: inout ByteReader) -> [EpochRecord]? {
    guard let count = reader.integer(), (0...settings.epochs).contains(count) else { return nil }
    var records: [EpochRecord] = []
    for epoch in 0..<count {
      guard let rate = reader.bits(), let loss = reader.double(), let accuracy = reader.double(),
        let validationLoss = reader.optionalDouble(),
        let validationAccuracy = reader.optionalDouble()
      else { return nil }
      records.append(
        EpochRecord(
          epoch: epoch, learningRate: Float(bitPattern: UInt32(truncatingIfNeeded: rate)),
          loss: loss, accuracy: accuracy, validationLoss: validationLoss,
          validationAccuracy: validationAccuracy))
    }
    return records
  }

  /// Nil for other bytes; `.some(nil)` where there is none.
  private func readBest(_ reader: inout ByteReader) -> BestWeights?? {
    guard let exists = reader.integer() else { return nil }
    guard exists == 1 else { return .some(nil) }
    guard let epoch = reader.integer(), let loss = reader.double(),
      let values = reader.floats(parameters.map(\.values.count)),
      let ranges = reader.ranges(ranges.count)
    else { return nil }
    return BestWeights(epoch: epoch, loss: loss, parameters: values, ranges: ranges)
  }

  private static func unusable(_ found: String) -> ModelError {
    ModelError(
      place: "training state", found: found,
      expected: "a state of the same network, data and settings")
  }
}
