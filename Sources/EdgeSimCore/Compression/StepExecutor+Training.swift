import Compression
import NeuralNetworks
import Training

/// Training, which takes long and so is kept from epoch to epoch.
extension StepExecutor {
  func train(
    _ step: CompressionRecipe.TrainingStep, _ state: inout VariantState,
    teacher: (any Teacher)?, label: String
  ) throws(ModelError) -> [LayerRecord] {
    var settings = step.settings
    settings.jobs = jobs
    let before = state.network
    var rounding = step.quantization
    rounding?.weightBitsByLayer.merge(state.weightBits) { stated, _ in stated }
    let trainer = try Trainer(
      try state.trainable(), training: samples.training, validation: samples.validation,
      settings: settings, constraints: state.constraints, quantization: rounding,
      distillation: try distillation(step.teacher, teacher))
    if !isRehearsal {
      // The key takes a hash of all weights: for kept work only.
      let kept = work.map { (work: $0, key: key(trainer, step, state, teacher)) }
      try run(trainer, step, &state, keptIn: kept, label: label)
    }
    state.network = trainer.network.network(name: before.name)
    state.untrained = nil
    state.ranges = step.quantization == nil ? nil : trainer.activationRanges
    return state.network.layerRecords(since: before)
  }

  private func distillation(
    _ selection: CompressionRecipe.TeacherSelection?, _ teacher: (any Teacher)?
  ) throws(ModelError) -> Distillation? {
    guard let selection, let teacher else { return nil }
    let pairs = try selection.features.map { (pair) throws(ModelError) in
      Distillation.FeaturePair(
        student: pair.student, teacher: pair.teacher,
        teacherChannels: try teacher.channelCount(ofFeature: pair.teacher), weight: pair.weight)
    }
    return Distillation(
      teacher: teacher, alpha: selection.alpha, temperature: selection.temperature,
      features: pairs)
  }

  private func run(
    _ trainer: Trainer, _ step: CompressionRecipe.TrainingStep, _ state: inout VariantState,
    keptIn kept: (work: CompressionWork, key: String)?, label: String
  ) throws(ModelError) {
    if let kept, let bytes = kept.work.read(kept.key, .training) { try? trainer.restore(bytes) }
    while !trainer.isFinished {
      if let pruning = step.pruning { try prune(trainer, pruning, &state) }
      progress.report(label, done: trainer.epoch, of: trainer.settings.epochs)
      do { try trainer.runEpoch() } catch { throw ModelError(error) }
      do throws(InputError) {
        if let kept { try kept.work.write(trainer.state, kept.key, .training) }
      } catch {
        throw ModelError(
          place: "work folder", found: error.description, expected: "a folder to write to")
      }
    }
    if let pruning = step.pruning { try prune(trainer, pruning, &state) }
    trainer.finish()
  }

  /// Sets the masks of the epoch. What was pruned before goes first, so that going on after a
  /// restart gives the same masks.
  private func prune(
    _ trainer: Trainer, _ pruning: CompressionRecipe.GradualPruning, _ state: inout VariantState
  ) throws(ModelError) {
    let sparsity = pruning.schedule.sparsity(at: trainer.epoch)
    let masked = try WeightPruning(
      pruning.method, amount: PerLayer(sparsity), leavesDepthwise: pruning.leavesDepthwise
    ).applied(to: trainer.network.network(), constraints: state.constraints)
    state.constraints = masked.constraints
    try trainer.constrain(masked.constraints)
  }

  /// Everything that decides what training gives.
  private func key(
    _ trainer: Trainer, _ step: CompressionRecipe.TrainingStep, _ state: VariantState,
    _ teacher: (any Teacher)?
  ) -> String {
    var stated = step
    // Threads do not change results.
    stated.settings.jobs = 1
    let masks = state.constraints.masks.sorted { $0.key < $1.key }
    let groups = state.constraints.groups.sorted { $0.key < $1.key }
    let first = samples.training.spread(16)
    let taught = try? teacher?.outputs(of: first.values, count: first.count, features: [])
    let bits = state.weightBits.sorted { $0.key < $1.key }
    let parts = [
      EdgeSimVersion.current, samples.fingerprint, "\(stated)", "\(masks)", "\(groups)", "\(bits)",
      "\(taught ?? [])", ContentHash.sha256(of: trainer.state),
    ]
    return ContentHash.sha256(of: Array(parts.joined(separator: "\n").utf8))
  }
}

extension Network {
  /// What became of float constants of the same shape in a network with the same tensors.
  func layerRecords(since before: Network) -> [LayerRecord] {
    guard main.tensors.count == before.main.tensors.count else { return [] }
    return zip(before.main.tensors, main.tensors).compactMap { old, new in
      guard new.shape.rank > 1, old.shape == new.shape, let oldValues = old.floats,
        let newValues = new.floats
      else { return nil }
      return LayerRecord(
        name: new.name, elementCountBefore: oldValues.count, elementCountAfter: newValues.count,
        zeroCount: newValues.count { $0 == 0 }, bitsBefore: 32, bitsAfter: 32)
    }
  }
}
