import Compression
import Inference
import NeuralNetworks
import Training

/// Makes the variants of a recipe, one after the other.
struct CompressionRun {
  let recipe: CompressionRecipe
  /// The recipe's file, for messages.
  let file: String
  let tests: [DeviceUnderTest]
  let executor: StepExecutor
  private var finished: [String: VariantState] = [:]

  /// Reads the samples; what is wrong with them is thrown here.
  init(
    _ recipe: CompressionRecipe, file: String, tests: [DeviceUnderTest], work: CompressionWork?,
    jobs: Int, progress: Progress
  ) throws(InputError) {
    self.recipe = recipe
    self.file = file
    self.tests = tests
    let objective = recipe.objective
    let training = try recipe.data.training.samples(jobs: jobs, progress: progress)
      .usable(for: objective)
    let validation = try recipe.data.validation?.samples(jobs: jobs, progress: progress)
      .usable(for: objective)
    executor = StepExecutor(
      samples: RecipeSamples(
        training: training, validation: validation,
        test: try recipe.data.test.samples(jobs: jobs, progress: progress),
        objective: recipe.objective, seed: recipe.seed,
        fingerprint: training.fingerprint + (validation?.fingerprint ?? "")),
      tests: tests, work: work, jobs: jobs, progress: progress)
  }

  /// All variants, in order.
  ///
  /// - Throws: before any work what cannot be applied, with the step, the layer and the reason.
  mutating func run() throws(InputError) -> [(network: Network, report: VariantReport)] {
    var rehearsal = self
    try rehearsal.rehearse()
    var results: [(network: Network, report: VariantReport)] = []
    for variant in recipe.variants { results.append(try run(variant)) }
    markFronts(&results)
    return results
  }

  /// Every step on networks that nobody has trained: what fails here would fail after hours.
  private mutating func rehearse() throws(InputError) {
    var trial = executor
    trial.isRehearsal = true
    for variant in recipe.variants {
      var state = try origin(variant.origin, name: variant.name)
      for step in variant.steps {
        do throws(ModelError) {
          let teacher = try self.teacher(of: step)
          _ = try trial.apply(step, to: &state, teacher: teacher, label: variant.name)
        } catch { throw problem(error, step) }
      }
      finished[variant.name] = state
    }
  }

  private mutating func run(
    _ variant: CompressionRecipe.Variant
  ) throws(InputError) -> (network: Network, report: VariantReport) {
    var state = try origin(variant.origin, name: variant.name)
    let isUntrained = state.untrained != nil
    var stages: [StageReport] = []
    do throws(ModelError) {
      stages.append(try stage("origin", [], state, variant, hasScore: !isUntrained))
    } catch { throw InputError(error.inside("origin of \(variant.name)"), file: file) }
    for step in variant.steps {
      do throws(ModelError) {
        let teacher = try self.teacher(of: step)
        let before = state.network
        let layers = try executor.apply(
          step, to: &state, teacher: teacher, label: "\(variant.name): \(step.name)"
        ).countingMACs(before: before, after: state.network)
        stages.append(try stage(step.name, layers, state, variant, hasScore: true))
      } catch { throw problem(error, step) }
    }
    var network = state.network
    network.fileByteCount = stages[stages.count - 1].size.fileBytes
    state.network = network
    finished[variant.name] = state
    let devices = try deviceVariants(network, measured: stages[stages.count - 1].score)
    return (network, VariantReport(name: variant.name, stages: stages, devices: devices))
  }

  private func origin(
    _ origin: CompressionRecipe.Origin, name: String
  ) throws(InputError) -> VariantState {
    switch origin {
    case .variant(let name):
      guard var state = finished[name] else { preconditionFailure("a variant was not made") }
      state.note = nil
      return state
    case .file(let path): return VariantState(try ModelLoader.network(path: path))
    case .architecture(let architecture):
      do {
        return VariantState(
          try TrainableNetwork(
            architecture, inputShape: executor.samples.training.shape, seed: recipe.seed),
          name: name)
      } catch {
        throw InputError(error.inside("architecture of \(name)"), file: file)
      }
    }
  }

  private func teacher(
    of step: CompressionRecipe.Step
  ) throws(ModelError) -> (any Teacher)? {
    guard case .train(let training) = step.action, let selection = training.teacher else {
      return nil
    }
    do throws(ModelError) {
      let teacher = try self.teacher(selection)
      let probe = executor.samples.training.subset([0])
      do {
        _ = try teacher.outputs(of: probe.values, count: 1, features: [])
      } catch { throw ModelError(error) }
      return teacher
    } catch { throw error.inside("teacher") }
  }

  /// A network whose operators all have a gradient teaches as it is trained, with the same bits on
  /// every machine; any other is executed.
  private func teacher(
    _ selection: CompressionRecipe.TeacherSelection
  ) throws(ModelError) -> any Teacher {
    let shape = executor.samples.training.shape
    if case .file(let path) = selection.origin,
      case .onnx(let model)? = try? ModelLoader.model(path: path)
    {
      return try ONNXTeacher(
        model, shape: shape, outputs: selection.outputs, jobs: executor.jobs)
    }
    let state: VariantState
    do { state = try origin(selection.origin, name: "teacher") } catch {
      throw ModelError(
        place: "origin", found: error.description, expected: "a network to learn from")
    }
    if selection.outputs == .logits, let trainable = try? state.trainable() { return trainable }
    return try NetworkTeacher(
      state.network, shape: shape, outputs: selection.outputs,
      features: selection.features.map(\.teacher), jobs: executor.jobs)
  }

  private func problem(_ error: ModelError, _ step: CompressionRecipe.Step) -> InputError {
    InputError(
      ([error] + error.others).map {
        InputProblem(
          file: file, position: step.position, place: "\(step.place): \($0.place)",
          found: $0.found, expected: $0.expected)
      })
  }

  private func stage(
    _ step: String, _ layers: [LayerRecord], _ state: VariantState,
    _ variant: CompressionRecipe.Variant, hasScore: Bool
  ) throws(ModelError) -> StageReport {
    let network = state.network
    let bytes = try TFLiteWriter.bytes(of: network, sparsely: variant.storesSparsely)
    let samples = executor.samples
    return StageReport(
      step: step, note: state.note, layers: layers,
      size: NetworkSize(network, fileBytes: bytes.count),
      score: hasScore
        ? try NetworkScore.of(
          network, on: samples.test, objective: recipe.objective, arithmetic: .doubleRounding,
          jobs: executor.jobs) : nil)
  }
}
