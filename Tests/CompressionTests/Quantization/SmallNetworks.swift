import NeuralNetworks
import ReproducibleMath
import Training

/// Networks with random weights, and samples for them.
enum SmallNetworks {
  static func floats(_ count: Int, _ name: String, _ range: ClosedRange<Float> = -1...1) -> [Float]
  {
    var stream = RandomStream(seed: 7, name: name)
    return (0..<count).map { _ in
      range.lowerBound + Float(stream.uniform()) * (range.upperBound - range.lowerBound)
    }
  }

  static func constant(
    _ name: String, _ shape: Shape, _ range: ClosedRange<Float> = -1...1
  ) -> Tensor {
    Tensor(name: name, elementType: .float32, shape: shape).holding(
      floats(shape.elementCount, name, range))
  }

  static func value(_ name: String, _ shape: Shape) -> Tensor {
    Tensor(name: name, elementType: .float32, shape: shape)
  }

  /// Convolution, depthwise, a residual sum, pool, reshape, dense and softmax on 6 x 6 x 3.
  static func residual(activation: Activation = .relu) -> Network {
    let tensors = [
      value("image", [1, 6, 6, 3]),
      constant("first", [4, 3, 3, 3]), constant("first bias", [4], -0.5...0.5),
      value("a", [1, 6, 6, 4]),
      constant("depthwise", [1, 3, 3, 4], -3...1), constant("depthwise bias", [4]),
      value("b", [1, 6, 6, 4]),
      constant("point", [4, 1, 1, 4]), constant("point bias", [4]),
      value("c", [1, 6, 6, 4]),
      value("sum", [1, 6, 6, 4]),
      value("pool", [1, 1, 1, 4]),
      Tensor(
        name: "shape", elementType: .int32, shape: [2],
        constant: ConstantData(bytes: [1, 0, 0, 0, 4, 0, 0, 0])),
      value("flat", [1, 4]),
      constant("dense", [5, 4], -2...2), constant("dense bias", [5]),
      value("logits", [1, 5]), value("classes", [1, 5]),
    ]
    let same = Convolution2D(padding: .same, activation: activation)
    let window = Window2D(
      padding: .valid, strideHeight: 6, strideWidth: 6, filterHeight: 6, filterWidth: 6,
      activation: .none)
    let operators = [
      Operator(operation: .conv2D(same), inputs: [0, 1, 2], outputs: [3]),
      Operator(
        operation: .depthwiseConv2D(same, depthMultiplier: 1), inputs: [3, 4, 5], outputs: [6]),
      Operator(
        operation: .conv2D(Convolution2D(padding: .same)), inputs: [6, 7, 8], outputs: [9]),
      Operator(operation: .binary(.add, activation: .relu), inputs: [9, 3], outputs: [10]),
      Operator(operation: .averagePool2D(window), inputs: [10], outputs: [11]),
      Operator(operation: .reshape(shape: nil), inputs: [11, 12], outputs: [13]),
      Operator(
        operation: .fullyConnected(activation: .none, keepsDimensions: false),
        inputs: [13, 14, 15], outputs: [16]),
      Operator(operation: .softmax(beta: 1), inputs: [16], outputs: [17]),
    ]
    return network(tensors, inputs: [0], outputs: [17], operators)
  }

  static func network(
    _ tensors: [Tensor], inputs: [Int], outputs: [Int], _ operators: [Operator]
  ) -> Network {
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: inputs, outputs: outputs, operators: operators)
    return Network(name: "small", subgraphs: [main], fileByteCount: 0)
  }

  static func samples(_ count: Int, _ shape: Shape = [6, 6, 3]) -> SampleSet {
    SampleSet(shape: shape, values: floats(count * shape.elementCount, "samples", -2...2))
  }
}
