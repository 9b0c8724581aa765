import NeuralNetworks

/// Losses of classifiers, as exported training graphs and evaluations have them.
enum LossOperators {
  enum Reduction: String, CaseIterable { case none, sum, mean }

  static func negativeLogLikelihood(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try loss(call, logProbabilities: call.input(0))
  }

  /// The second output are the logarithms of the probabilities.
  static func softmaxCrossEntropy(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let scores = try call.input(0)
    guard scores.rank >= 2 else {
      throw call.problem("input 0", found: "\(scores.shape)", expected: "batch and classes")
    }
    let logs = try SoftmaxOperators.logSoftmax(scores, axis: 1)
    return [.tensor(try loss(call, logProbabilities: logs)), .tensor(logs)]
  }

  /// Minus the weighted logarithm at each label; the mean is by the sum of weights.
  private static func loss(
    _ call: OperatorCall, logProbabilities logs: TensorValue
  ) throws(ModelError) -> TensorValue {
    guard logs.rank >= 2 else {
      throw call.problem("input 0", found: "\(logs.shape)", expected: "batch and classes")
    }
    let lines = AxisLines(logs.shape, axis: 1)
    let labels = try call.input(1).integers(limit: .max)
    let ignored = try call.optionalInt("ignore_index")
    let weights = try call.optionalInput(2).map { (tensor) throws(ModelError) in
      try tensor.doubles()
    }
    guard labels.count == lines.outer * lines.inner,
      weights.map({ $0.count == lines.length }) ?? true,
      labels.allSatisfy({ $0 == ignored || (0..<lines.length).contains($0) })
    else {
      throw call.problem(
        "labels", found: "\(labels.count) labels, or one out of range",
        expected: "\(lines.outer * lines.inner) of \(lines.length) classes")
    }
    let values = try logs.doubles()
    var (losses, total) = ([Double](repeating: 0, count: labels.count), 0.0)
    lines.forEachLine { line, start in
      let label = labels[line]
      guard label != ignored else { return }
      let weight = weights?[label] ?? 1
      losses[line] = -values[start + label * lines.inner] * weight
      total += weight
    }
    var shape = try call.input(1).shape
    let sum = losses.reduce(0, +)
    switch try call.choice("reduction", default: Reduction.mean) {
    case .none: break
    case .sum: (losses, shape) = ([sum], [])
    case .mean: (losses, shape) = ([sum / total], [])
    }
    return try TensorValue(reals: losses, like: logs.elementType).reshaped(shape)
  }
}
