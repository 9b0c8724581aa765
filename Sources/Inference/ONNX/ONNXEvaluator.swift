import NeuralNetworks

/// Runs an ONNX program node by node; shapes are whatever the inputs and the data make them.
public struct ONNXEvaluator: Sendable {
  public let program: ONNXProgram

  private let limits: EvaluationLimits?

  /// - Parameter limits: those of the model's and the inputs' size where nil.
  public init(_ program: ONNXProgram, limits: EvaluationLimits? = nil) {
    self.program = program
    self.limits = limits
  }

  /// The names and declared types of the inputs that `run` takes, in order.
  public var inputs: [ONNXValueInfo] { program.model.graph.requiredInputs }

  public var outputs: [ONNXValueInfo] { program.model.graph.outputs }

  /// Computes the outputs.
  ///
  /// - Parameter inputs: one value for each of `self.inputs`, in that order.
  /// - Throws: `ModelError` with the node's index, name and operator.
  public func run(_ inputs: [ONNXValue]) throws(ModelError) -> [ONNXValue] {
    try check(inputs)
    return try run(evaluation(of: inputs), inputs)
  }

  func evaluation(
    of inputs: [ONNXValue], observe: ((GraphProgram.Step, NodeRun) -> Void)? = nil
  ) -> Evaluation {
    let standard = EvaluationLimits(
      fileByteCount: program.model.fileByteCount,
      inputByteCount: inputs.reduce(0) { $0 + $1.byteCount })
    return Evaluation(
      slotCount: program.slotCount, limits: limits ?? standard, observe: observe)
  }

  /// No tensor that is made meanwhile may be larger than what may be alive.
  func run(_ evaluation: Evaluation, _ inputs: [ONNXValue]) throws(ModelError) -> [ONNXValue] {
    let result = TensorValue.$maximumByteCount.withValue(evaluation.limits.liveBytes) {
      Result { () throws(ModelError) in try evaluation.run(program.main, inputs: inputs) }
    }
    return try result.get()
  }

  func check(_ values: [ONNXValue]) throws(ModelError) {
    let declared = inputs
    guard values.count == declared.count else {
      throw ModelError(
        place: "inputs", found: "\(values.count)", expected: "\(declared.count)")
    }
    for (info, value) in zip(declared, values) {
      guard case .tensor(let type, let dimensions) = info.type else { continue }
      guard case .tensor(let tensor) = value, tensor.elementType == type,
        Self.fits(tensor.shape, dimensions)
      else {
        throw ModelError(
          place: "input \"\(info.name)\"", found: value.kind, expected: info.type.text)
      }
    }
  }

  /// Named extents must agree in number only; what they are is the operators' affair.
  private static func fits(_ shape: Shape, _ dimensions: [ONNXValueInfo.Dimension]?) -> Bool {
    guard let dimensions else { return true }
    return dimensions.count == shape.rank
      && zip(dimensions, shape.dimensions).allSatisfy { dimension, extent in
        if case .fixed(let fixed) = dimension { fixed == extent } else { true }
      }
  }
}
