import NeuralNetworks

extension Trainer {
  /// Loss, without a teacher, and right answers, as inference computes them.
  func validate(_ record: inout EpochRecord) {
    guard let validation, validation.count > 0 else { return }
    loadParameters()
    let size = validation.shape.elementCount
    var (loss, right) = (0.0, 0)
    for first in stride(from: 0, to: validation.count, by: execution.capacity) {
      let batch = Minibatch(
        count: min(execution.capacity, validation.count - first), jobs: settings.jobs)
      validation.values.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        execution.value(graph.input).update(from: base + first * size, count: batch.count * size)
      }
      execution.forward(batch)
      let labels =
        validation.labels.isEmpty ? [] : Array(validation.labels[first..<first + batch.count])
      let part = self.loss(batch, labels: labels, taught: nil)
      loss += part.loss * Double(batch.count)
      right += part.right
    }
    record.validationLoss = loss / Double(validation.count)
    record.validationAccuracy = Double(right) / Double(validation.count)
  }
}

extension TrainableNetwork {
  /// - Throws: unless the samples fit.
  func check(_ samples: SampleSet, _ objective: TrainingObjective) throws(ModelError) {
    func failure(_ found: String, _ expected: String) -> ModelError {
      ModelError(place: "training", found: found, expected: expected)
    }
    guard samples.count > 0 else { throw failure("no samples", "one or more") }
    guard samples.shape.elementCount == values[input].count else {
      throw failure("samples of \(samples.shape)", "\(inputShape), as the network's input")
    }
    switch objective {
    case .reconstruction:
      guard outputCount == samples.shape.elementCount else {
        throw failure("\(outputCount) outputs", "as many as inputs, to rebuild them")
      }
    case .classes:
      guard samples.labels.count == samples.count else {
        throw failure("no labels", "a label for every sample")
      }
      let range = 0..<outputCount
      guard let odd = samples.labels.first(where: { !range.contains($0) }) else { return }
      throw failure("the label \(odd)", "one below \(outputCount), the network's outputs")
    }
  }
}
