import ReproducibleMath

/// The loss of samples and its gradient, by the value that it is computed on.
struct Loss {
  var objective: TrainingObjective
  var distillation: Distillation?
  /// Samples of the whole minibatch: the loss is their mean.
  var batchCount: Int

  /// What one part of a minibatch contributes.
  struct Part {
    var loss = 0.0
    var right = 0
  }

  /// Sets the gradient of the logits of all samples, or of the output.
  func part(
    _ values: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, width: Int,
    labels: ArraySlice<Int>, targets: UnsafePointer<Float>, teacher: UnsafePointer<Float>?,
    count: Int
  ) -> Part {
    switch objective {
    case .reconstruction:
      return reconstruction(values, gradient, targets, count: count * width, width: width)
    case .classes(let smoothing):
      var part = Part()
      for (sample, label) in labels.enumerated() {
        let row = sample * width
        part.loss += classification(
          values + row, gradient + row, width: width, label: label, smoothing: smoothing,
          teacher: teacher.map { $0 + row })
        let best = (0..<width).reduce(0) { values[row + $1] > values[row + $0] ? $1 : $0 }
        part.right += best == label ? 1 : 0
      }
      return part
    }
  }

  private func reconstruction(
    _ values: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>,
    _ targets: UnsafePointer<Float>, count: Int, width: Int
  ) -> Part {
    var sum = 0.0
    let scale = 1 / Float(width * batchCount)
    for i in 0..<count {
      let difference = values[i] - targets[i]
      sum += Double(difference) * Double(difference)
      gradient[i] = 2 * difference * scale
    }
    return Part(loss: sum / Double(width * batchCount))
  }

  private func classification(
    _ logits: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, width: Int,
    label: Int, smoothing: Float, teacher: UnsafePointer<Float>?
  ) -> Double {
    let alpha = teacher == nil ? 0 : distillation?.alpha ?? 0
    let share = 1 / Float(batchCount)
    let logs = Self.logSoftmax(logits, width: width, temperature: 1)
    var loss = 0.0
    for i in 0..<width {
      let target = (i == label ? 1 - smoothing : 0) + smoothing / Float(width)
      loss -= Double(target) * logs[i] * Double(1 - alpha)
      gradient[i] = (1 - alpha) * share * (Float(ReproducibleMath.exp(logs[i])) - target)
    }
    if let teacher, let distillation {
      let temperature = Double(distillation.temperature)
      let own = Self.logSoftmax(logits, width: width, temperature: temperature)
      let taught = Self.logSoftmax(teacher, width: width, temperature: temperature)
      for i in 0..<width {
        let p = ReproducibleMath.exp(taught[i])
        loss += Double(alpha) * temperature * temperature * p * (taught[i] - own[i])
        // The derivative of T^2 KL with respect to a logit: T (q - p).
        gradient[i] +=
          alpha * share * Float(temperature * (ReproducibleMath.exp(own[i]) - p))
      }
    }
    return loss / Double(batchCount)
  }

  static func logSoftmax(
    _ logits: UnsafePointer<Float>, width: Int, temperature: Double
  ) -> [Double] {
    var greatest = -Float.infinity
    for i in 0..<width { greatest = max(greatest, logits[i]) }
    let shifted = (0..<width).map { Double(logits[$0] - greatest) / temperature }
    let sum = ReproducibleMath.log(shifted.reduce(0) { $0 + ReproducibleMath.exp($1) })
    return shifted.map { $0 - sum }
  }
}
