import Testing

@testable import Training

/// Every operator, forward and backward, against PyTorch.
@Suite struct OperatorGradientTests {
  @Test("Values and gradients are PyTorch's", arguments: TorchCase.all(of: "operators"))
  func torch(_ stated: TorchCase) throws {
    for jobs in [1, 3] { try check(stated, jobs: jobs) }
  }

  @Test("The file of cases covers every operator")
  func coverage() {
    #expect(TorchCase.all(of: "operators").count >= 49)
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
