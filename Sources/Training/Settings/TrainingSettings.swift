import NeuralNetworks

/// How a network is trained.
public struct TrainingSettings: Sendable, Equatable {
  public var epochs: Int
  public var batchSize: Int
  public var optimizer: Optimizer
  public var schedule: LearningRateSchedule
  /// Of weights that multiply; biases and normalization do not decay.
  public var weightDecay: Float
  public var objective: TrainingObjective
  public var augmentation: [Augmentation]
  /// Gradients of greater norm are scaled to it; nil for no limit.
  public var largestGradientNorm: Float?
  /// Epochs without a better validation after which training stops, with the best weights.
  public var patience: Int?
  public var seed: UInt64
  /// Threads; results do not depend on it.
  public var jobs: Int

  public init(
    epochs: Int, batchSize: Int = 32, optimizer: Optimizer = .adam,
    schedule: LearningRateSchedule = .init(base: 1e-3), weightDecay: Float = 0,
    objective: TrainingObjective = .classes(labelSmoothing: 0),
    augmentation: [Augmentation] = [], largestGradientNorm: Float? = nil, patience: Int? = nil,
    seed: UInt64 = 1, jobs: Int = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.objective = objective
    self.augmentation = augmentation
    self.largestGradientNorm = largestGradientNorm
    self.patience = patience
    self.seed = seed
    self.jobs = jobs
  }

  /// - Throws: for what is out of range.
  func check() throws(ModelError) {
    let checks: [(isGood: Bool, found: String, expected: String)] = [
      (epochs >= 1, "\(epochs) epochs", "1 or more"),
      (batchSize >= 1, "a batch size of \(batchSize)", "1 or more"),
      (jobs >= 1, "\(jobs) jobs", "1 or more"),
      (weightDecay >= 0 && weightDecay.isFinite, "a weight decay of \(weightDecay)", "0 or more"),
      (largestGradientNorm ?? 1 > 0, "a gradient norm of \(largestGradientNorm ?? 0)", "above 0"),
      (patience ?? 1 >= 1, "a patience of \(patience ?? 0)", "1 or more"),
      (optimizer.isInRange, "\(optimizer)", "momentum and betas from 0 up to 1"),
      (schedule.isInRange, "\(schedule)", "a base and factors above 0, epochs of 0 or more"),
      (objective.isInRange, "\(objective)", "a smoothing from 0 up to 1"),
      (augmentation.allSatisfy(\.isInRange), "\(augmentation)", "amounts of 0 or more"),
    ]
    for check in checks where !check.isGood {
      throw ModelError(place: "training", found: check.found, expected: check.expected)
    }
  }
}

/// What a network is trained for.
public enum TrainingObjective: Sendable, Equatable {
  /// Cross-entropy of the softmax; the labels' share is spread by `labelSmoothing`.
  case classes(labelSmoothing: Float)
  /// The mean squared difference from the input.
  case reconstruction

  var isInRange: Bool {
    if case .classes(let smoothing) = self { (0..<1).contains(smoothing) } else { true }
  }
}
