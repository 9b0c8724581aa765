import NeuralNetworks
import Testing

@testable import Training

/// Every operator, forward and backward, against PyTorch.
@Suite struct OperatorGradientTests {
  private static let cases = ["operators", "rearrangements", "recurrent"].flatMap(TorchCase.all)
    .filter { $0.words[0] != "gru" }

  @Test("Values and gradients are PyTorch's", arguments: cases)
  func torch(_ stated: TorchCase) throws {
    for jobs in [1, 3] { try check(stated, jobs: jobs) }
  }

  @Test("The files of cases cover every operator")
  func coverage() { #expect(Self.cases.count >= 66) }

  @Test(
    "An unrolled layer, whose steps share weights, is PyTorch's",
    arguments: ["GRU", "GRU of one step"])
  func unrolled(name: String) throws {
    let stated = try #require(TorchCase.all(of: "recurrent").first { $0.name == name })
    let shape = try stated.first("offset").shape
    let layer = try TrainableNetwork(
      Architecture([.init(.gru(units: try #require(Int(stated.words[1])), returnsSequence: true))]),
      inputShape: Shape(shape), seed: 1)
    let execution = GraphExecution(
      layer, capacity: stated.count, heads: [layer.output], kept: [layer.input])
    let offset = try stated.first("offset").values
    let input = try stated.first("input").values.enumerated().map {
      $0.element + offset[$0.offset % offset.count]
    }
    for (index, parameter) in stated.all("parameter").enumerated() {
      execution.parameters[index].set(parameter.values)
    }
    execution.prepare()
    execution.value(layer.input).update(from: input, count: input.count)
    let batch = Minibatch(count: stated.count, jobs: 2, isTraining: true)
    execution.forward(batch)
    let output = try stated.first("output").values
    expectNear(
      Array(UnsafeBufferPointer(start: execution.value(layer.output), count: output.count)), output,
      "output")
    let upstream = try stated.first("upstream").values
    try #require(execution.gradient(layer.output)).update(from: upstream, count: upstream.count)
    execution.backward(batch)
    for (index, gradient) in stated.all("parameterGradient").enumerated() {
      let found = try #require(execution.parameterGradients[index]).values
      expectNear(found, gradient.values, "gradient \(index)")
    }
  }

  private func check(_ stated: TorchCase, jobs: Int) throws {
    let graph = try graph(stated)
    let execution = GraphExecution(graph, capacity: stated.count, heads: [graph.output])
    let batch = Minibatch(count: stated.count, jobs: jobs, isTraining: true)
    let input = try stated.first("input").values
    execution.value(graph.input).update(from: input, count: input.count)
    execution.forward(batch)
    let output = try stated.first("output").values
    expectNear(
      Array(UnsafeBufferPointer(start: execution.value(graph.output), count: output.count)), output,
      "output")
    let upstream = try stated.first("upstream").values
    try #require(execution.gradient(graph.output)).update(from: upstream, count: upstream.count)
    execution.backward(batch)
    let gradients = [try stated.first("gradient")] + stated.all("parameterGradient")
    for (index, gradient) in gradients.enumerated() {
      let found = try #require(execution.parameterGradients[index]).values
      expectNear(found, gradient.values, "gradient \(index)")
    }
  }

  /// The operator behind the sum of input and offset.
  private func graph(_ stated: TorchCase) throws -> TrainableNetwork {
    var graph = TrainableNetwork()
    let offset = try stated.first("offset")
    graph.input = graph.addValue(offset.shape)
    let value = graph.addValue(offset.shape)
    let first = graph.addParameter("offset", offset.shape, offset.values, .offset)
    graph.nodes.append(
      Node(
        kind: .binary(.add), inputs: [graph.input], output: value, parameters: [first],
        place: "sum"))
    let parameters = stated.all("parameter").map {
      graph.addParameter("parameter", $0.shape, $0.values, .offset)
    }
    graph.output = graph.addValue(Array(try stated.first("output").shape.dropFirst()))
    var node = Node(
      kind: try kind(stated, offset.shape), inputs: [value], output: graph.output,
      parameters: parameters, place: stated.name)
    if case .batchNorm(let channels, _) = node.kind {
      for start in [Float(0), 1] {
        node.parameters.append(
          graph.addParameter(
            "statistic", [channels], Array(repeating: start, count: channels), .statistic))
      }
    }
    let isTwice = stated.words[0] == "concatenate" || stated.words.last == "twice"
    if isTwice { node.inputs.append(value) }
    graph.nodes.append(node)
    return graph
  }

  private func kind(_ stated: TorchCase, _ shape: [Int]) throws -> Node.Kind {
    let channels = shape.last ?? 1
    let rows = shape.dropLast().reduce(1, *)
    switch stated.words[0] {
    case "conv":
      return .convolution(
        try window(stated, shape), outputs: try #require(stated.all("parameter").last).values.count)
    case "depthwise": return .depthwise(try window(stated, shape))
    case "transposed":
      let output = try stated.first("output").shape
      return .transposedConvolution(
        try window(stated, Array(output.dropFirst())), inputs: channels)
    case "lstm", "recurrent": return try recurrent(stated, shape)
    case "view": return .view(try view(stated, shape))
    case "max": return .maxPool(try window(stated, shape))
    case "average": return .averagePool(try window(stated, shape))
    case "dense":
      let outputs = try #require(stated.all("parameter").last).values.count
      return .dense(rows: rows, inputs: channels, outputs: outputs)
    case "norm": return .batchNorm(channels: channels, epsilon: 1e-3)
    case "mean": return .mean(outer: 1, count: rows, inner: channels)
    case "softmax": return .softmax(beta: 1, width: channels)
    case "concatenate": return .concatenate(rows: rows, widths: [channels, channels])
    case "pad":
      let sides = stated.words.compactMap(Int.init)
      return .pad(
        PaddedImage(
          height: shape[0], width: shape[1], channels: channels, top: sides[0], left: sides[1],
          bottom: sides[2], right: sides[3]))
    case "add": return .binary(.add)
    case "subtract": return .binary(.subtract)
    case "multiply": return .binary(.multiply)
    case "prelu": return .parametricReLU
    case "repeat": return .repeatChannels(3)
    default: return .activation(try #require(Self.activations[stated.words[1]]))
    }
  }

  private func recurrent(_ stated: TorchCase, _ shape: [Int]) throws -> Node.Kind {
    let parameters = stated.all("parameter")
    let units = try #require(parameters.last).values.count
    let geometry = SequenceGeometry(
      steps: shape[0], depth: shape[1], units: units, gates: parameters.count / 3)
    guard stated.words[0] == "lstm" else {
      return .recurrent(geometry, Self.activations[stated.words[1]])
    }
    return .lstm(
      LSTMLayer(
        geometry: geometry, activation: .tanh,
        cellClip: stated.words.contains("clipped") ? Float(stated.words[2]) ?? 0 : 0,
        isCoupled: stated.words.contains("coupled")))
  }

  private func view(_ stated: TorchCase, _ shape: [Int]) throws -> StridedView {
    let whole = StridedView(of: shape)
    func range(_ start: Int, _ stride: Int, _ count: Int) -> SliceRange {
      SliceRange(start: start, stride: stride, count: count)
    }
    switch stated.words[1] {
    case "transposed": return whole.transposed([1, 2, 0])
    case "sliced": return whole.sliced([range(1, 1, 3), range(0, 2, 3), range(1, 1, 2)])
    case "reversed": return whole.sliced([range(0, 1, 3), range(3, -1, 4)])
    default: return try #require(whole.broadcast(to: [2, 3, 5, 4]))
    }
  }

  private static let activations: [String: DifferentiableActivation] = [
    "relu": .relu, "relu6": .relu6, "relu1": .reluMinus1To1, "leaky": .leakyReLU(slope: 0.1),
    "tanh": .tanh, "logistic": .logistic, "elu": .elu, "hardswish": .hardSwish, "gelu": .gelu,
  ]

  private func window(_ stated: TorchCase, _ shape: [Int]) throws -> PatchGeometry {
    let numbers = stated.words.compactMap(Int.init)
    return try #require(
      PatchGeometry(
        input: shape, filter: (numbers[0], numbers[1]), stride: (numbers[2], numbers[3]),
        dilation: (numbers[4], numbers[5]), isSame: stated.words.last == "same"))
  }
}
