/// Checks one operator's operands: how many, of what type and shape.
struct OperatorCheck {
  let subgraph: Subgraph
  let op: Operator
  let place: String

  func validate() throws(ModelError) {
    try checkCounts()
    switch op.operation {
    case .add: try checkAdd()
    case .averagePool2D(let window), .maxPool2D(let window): try checkPool(window)
    case .concatenation(let axis, _): try checkConcatenation(axis: axis)
    case .conv2D(let convolution): try checkConvolution(convolution, depthMultiplier: nil)
    case .depthwiseConv2D(let convolution, let multiplier):
      try checkConvolution(convolution, depthMultiplier: multiplier)
    case .fullyConnected: try checkFullyConnected()
    case .dequantize, .quantize, .logistic, .softmax: try checkSameShape()
    case .reshape: try checkReshape()
    case .split(let count): try checkSplit(value: 1, axis: 0, sizes: nil, count: count)
    case .splitV(let count): try checkSplit(value: 0, axis: 2, sizes: 1, count: count)
    case .stridedSlice(let slice): try checkStridedSlice(slice)
    case .varHandle: try require(output(0).elementType == .resource, "a resource as output")
    case .callOnce, .readVariable, .assignVariable: break
    }
  }

  // MARK: Operands

  func input(_ index: Int) throws(ModelError) -> Tensor {
    guard let tensor = op.inputs[index] else {
      throw ModelError(place: place, found: "no input \(index)", expected: "it")
    }
    return subgraph.tensors[tensor]
  }

  func optionalInput(_ index: Int) -> Tensor? {
    guard index < op.inputs.count, let tensor = op.inputs[index] else { return nil }
    return subgraph.tensors[tensor]
  }

  func output(_ index: Int) -> Tensor { subgraph.tensors[op.outputs[index]] }

  /// The value of a constant input of int32 with at most 1024 elements.
  func integers(_ index: Int) throws(ModelError) -> [Int] {
    let tensor = try input(index)
    guard let constant = tensor.constant, tensor.elementType == .int32,
      tensor.shape.elementCount <= 1024
    else {
      throw ModelError(
        place: place, found: "input \(index) as \(tensor.elementType) \(tensor.shape)",
        expected: "constant int32")
    }
    return constant.elements(as: Int32.self).map(Int.init)
  }

  /// - Parameter expectation: in words, for the message.
  func require(_ isTrue: Bool, _ expectation: String) throws(ModelError) {
    if isTrue { return }
    let shapes = (op.inputs.compactMap { $0 } + op.outputs).prefix(8).map {
      "\(subgraph.tensors[$0].elementType) \(subgraph.tensors[$0].shape)"
    }
    throw ModelError(
      place: place, found: shapes.joined(separator: ", "), expected: expectation)
  }

  private func checkCounts() throws(ModelError) {
    let (inputs, outputs) = op.operation.operandCounts
    guard inputs.contains(op.inputs.count), outputs.contains(op.outputs.count) else {
      throw ModelError(
        place: place, found: "\(op.inputs.count) inputs and \(op.outputs.count) outputs",
        expected: "\(inputs) and \(outputs)")
    }
    for tensor in op.inputs.compactMap({ $0 }) + op.outputs {
      let isHandle = subgraph.tensors[tensor].elementType == .resource
      try require(isHandle == isHandleAllowed(tensor), "a resource where a handle is, only there")
      try require(subgraph.tensors[tensor].shape.elementCount > 0, "tensors that are not empty")
    }
  }

  private func isHandleAllowed(_ tensor: Int) -> Bool {
    switch op.operation {
    case .varHandle: op.outputs == [tensor]
    case .readVariable, .assignVariable: op.inputs[0] == tensor
    default: false
    }
  }
}

extension Operation {
  /// How many inputs and outputs the schema gives the operator.
  fileprivate var operandCounts: (inputs: ClosedRange<Int>, outputs: ClosedRange<Int>) {
    switch self {
    case .add: (2...2, 1...1)
    case .averagePool2D, .maxPool2D, .dequantize, .quantize, .logistic, .softmax, .readVariable:
      (1...1, 1...1)
    case .concatenation: (1...1024, 1...1)
    case .conv2D, .depthwiseConv2D, .fullyConnected: (2...3, 1...1)
    case .reshape: (1...2, 1...1)
    case .split(let count): (2...2, max(count, 1)...max(count, 1))
    case .splitV(let count): (3...3, max(count, 1)...max(count, 1))
    case .stridedSlice: (4...4, 1...1)
    case .callOnce: (0...0, 0...0)
    case .varHandle: (0...0, 1...1)
    case .assignVariable: (2...2, 0...0)
    }
  }
}
