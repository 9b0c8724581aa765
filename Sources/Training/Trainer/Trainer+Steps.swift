import ReproducibleMath

extension Trainer {
  /// One minibatch: gradients, and a step along them.
  func run(_ batch: [Int], step: Int, rate: Float) throws(TrainingError) -> Loss.Part {
    let part = try differentiate(batch, step: step)
    move(rate: rate)
    averageStatistics()
    settleRanges()
    return part
  }

  /// Loss and gradients of one minibatch.
  func differentiate(_ batch: [Int], step: Int) throws(TrainingError) -> Loss.Part {
    loadParameters()
    let names = batch.map { "sample \($0) in epoch \(epoch)" }
    let minibatch = Minibatch(
      count: batch.count, jobs: settings.jobs, isTraining: true, seed: settings.seed,
      streamNames: names)
    load(batch, minibatch)
    execution.forward(minibatch)
    let part = try differentiateLoss(batch, minibatch)
    guard part.loss.isFinite else {
      throw TrainingError.divergence(
        epoch: epoch, step: step, layer: execution.firstOddPlace(minibatch) ?? "loss",
        found: "a loss of \(part.loss)")
    }
    execution.backward(minibatch)
    try checkGradients(step)
    return part
  }

  /// What kernels read: weights, rounded where the network will be quantized.
  func loadParameters() {
    for (index, parameter) in parameters.enumerated() {
      if let quantization, parameter.isNetworkWeight(of: network, index) {
        execution.parameters[index].set(quantization.rounded(parameter))
      } else {
        execution.parameters[index].set(parameter.values)
      }
    }
    for (index, kernel) in execution.kernels.enumerated() {
      guard let rounding = kernel as? RoundingKernel else { continue }
      rounding.grid = ranges[index].flatMap { quantization?.grid(of: $0) }
    }
    execution.prepare()
  }

  /// Samples, each changed by its own random numbers.
  private func load(_ batch: [Int], _ minibatch: Minibatch) {
    let (target, size) = (execution.value(graph.input), training.shape.elementCount)
    let (training, settings) = (training, settings)
    minibatch.eachShard { _, samples in
      for place in samples {
        var sample = Array(training.sample(batch[place]))
        if !settings.augmentation.isEmpty {
          var random = RandomStream(
            seed: settings.seed, name: "augmentation of \(minibatch.streamNames[place])")
          for change in settings.augmentation {
            change.apply(&sample, training.shape.dimensions, &random)
          }
        }
        sample.withUnsafeBufferPointer {
          if let base = $0.baseAddress {
            (target + place * size).update(from: base, count: size)
          }
        }
      }
    }
  }

  /// Sets the gradients of all heads.
  private func differentiateLoss(
    _ batch: [Int], _ minibatch: Minibatch
  ) throws(TrainingError) -> Loss.Part {
    let input = execution.value(graph.input)
    let inputs = Array(
      UnsafeBufferPointer(start: input, count: batch.count * training.shape.elementCount))
    let taught = try teacher?.outputs(of: inputs, count: batch.count, jobs: settings.jobs)
    var part = loss(
      minibatch, labels: training.labels.isEmpty ? [] : batch.map { training.labels[$0] },
      taught: taught?.first)
    var written = Set([execution.gradient(heads.output)])
    for (index, head) in heads.features.enumerated() {
      guard let taught, let gradient = execution.gradient(head.value) else { continue }
      if written.insert(gradient).inserted {
        gradient.update(repeating: 0, count: batch.count * graph.values[head.value].count)
      }
      part.loss += try head.difference(
        execution.value(head.value), taught[index + 1], into: gradient,
        count: batch.count * graph.values[head.value].count)
    }
    return part
  }

  /// Of the first head, shard by shard.
  func loss(_ minibatch: Minibatch, labels: [Int], taught: [Float]?) -> Loss.Part {
    let loss = Loss(
      objective: settings.objective, distillation: taught == nil ? nil : distillation,
      batchCount: minibatch.count)
    let (head, width) = (heads.output, graph.values[heads.output].count)
    guard let gradient = execution.gradient(head) else { return Loss.Part() }
    var parts = Array(repeating: Loss.Part(), count: Minibatch.shardCount)
    let (values, targets) = (execution.value(head), execution.value(graph.input))
    for index in parts.indices {
      let samples = minibatch.shard(index)
      let first = samples.lowerBound * width
      withOptionalPointer(taught) { teacher in
        parts[index] = loss.part(
          values + first, gradient: gradient + first, width: width,
          labels: labels.isEmpty ? [] : labels[samples], targets: targets + first,
          teacher: teacher.map { $0 + first }, count: samples.count)
      }
    }
    return parts.reduce(into: Loss.Part()) {
      $0.loss += $1.loss
      $0.right += $1.right
    }
  }

  private func checkGradients(_ step: Int) throws(TrainingError) {
    for (index, gradient) in execution.parameterGradients.enumerated() {
      guard let gradient, !ParameterSums.isFinite(gradient) else { continue }
      throw TrainingError.divergence(
        epoch: epoch, step: step, layer: "the gradient of \(parameters[index].name)",
        found: "what is no number")
    }
  }

  private func move(rate: Float) {
    stepCount += 1
    let scale = ParameterSums.clip(
      execution.parameterGradients, largestNorm: settings.largestGradientNorm)
    for index in parameters.indices {
      guard let gradient = execution.parameterGradients[index] else { continue }
      if scale != 1 { for i in 0..<gradient.count { gradient.base[i] *= scale } }
      constraints.restrict(gradient.base, parameter: index)
      let isWeight = if case .weight = parameters[index].role { true } else { false }
      settings.optimizer.move(
        &parameters[index].values, &moments[index], gradient.base, rate: rate, step: stepCount,
        decay: isWeight ? settings.weightDecay : 0)
    }
    constraints.enforce(on: &parameters)
  }

  /// Moving averages of batch norms.
  private func averageStatistics() {
    let momentum = BatchNormKernel.momentum
    for (node, kernel) in zip(graph.nodes, execution.kernels) {
      guard let norm = kernel as? BatchNormKernel else { continue }
      let statistics = [norm.statistics.means, norm.statistics.variances]
      for (parameter, news) in zip(node.parameters[2...], statistics) {
        for (channel, value) in news.enumerated() {
          parameters[parameter].values[channel] =
            momentum * parameters[parameter].values[channel] + (1 - momentum) * value
        }
      }
    }
  }

  private func settleRanges() {
    guard let momentum = quantization?.momentum else { return }
    for (index, kernel) in execution.kernels.enumerated() {
      guard let seen = (kernel as? RoundingKernel)?.observed else { continue }
      guard let range = ranges[index] else {
        ranges[index] = seen
        continue
      }
      let low = momentum * range.lowerBound + (1 - momentum) * seen.lowerBound
      let high = momentum * range.upperBound + (1 - momentum) * seen.upperBound
      ranges[index] = min(low, high)...max(low, high)
    }
  }
}

/// `body` with a pointer to the elements, or with nil.
private func withOptionalPointer<Result>(
  _ elements: [Float]?, _ body: (UnsafePointer<Float>?) -> Result
) -> Result {
  guard let elements else { return body(nil) }
  return elements.withUnsafeBufferPointer { body($0.baseAddress) }
}

extension GraphExecution {
  /// The first node whose output is no finite number.
  func firstOddPlace(_ batch: Minibatch) -> String? {
    for node in graph.nodes {
      let values = UnsafeBufferPointer(
        start: value(node.output), count: batch.count * graph.values[node.output].count)
      if !values.allSatisfy(\.isFinite) { return node.place }
    }
    return nil
  }
}
