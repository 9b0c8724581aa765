import Inference
import NeuralNetworks
import ReproducibleMath

/// Builds float networks with random weights, operator by operator. Methods return the tensor that
/// the operator writes.
final class NetworkBuilder {
  private(set) var subgraph = Subgraph(
    name: "main", tensors: [], inputs: [], outputs: [], operators: [])
  var random: RandomStream

  init(seed: UInt64, input: Shape) {
    random = RandomStream(seed: seed, name: "network")
    subgraph.tensors = [Tensor(name: "input", elementType: .float32, shape: input)]
    subgraph.inputs = [0]
  }

  func network(_ outputs: Int...) -> Network {
    var result = subgraph
    result.outputs = outputs
    return Network(name: "built", subgraphs: [result], fileByteCount: 0)
  }

  func shape(_ tensor: Int) -> Shape { subgraph.tensors[tensor].shape }

  func below(_ bound: Int) -> Int { Int(random.uniform(below: Int64(bound))) }

  func constant(_ shape: Shape, name: String) -> Int {
    let values = (0..<shape.elementCount).map { _ in Float(random.normal()) * 0.5 }
    subgraph.tensors.append(
      Tensor(name: name, elementType: .float32, shape: shape).holding(values))
    return subgraph.tensors.count - 1
  }

  func integers(_ values: [Int32], shape: Shape? = nil) -> Int {
    subgraph.tensors.append(
      Tensor(
        name: "integers", elementType: .int32, shape: shape ?? [values.count],
        constant: ConstantData(bytes: values.withUnsafeBytes { Array($0) })))
    return subgraph.tensors.count - 1
  }

  func add(
    _ operation: NeuralNetworks.Operation, _ inputs: [Int?], _ output: Shape
  ) -> Int {
    subgraph.tensors.append(
      Tensor(name: "t\(subgraph.tensors.count)", elementType: .float32, shape: output))
    let result = subgraph.tensors.count - 1
    subgraph.operators.append(Operator(operation: operation, inputs: inputs, outputs: [result]))
    return result
  }

  /// An operator with so many outputs of one shape.
  func add(
    _ operation: NeuralNetworks.Operation, _ inputs: [Int?], count: Int, _ output: Shape
  ) -> [Int] {
    add(operation, inputs, shapes: Array(repeating: output, count: count))
  }

  func add(
    _ operation: NeuralNetworks.Operation, _ inputs: [Int?], shapes: [Shape]
  ) -> [Int] {
    let first = subgraph.tensors.count
    subgraph.tensors += shapes.enumerated().map {
      Tensor(name: "t\(first + $0.offset)", elementType: .float32, shape: $0.element)
    }
    let outputs = Array(first..<subgraph.tensors.count)
    subgraph.operators.append(Operator(operation: operation, inputs: inputs, outputs: outputs))
    return outputs
  }

  /// Zeros that operators keep from one invocation to the next.
  func variable(_ shape: Shape) -> Int {
    subgraph.tensors.append(
      Tensor(
        name: "variable\(subgraph.tensors.count)", elementType: .float32, shape: shape,
        isVariable: true))
    return subgraph.tensors.count - 1
  }

  private func name(_ kind: String) -> String { "\(kind)\(subgraph.operators.count)" }

  private func extent(_ input: Int, kernel: Int, stride: Int, _ padding: Padding) -> Int {
    padding == .same ? (input + stride - 1) / stride : (input - kernel + stride) / stride
  }

  func convolution(
    _ input: Int, _ filters: Int, kernel: (Int, Int) = (3, 3), stride: Int = 1,
    padding: Padding = .same, activation: Activation = .relu
  ) -> Int {
    let source = shape(input)
    let weights = constant([filters, kernel.0, kernel.1, source[3]], name: name("conv"))
    let bias = constant([filters], name: name("bias"))
    return add(
      .conv2D(
        Convolution2D(
          padding: padding, strideHeight: stride, strideWidth: stride, activation: activation)),
      [input, weights, bias],
      [
        source[0], extent(source[1], kernel: kernel.0, stride: stride, padding),
        extent(source[2], kernel: kernel.1, stride: stride, padding), filters,
      ])
  }

  func depthwise(
    _ input: Int, multiplier: Int = 1, stride: Int = 1, activation: Activation = .relu
  ) -> Int {
    let source = shape(input)
    let channels = source[3] * multiplier
    let weights = constant([1, 3, 3, channels], name: name("depthwise"))
    let bias = constant([channels], name: name("bias"))
    return add(
      .depthwiseConv2D(
        Convolution2D(
          padding: .same, strideHeight: stride, strideWidth: stride, activation: activation),
        depthMultiplier: multiplier), [input, weights, bias],
      [
        source[0], extent(source[1], kernel: 3, stride: stride, .same),
        extent(source[2], kernel: 3, stride: stride, .same), channels,
      ])
  }

  func dense(_ input: Int, _ units: Int, activation: Activation = .relu) -> Int {
    let depth = shape(input).elementCount
    let weights = constant([units, depth], name: name("dense"))
    let bias = constant([units], name: name("bias"))
    return add(
      .fullyConnected(activation: activation, keepsDimensions: false), [input, weights, bias],
      [1, units])
  }

  func sum(_ a: Int, _ b: Int, activation: Activation = .relu) -> Int {
    add(.binary(.add, activation: activation), [a, b], shape(a))
  }

  func product(_ a: Int, _ b: Int) -> Int {
    add(.binary(.multiply, activation: .none), [a, b], shape(a))
  }

  func concatenation(_ parts: [Int]) -> Int {
    let first = shape(parts[0]).dimensions
    let channels = parts.reduce(0) { $0 + shape($1).dimensions[first.count - 1] }
    return add(
      .concatenation(axis: -1, activation: .none), parts, Shape(first.dropLast() + [channels]))
  }

  /// Over height and width.
  func mean(_ input: Int) -> Int {
    let axes = integers([1, 2])
    return add(
      .reduce(.mean, keepsDimensions: false), [input, axes], [shape(input)[0], shape(input)[3]])
  }

  func pool(_ input: Int) -> Int {
    let source = shape(input)
    return add(
      .maxPool2D(
        Window2D(
          padding: .valid, strideHeight: 2, strideWidth: 2, filterHeight: 2, filterWidth: 2,
          activation: .none)), [input], [source[0], source[1] / 2, source[2] / 2, source[3]])
  }

  func pad(_ input: Int, channels: Int32 = 0) -> Int {
    let paddings = integers([0, 0, 1, 1, 0, 1, 0, channels], shape: [4, 2])
    let source = shape(input)
    return add(
      .plain(.pad), [input, paddings],
      [source[0], source[1] + 2, source[2] + 1, source[3] + Int(channels)])
  }

  func flatten(_ input: Int) -> Int {
    let target = [1, shape(input).elementCount]
    let operand = integers(target.map(Int32.init))
    return add(.reshape(shape: nil), [input, operand], Shape(target))
  }
}

/// Runs a float network on one sample and gives all its outputs, one after the other.
func outputs(of network: Network, on input: [Float]) throws -> [Float] {
  var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: .singleRounding))
  input.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
  try interpreter.invoke()
  return network.main.outputs.indices.flatMap { index in
    interpreter.withOutput(index) { Array($0.bindMemory(to: Float.self)) }
  }
}

/// Normal values from a named stream.
func normals(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var random = RandomStream(seed: seed, name: "values")
  return (0..<count).map { _ in Float(random.normal()) }
}
