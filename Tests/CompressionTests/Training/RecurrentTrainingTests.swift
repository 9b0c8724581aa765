import Inference
import NeuralNetworks
import Testing

@testable import Training

/// What the trainer makes of operators is held against the executor.
@Suite struct RecurrentTrainingTests {
  private func check(_ network: Network, _ what: String) throws {
    try network.validate()
    let trainable = try TrainableNetwork(network)
    let size = trainable.inputShape.elementCount
    let samples = normals(5 * size, seed: 5)
    let found = trainable.outputs(
      of: SampleSet(shape: trainable.inputShape, values: samples), jobs: 2)
    let expected = try (0..<5).flatMap {
      try outputs(of: network, on: Array(samples[$0 * size..<($0 + 1) * size]))
    }
    #expect(found.count == expected.count, "\(what)")
    for (value, wanted) in zip(found, expected) {
      #expect((value - wanted).magnitude <= 2e-5 * max(1, wanted.magnitude), "\(what)")
    }
    let back = trainable.network()
    try back.validate()
    #expect(back.main.operators == network.main.operators, "\(what)")
  }

  /// - Parameter refused: an operand that stands where training takes none.
  private func lstm(
    _ attributes: LSTMAttributes, isCoupled: Bool = false, refused: Int? = nil
  ) throws -> Network {
    let (steps, depth, units) = (6, 5, 7)
    let builder = NetworkBuilder(
      seed: 3, input: attributes.isTimeMajor ? [steps, 1, depth] : [1, steps, depth])
    var operands = [Int?](repeating: nil, count: 24)
    operands[0] = 0
    for gate in (isCoupled ? 1 : 0)...3 {
      operands[1 + gate] = builder.constant([units, depth], name: "input\(gate)")
      operands[5 + gate] = builder.constant([units, units], name: "state\(gate)")
      operands[12 + gate] = builder.constant([units], name: "bias\(gate)")
    }
    for place in [18, 19] { operands[place] = builder.variable([1, units]) }
    if let refused { operands[refused] = builder.constant([units], name: "refused") }
    let sequence = builder.add(
      .unidirectionalSequenceLSTM(attributes), operands,
      attributes.isTimeMajor ? [steps, 1, units] : [1, steps, units])
    return builder.network(builder.dense(sequence, 4, activation: .none))
  }

  @Test("Every form of an LSTM that is trained computes what the executor does")
  func lstmForms() throws {
    try check(try lstm(LSTMAttributes()), "batch first")
    try check(try lstm(LSTMAttributes(isTimeMajor: true)), "time first")
    try check(try lstm(LSTMAttributes(cellClip: 0.5)), "clipped")
    try check(try lstm(LSTMAttributes(), isCoupled: true), "coupled")
    try check(try lstm(LSTMAttributes(activation: .relu)), "with a rectifier")
  }

  @Test(
    "An LSTM with what is not trained is refused by name",
    arguments: [(10, "peepholes"), (21, "layer normalization")])
  func refusal(operand: Int, name: String) throws {
    let network = try lstm(LSTMAttributes(), refused: operand)
    let error = #expect(throws: ModelError.self) { try TrainableNetwork(network) }
    #expect(error?.found.contains(name) == true)
  }

  @Test("A recurrent layer computes what the executor does", arguments: [false, true])
  func recurrentLayer(isTimeMajor: Bool) throws {
    let builder = NetworkBuilder(seed: 3, input: isTimeMajor ? [4, 1, 5] : [1, 4, 5])
    let operands = [
      0, builder.constant([6, 5], name: "input"), builder.constant([6, 6], name: "state"),
      builder.constant([6], name: "bias"), builder.variable([1, 6]),
    ]
    let sequence = builder.add(
      .unidirectionalSequenceRNN(RNNAttributes(isTimeMajor: isTimeMajor)), operands,
      isTimeMajor ? [4, 1, 6] : [1, 4, 6])
    try check(builder.network(builder.dense(sequence, 3)), "recurrent layer")
  }

  @Test("A transposed convolution computes what the executor does", arguments: [1, 2])
  func transposedConvolution(stride: Int) throws {
    let builder = NetworkBuilder(seed: 4, input: [1, 4, 3, 5])
    let extents: [Int32] = [1, Int32(4 * stride), Int32(3 * stride), 6]
    let image = builder.add(
      .transposeConv2D(
        Convolution2D(
          padding: .same, strideHeight: stride, strideWidth: stride, activation: .relu)),
      [
        builder.integers(extents), builder.constant([6, 3, 3, 5], name: "weights"), 0,
        builder.constant([6], name: "bias"),
      ], Shape(extents.map { Int($0) }))
    try check(builder.network(builder.dense(image, 3)), "stride \(stride)")
  }

