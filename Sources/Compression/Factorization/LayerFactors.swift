import NeuralNetworks

/// The two layers that take the place of one.
struct LayerFactors {
  let form: FactorForm
  let rank: Int
  let first, second: [Float]
  let record: LayerRecord

  /// The root of each singular value goes to either side, so that both have weights of like size.
  init(_ form: FactorForm, _ decomposition: SingularValues, rank: Int, _ values: [Float]) {
    self.form = form
    self.rank = rank
    let roots = decomposition.values.prefix(rank).map { $0.squareRoot() }
    let count = decomposition.values.count
    let left = (0..<form.rows).map { row in
      (0..<rank).map { Float(decomposition.left[row * count + $0] * roots[$0]) }
    }
    let right = (0..<rank).map { value in
      (0..<form.columns).map {
        Float(decomposition.right[value * form.columns + $0] * roots[value])
      }
    }
    if form.isSpatial {
      first = (0..<rank).flatMap { value in left.map { $0[value] } }
      // [value][output x column] becomes [output][column][value].
      second = (0..<form.columns).flatMap { column in right.map { $0[column] } }
    } else {
      first = right.flatMap { $0 }
      second = left.flatMap { $0 }
    }
    var record = LayerRecord(
      name: form.layer.name, before: values,
      after: form.weights(from: Self.product(left, right)))
    record.elementCountAfter = first.count + second.count
    record.zeroCount = first.count { $0 == 0 } + second.count { $0 == 0 }
    self.record = record
  }

  private static func product(_ left: [[Float]], _ right: [[Float]]) -> [Double] {
    left.flatMap { row -> [Double] in
      var result = [Double](repeating: 0, count: right.first?.count ?? 0)
      for (factor, vector) in zip(row, right) {
        for index in vector.indices { result[index] += Double(factor) * Double(vector[index]) }
      }
      return result
    }
  }

  /// Replaces the operator; the first factor takes the tensor of the weights.
  func insert(into subgraph: inout Subgraph) {
    let layer = form.layer
    let op = subgraph.operators[layer.operatorIndex]
    var middle = subgraph.tensors[layer.output]
    middle.name = layer.name + "/middle"
    middle.shape = middleShape(subgraph)
    let weights = subgraph.tensors[layer.weights]
    var (head, tail) = (weights.holding(first, shape: shapes.first), weights)
    tail = tail.holding(second, shape: shapes.second)
    (head.name, tail.name) = (layer.name + "/first", layer.name + "/second")
    subgraph.tensors[layer.weights] = head
    let next = subgraph.tensors.count
    subgraph.tensors += [tail, middle]
    let operations = operations(op.operation)
    subgraph.operators.replaceSubrange(
      layer.operatorIndex...layer.operatorIndex,
      with: [
        Operator(
          operation: operations.first, inputs: [layer.input, layer.weights], outputs: [next + 1]),
        Operator(
          operation: operations.second, inputs: [next + 1, next] + op.inputs.dropFirst(2),
          outputs: op.outputs),
      ])
  }

  private func middleShape(_ subgraph: Subgraph) -> Shape {
    var extents = subgraph.tensors[form.layer.output].shape.dimensions
    if form.isSpatial { extents[2] = subgraph.tensors[form.layer.input].shape[2] }
    return Shape(extents.dropLast() + [rank])
  }

  private var shapes: (first: Shape, second: Shape) {
    let layer = form.layer
    if layer.kind == .dense { return ([rank, layer.inputCount], [layer.outputCount, rank]) }
    return form.isSpatial
      ? ([rank, form.height, 1, layer.inputCount], [layer.outputCount, 1, form.width, rank])
      : ([rank, form.height, form.width, layer.inputCount], [layer.outputCount, 1, 1, rank])
  }

  /// The activation comes last, strides as early as can be.
  private func operations(
    _ operation: NeuralNetworks.Operation
  ) -> (first: NeuralNetworks.Operation, second: NeuralNetworks.Operation) {
    switch operation {
    case .conv2D(let whole):
      var (first, second) = (whole, whole)
      first.activation = .none
      (second.strideHeight, second.dilationHeight) = (1, 1)
      if form.isSpatial {
        (first.strideWidth, first.dilationWidth) = (1, 1)
      } else {
        (second.strideWidth, second.dilationWidth) = (1, 1)
      }
      return (.conv2D(first), .conv2D(second))
    case .fullyConnected(_, let keepsDimensions, let isAsymmetric):
      return (
        .fullyConnected(
          activation: .none, keepsDimensions: keepsDimensions,
          quantizesInputsAsymmetrically: isAsymmetric), operation
      )
    default: preconditionFailure("a layer that cannot be factorized")
    }
  }
}
