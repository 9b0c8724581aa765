import NeuralNetworks

extension TrainableNetwork {
  /// Gradients of the mean loss over each minibatch, without any step: for each minibatch those of
  /// the weights, by tensor of the network. O(samples x network).
  ///
  /// - Throws: `ModelError` when samples do not fit, or something is no finite number.
  public func gradients(
    on samples: SampleSet, objective: TrainingObjective, batchSize: Int = 32, jobs: Int = 1
  ) throws(ModelError) -> [[Int: [Float]]] {
    let trainer = try Trainer(
      self, training: samples,
      settings: TrainingSettings(
        epochs: 1, batchSize: batchSize, objective: objective, jobs: jobs))
    var result: [[Int: [Float]]] = []
    for (step, start) in stride(from: 0, to: samples.count, by: batchSize).enumerated() {
      let batch = Array(start..<min(start + batchSize, samples.count))
      do { _ = try trainer.differentiate(batch, step: step) } catch { throw ModelError(error) }
      result.append(trainer.weightGradients)
    }
    return result
  }
}

extension Trainer {
  fileprivate var weightGradients: [Int: [Float]] {
    var result: [Int: [Float]] = [:]
    for (parameter, gradient) in zip(parameters, execution.parameterGradients) {
      guard case .weight = parameter.role, let tensor = parameter.tensor, let gradient else {
        continue
      }
      result[tensor] = Array(UnsafeBufferPointer(start: gradient.base, count: gradient.count))
    }
    return result
  }
}

extension ModelError {
  /// What stopped training, as what is wrong with a model.
  public init(_ error: TrainingError) {
    self.init(place: error.place, found: error.found, expected: error.expected)
  }
}
