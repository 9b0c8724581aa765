import Inference
import NeuralNetworks
import ReproducibleMath
import Training

/// A network that teaches by being executed: any that has a plan, integers too, whose outputs are
/// taken as the real numbers that they stand for.
///
/// Its float kernels take exponentials and hyperbolic tangents from the C library: what they teach
/// may differ in the last bits from machine to machine, unlike what a `TrainableNetwork` teaches.
struct NetworkTeacher: Teacher {
  let inputCount, outputCount: Int
  private let shape: Shape
  private let conversion: TeacherOutputs
  /// Of the logits or the probabilities.
  private let evaluator: SampleEvaluator
  /// By name of the feature.
  private let features: [String: SampleEvaluator]

  /// - Parameters:
  ///   - shape: of the samples.
  ///   - features: names of tensors inside that will be asked for.
  /// - Throws: `ModelError` when the network cannot be executed, does not take the samples, or has
  ///   no such tensors.
  init(
    _ network: Network, shape: Shape, outputs stated: TeacherOutputs.Kind, features: [String] = [],
    jobs: Int = 1
  ) throws(ModelError) {
    let interface = try ModelInterface(network)
    _ = try interface.encoded(SampleSet(shape: shape, values: []))
    let stripped = network.withoutSoftmax()
    let logits = stripped?.network ?? network
    let output = logits.main.outputs[0]
    evaluator = try Self.evaluator(of: logits, output: output, jobs: jobs)
    var evaluators: [String: SampleEvaluator] = [:]
    for name in features {
      let tensor = try Self.feature(named: name, of: network)
      evaluators[name] = try Self.evaluator(of: network, output: tensor, jobs: jobs)
    }
    self.features = evaluators
    self.shape = shape
    inputCount = shape.elementCount
    let tensor = logits.main.tensors[output]
    outputCount = tensor.shape.elementCount
    conversion = TeacherOutputs(
      stated, scale: stripped?.scale, quantization: tensor.quantization)
  }

  private static func evaluator(
    of network: Network, output: Int, jobs: Int
  ) throws(ModelError) -> SampleEvaluator {
    var network = network
    network.subgraphs[0].outputs = [output]
    let tensor = network.main.tensors[output]
    guard [.float32, .int8, .uint8, .int16].contains(tensor.elementType) else {
      throw ModelError(
        place: "output \(tensor.name)", found: "the type \(tensor.elementType)",
        expected: "float32, int8, uint8 or int16")
    }
    return SampleEvaluator(try ExecutionPlan(network, arithmetic: .doubleRounding), jobs: jobs)
  }

  private static func feature(named name: String, of network: Network) throws(ModelError) -> Int {
    let computed = network.main.operators.flatMap(\.outputs)
    if let tensor = computed.last(where: { network.main.tensors[$0].name == name }) {
      return tensor
    }
    let names = computed.map { network.main.tensors[$0].name }
    throw ModelError(
      place: "distillation", found: "the feature \(name)",
      expected: "one of \(names.joined(separator: ", "))")
  }

  func outputs(
    of values: [Float], count: Int, features: [String]
  ) throws(TrainingError) -> [[Float]] {
    var results = [try conversion.logits(of: try run(evaluator, values))]
    for name in features { results.append(try run(try runner(ofFeature: name), values)) }
    return results
  }

  private func runner(ofFeature name: String) throws(TrainingError) -> SampleEvaluator {
    if let evaluator = features[name] { return evaluator }
    throw TrainingError(
      place: "distillation", found: "the feature \(name)",
      expected: "one of \(features.keys.sorted().joined(separator: ", "))")
  }

  private func run(
    _ evaluator: SampleEvaluator, _ values: [Float]
  ) throws(TrainingError) -> [Float] {
    do throws(ModelError) {
      return try evaluator.outputs(of: SampleSet(shape: shape, values: values))
    } catch { throw TrainingError(error) }
  }

  func channelCount(ofFeature name: String) throws(ModelError) -> Int {
    do {
      let main = try runner(ofFeature: name).plan.network.main
      return main.tensors[main.outputs[0]].shape.dimensions.last ?? 1
    } catch { throw ModelError(error) }
  }
}
