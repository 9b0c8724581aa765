import Compression
import Training

/// Reads the settings of training.
extension StepContext {
  func training(
    _ object: DocumentObject, isDistillation: Bool
  ) -> CompressionRecipe.TrainingStep? {
    let epochs = object.int("epochs", in: 1...100_000)
    let batchSize = object.optionalInt("batchSize", in: 1...4096)
    let optimizer = optimizer(object)
    let schedule = schedule(object)
    let decay = object.optionalNumber("weightDecay", in: 0...1)
    let smoothing = object.optionalNumber("labelSmoothing", in: 0...0.9)
    let norm = object.optionalNumber("largestGradientNorm", in: 1e-6...1e9)
    let augmentation = object.optionalObjects("augmentation", count: 0...16)?.compactMap {
      self.augmentation($0)
    }
    let patience = object.optionalInt("patience", in: 1...100_000)
    if patience != nil, !hasValidation {
      object.reject("patience", expected: "data.validation to be held against")
    }
    let teacher = isDistillation ? object.object("teacher").flatMap { self.teacher($0) } : nil
    let quantization = object.optionalObject("quantizationAware").map { self.rounding($0) }
    let pruning = object.optionalObject("pruning").flatMap { gradual($0, epochs: epochs ?? 1) }
    guard let epochs, let optimizer, let schedule else { return nil }
    return CompressionRecipe.TrainingStep(
      settings: TrainingSettings(
        epochs: epochs, batchSize: batchSize ?? 32, optimizer: optimizer, schedule: schedule,
        weightDecay: Float(decay ?? 0),
        objective: objective == .reconstruction
          ? .reconstruction : .classes(labelSmoothing: Float(smoothing ?? 0)),
        augmentation: augmentation ?? [], largestGradientNorm: norm.map { Float($0) },
        patience: patience, seed: seed),
      teacher: teacher, quantization: quantization, pruning: pruning)
  }

  private func optimizer(_ object: DocumentObject) -> Optimizer? {
    guard object.optional("optimizer") != nil else { return .adam }
    switch object.choice("optimizer", of: ["adam", "sgd"]) {
    case "adam": return .adam
    case "sgd":
      let momentum = object.optionalNumber("momentum", in: 0...0.999)
      let isNesterov = object.optionalBool("nesterov")
      return .sgd(momentum: Float(momentum ?? 0.9), isNesterov: isNesterov ?? false)
    default: return nil
    }
  }

  private func schedule(_ object: DocumentObject) -> LearningRateSchedule? {
    let base = object.optionalNumber("learningRate", in: 1e-9...1e3) ?? 1e-3
    let warmUp = object.optionalNumber("warmUpEpochs", in: 0...1e5) ?? 0
    var shape = LearningRateSchedule.Shape.cosine(final: 0.01)
    if object.optional("schedule") != nil {
      switch object.choice("schedule", of: ["constant", "cosine", "step", "exponential"]) {
      case "constant": shape = .constant
      case "cosine":
        shape = .cosine(final: object.optionalNumber("final", in: 0...1) ?? 0.01)
      case "step":
        shape = .step(
          epochs: object.optionalNumber("stepEpochs", in: 0.01...1e5) ?? 10,
          factor: object.optionalNumber("factor", in: 1e-6...1) ?? 0.1)
      case "exponential":
        shape = .exponential(factor: object.optionalNumber("factor", in: 1e-6...1) ?? 0.95)
      default: return nil
      }
    }
    return LearningRateSchedule(base: base, shape: shape, warmUpEpochs: warmUp)
  }

  private func teacher(_ object: DocumentObject) -> CompressionRecipe.TeacherSelection? {
    let alpha = object.optionalNumber("alpha", in: 0...1)
    let temperature = object.optionalNumber("temperature", in: 0.1...100)
    let outputs = object.optionalChoice("outputs", of: TeacherOutputs.Kind.self)
    let features = object.optionalObjects("features", count: 1...16)?.compactMap { feature($0) }
    return object.object("from").flatMap { origin($0) }.map {
      object.finish()
      return CompressionRecipe.TeacherSelection(
        origin: $0, alpha: Float(alpha ?? 0.7), temperature: Float(temperature ?? 4),
        outputs: outputs ?? .logits, features: features ?? [])
    }
  }

  /// A value inside that is to become like one of the teacher.
  private func feature(_ object: DocumentObject) -> CompressionRecipe.FeatureSelection? {
    defer { object.finish() }
    let student = object.string("student")
    let weight = object.optionalNumber("weight", in: 0...1e6)
    guard let student else { return nil }
    return CompressionRecipe.FeatureSelection(
      student: student, teacher: object.optionalString("teacher") ?? student,
      weight: Float(weight ?? 1))
  }

  private func gradual(
    _ object: DocumentObject, epochs: Int
  ) -> CompressionRecipe.GradualPruning? {
    defer { object.finish() }
    let method = method(object)
    let final = object.number("sparsity", in: 0...0.999)
    let initial = object.optionalNumber("from", in: 0...0.999)
    let last = object.optionalInt("lastEpoch", in: 1...epochs)
    let leavesDepthwise = object.optionalBool("leavesDepthwise")
    guard let method, let final else { return nil }
    guard
      let schedule = PruningSchedule(
        from: initial ?? 0, to: final, lastStep: max(0, (last ?? max(1, epochs * 2 / 3)) - 1))
    else {
      object.reject("from", expected: "no more than \"sparsity\"")
      return nil
    }
    return CompressionRecipe.GradualPruning(
      method: method, leavesDepthwise: leavesDepthwise ?? false, schedule: schedule)
  }

  private func augmentation(_ object: DocumentObject) -> Augmentation? {
    defer { object.finish() }
    switch object.choice("kind", of: ["flip", "shift", "gain", "noise", "cutout", "time-mask"]) {
    case "flip": return .flip
    case "shift":
      let rows = object.optionalInt("rows", in: 0...4096)
      return .shift(
        rows: rows ?? 0, columns: object.optionalInt("columns", in: 0...4096) ?? rows ?? 0)
    case "gain": return object.number("amount", in: 0...1).map { .gain(amount: Float($0)) }
    case "noise":
      return object.number("deviation", in: 0...1e6).map { .noise(deviation: Float($0)) }
    case "time-mask": return object.int("rows", in: 1...65_536).map { .timeMask(rows: $0) }
    case "cutout":
      let rows = object.int("rows", in: 1...4096)
      let columns = object.optionalInt("columns", in: 1...4096)
      return rows.map { .cutout(rows: $0, columns: columns ?? $0) }
    default: return nil
    }
  }
}