  /// As Keras writes a gated recurrent unit with `unroll=True`: time first, `1 - z` with the
  /// constant in front, a first state that is a constant, shared weights.
  @Test("An unrolled recurrent unit computes what the executor does")
  func unrolledUnit() throws {
    let (steps, depth, units) = (3, 4, 5)
    let builder = NetworkBuilder(seed: 6, input: [1, steps, depth])
    let turned = builder.add(
      .plain(.transpose), [0, builder.integers([1, 0, 2])], [steps, 1, depth])
    let parts = builder.add(
      .unpack(axis: 0, count: steps), [turned], count: steps, [1, depth])
    let kernel = builder.constant([3 * units, depth], name: "kernel")
    let recurrent = builder.constant([3 * units, units], name: "recurrent")
    let bias = builder.constant([3 * units], name: "bias")
    let one = builder.constant([], name: "one")
    let axis = builder.integers([1], shape: [])
    let product = NeuralNetworks.Operation.fullyConnected(
      activation: .none, keepsDimensions: false)
    var states = [builder.constant([1, units], name: "start")]
    for part in parts {
      let x = builder.add(
        .split(count: 3),
        [axis, builder.add(product, [part, kernel, bias], [1, 3 * units])], count: 3, [1, units])
      let h = builder.add(
        .split(count: 3),
        [axis, builder.add(product, [states.last, recurrent, nil], [1, 3 * units])], count: 3,
        [1, units])
      let z = builder.add(.logistic, [builder.sum(x[0], h[0], activation: .none)], [1, units])
      let r = builder.add(.logistic, [builder.sum(x[1], h[1], activation: .none)], [1, units])
      let new = builder.add(
        .activate(.tanh), [builder.sum(x[2], builder.product(r, h[2]), activation: .none)],
        [1, units])
      let rest = builder.add(.binary(.subtract, activation: .none), [one, z], [1, units])
      states.append(
        builder.sum(
          builder.product(z, states[states.count - 1]), builder.product(rest, new),
          activation: .none))
    }
    let all = builder.add(.pack(axis: 0), Array(states.dropFirst()), [steps, 1, units])
    let slice = builder.add(
      .stridedSlice(StridedSlice(beginMask: 0, endMask: 6, shrinkAxisMask: 1)),
      [
        all, builder.integers([-1, 0, 0]), builder.integers([0, 0, 0]),
        builder.integers([1, 1, 1]),
      ], [1, units])
    let network = builder.network(builder.dense(slice, 2, activation: .none))
    try check(network, "unrolled")
    let trainable = try TrainableNetwork(network)
    #expect(trainable.parameterCount == 15 * 4 + 15 * 5 + 15 + 2 * 5 + 2)
  }

  @Test("Movements and repetitions compute what the executor does")
  func movements() throws {
    let builder = NetworkBuilder(seed: 7, input: [1, 4, 6, 8])
    let shallow = builder.add(.depthToSpace(blockSize: 2), [0], [1, 8, 12, 2])
    let deep = builder.add(.spaceToDepth(blockSize: 2), [shallow], [1, 4, 6, 8])
    let mirrored = builder.add(
      .plain(.reverse), [deep, builder.integers([1, -1])], [1, 4, 6, 8])
    let slice = builder.add(
      .plain(.slice),
      [mirrored, builder.integers([0, 1, 0, 2]), builder.integers([1, 2, -1, 5])],
      [1, 2, 6, 5])
    let sizes = builder.integers([1, 1, -1])
    let parts = builder.add(
      .splitV(count: 3), [slice, sizes, builder.integers([-1], shape: [])],
      shapes: [[1, 2, 6, 1], [1, 2, 6, 1], [1, 2, 6, 3]])
    let repeated = builder.add(
      .binary(.multiply, activation: .relu), [parts[0], parts[2]], [1, 2, 6, 3])
    let column = builder.add(
      .binary(.add, activation: .none),
      [repeated, builder.constant([1, 2, 1, 1], name: "column")],
      [1, 2, 6, 3])
    let joined = builder.add(
      .concatenation(axis: 1, activation: .none), [column, parts[2]], [1, 4, 6, 3])
    try check(builder.network(builder.dense(joined, 3)), "movements")
  }

  @Test("What is made of recurrent layers computes what was trained", arguments: [false, true])
  func export(returnsSequence: Bool) throws {
    let trainable = try TrainableNetwork(
      Architecture([
        .init(.lstm(units: 6, returnsSequence: true)),
        .init(.gru(units: 5, returnsSequence: returnsSequence)), .init(.flatten),
        .init(.dense(units: 3, usesBatchNorm: false, activation: nil)), .init(.softmax),
      ]), inputShape: [7, 4], seed: 2)
    let network = trainable.network()
    try check(network, "layers")
    let samples = SampleSet(shape: [7, 4], values: normals(3 * 28))
    #expect(try TrainableNetwork(network).outputs(of: samples) == trainable.outputs(of: samples))
  }
}
