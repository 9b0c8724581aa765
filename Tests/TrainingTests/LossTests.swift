import Testing

@testable import Training

/// Losses and optimizers against PyTorch.
@Suite struct LossTests {
  @Test("Losses and their gradients are PyTorch's", arguments: TorchCase.all(of: "losses"))
  func losses(_ stated: TorchCase) throws {
    let logits = try stated.first("logits")
    let teacher = try stated.first("teacher").values
    let (count, width) = (logits.shape[0], logits.shape[1])
    let numbers = stated.words.compactMap(Float.init)
    let isSquared = numbers.isEmpty
    let distillation =
      isSquared || numbers[1] == 0
      ? nil
      : Distillation(teacher: NoTeacher(), alpha: numbers[1], temperature: numbers[2])
    let loss = Loss(
      objective: isSquared ? .reconstruction : .classes(labelSmoothing: numbers[0]),
      distillation: distillation, batchCount: count)
    var gradient = [Float](repeating: 0, count: count * width)
    let labels = isSquared ? [] : try stated.first("labels").values.map { Int($0) }
    let part = try teacher.withUnsafeBufferPointer { teacher in
      let base = try #require(teacher.baseAddress)
      return loss.part(
        logits.values, gradient: &gradient, width: width, labels: labels[...],
        targets: base, teacher: distillation == nil ? nil : base, count: count)
    }
    expectNear([Float(part.loss)], try stated.first("loss").values, "loss")
    expectNear(gradient, try stated.first("gradient").values, "gradient")
  }

  private struct NoTeacher: Teacher {
    func outputs(
      of values: [Float], count: Int, features: [String]
    ) throws(TrainingError) -> [[Float]] { [] }

    func channelCount(ofFeature name: String) -> Int { 1 }

    var inputCount: Int { 1 }
    var outputCount: Int { 1 }
  }

  private static let optimizers: [String: (Optimizer, rate: Float, decay: Float)] = [
    "sgd": (.sgd(momentum: 0, isNesterov: false), 0.1, 0),
    "momentum": (.sgd(momentum: 0.9, isNesterov: false), 0.1, 0.05),
    "nesterov": (.sgd(momentum: 0.8, isNesterov: true), 0.1, 0),
    "adam": (.adam, 0.05, 0), "adamw": (.adam, 0.05, 0.1),
  ]

  @Test("Optimizers go PyTorch's way", arguments: TorchCase.all(of: "optimizers"))
  func optimizers(_ stated: TorchCase) throws {
    let (optimizer, rate, decay) = try #require(Self.optimizers[stated.name])
    var weights = try stated.first("start").values
    let gradients = try stated.first("gradients").values
    let steps = try stated.first("steps").values
    var moments = [Float](repeating: 0, count: optimizer.momentCount * weights.count)
    for step in 0..<gradients.count / weights.count {
      let range = step * weights.count..<(step + 1) * weights.count
      Array(gradients[range]).withUnsafeBufferPointer { slopes in
        guard let base = slopes.baseAddress else { return }
        optimizer.move(&weights, &moments, base, rate: rate, step: step + 1, decay: decay)
      }
      expectNear(weights, Array(steps[range]), "step \(step)")
    }
  }
}
