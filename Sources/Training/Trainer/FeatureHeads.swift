import NeuralNetworks
import ReproducibleMath

/// The values of a graph that a loss is computed on.
struct FeatureHeads {
  /// The logits, or the output.
  var output: Int
  var features: [Feature] = []

  var all: [Int] { [output] + features.map(\.value) }

  /// A value that is held against one of the teacher.
  struct Feature {
    var value: Int
    var weight: Float
    var name: String
  }

  /// Appends a linear map where channels differ: it is trained with the student.
  ///
  /// - Throws: for a name that is none of the graph's.
  init(
    _ distillation: Distillation?, of graph: inout TrainableNetwork, objective: TrainingObjective
  ) throws(ModelError) {
    if case .reconstruction = objective { output = graph.output } else { output = graph.logits }
    for pair in distillation?.features ?? [] {
      guard let value = graph.value(named: pair.student) else {
        throw ModelError(
          place: "distillation", found: "the feature \(pair.student)",
          expected: "one of \(graph.featureNames.joined(separator: ", "))")
      }
      features.append(
        Feature(
          value: graph.mapped(value, onto: pair.teacherChannels), weight: pair.weight,
          name: pair.student))
    }
  }
}

extension FeatureHeads.Feature {
  /// Adds the gradient of the weighted mean squared difference.
  ///
  /// - Returns: its part of the loss.
  func difference(
    _ values: UnsafePointer<Float>, _ taught: [Float], into gradient: UnsafeMutablePointer<Float>,
    count: Int
  ) throws(TrainingError) -> Double {
    guard taught.count == count else {
      throw TrainingError(
        place: "distillation, feature \(name)", found: "\(taught.count) elements of the teacher",
        expected: "\(count)")
    }
    let scale = weight / Float(count)
    var sum = 0.0
    for i in 0..<count {
      let difference = values[i] - taught[i]
      sum += Double(difference) * Double(difference)
      gradient[i] += 2 * scale * difference
    }
    return sum * Double(scale)
  }
}

extension TrainableNetwork {
  /// The value itself, or the output of a new dense layer over its channels.
  fileprivate mutating func mapped(_ value: Int, onto channels: Int) -> Int {
    let shape = values[value].shape
    let own = shape.last ?? 1
    guard own != channels else { return value }
    let name = "map of \(values[value].name)"
    var random = RandomStream(seed: 0, name: name)
    let deviation = (1 / Double(own)).squareRoot()
    let weights = addParameter(
      name, [channels, own], (0..<channels * own).map { _ in Float(deviation * random.normal()) },
      .weight(outputAxis: 0))
    let mapped = addValue(Array(shape.dropLast()) + [channels])
    nodes.append(
      Node(
        kind: .dense(rows: shape.dropLast().reduce(1, *), inputs: own, outputs: channels),
        inputs: [value], output: mapped, parameters: [weights], place: name))
    return mapped
  }
}

/// A teacher, with room for minibatches where it is a trainable network.
struct TeacherSession {
  private let distillation: Distillation
  private let execution: GraphExecution?
  private let places: [Int]

  /// - Throws: for settings out of range, a teacher of other inputs or outputs than the student's,
  ///   or a feature that the teacher does not have.
  init(
    _ distillation: Distillation, capacity: Int, inputs: Int, outputs: Int
  ) throws(ModelError) {
    guard (0...1).contains(distillation.alpha), distillation.temperature > 0,
      distillation.temperature.isFinite
    else {
      throw ModelError(
        place: "distillation",
        found: "alpha \(distillation.alpha), temperature \(distillation.temperature)",
        expected: "alpha from 0 to 1 and a temperature above 0")
    }
    let teacher = distillation.teacher
    guard teacher.inputCount == inputs, teacher.outputCount == outputs else {
      throw ModelError(
        place: "distillation",
        found: "a teacher of \(teacher.inputCount) inputs and \(teacher.outputCount) outputs",
        expected: "\(inputs) and \(outputs), as the student's")
    }
    self.distillation = distillation
    guard let network = distillation.teacher as? TrainableNetwork else {
      (execution, places) = (nil, [])
      return
    }
    do {
      places = [network.logits] + (try network.places(of: distillation.features.map(\.teacher)))
    } catch {
      throw ModelError(place: error.place, found: error.found, expected: error.expected)
    }
    execution = GraphExecution(network, capacity: capacity, heads: [], kept: places)
  }

  func outputs(of values: [Float], count: Int, jobs: Int) throws(TrainingError) -> [[Float]] {
    if let execution {
      return execution.results(of: values, count: count, at: places, jobs: jobs)
    }
    let outputs = try distillation.teacher.outputs(
      of: values, count: count, features: distillation.features.map(\.teacher))
    let elements = count * distillation.teacher.outputCount
    guard outputs.count == distillation.features.count + 1, outputs[0].count == elements else {
      throw TrainingError(
        place: "distillation",
        found: "\(outputs.count) outputs of the teacher, \(outputs.first?.count ?? 0) elements",
        expected: "\(distillation.features.count + 1), the first of \(elements)")
    }
    return outputs
  }
}
