import NeuralNetworks

/// One operator run by itself, with the same rules and kernels as in a plan: types are inferred
/// from actual shapes and values, a kernel is prepared, outputs are allocated, the kernel runs.
struct OperatorEvaluation {
  let network: [Subgraph]
  let op: Operator
  let arithmetic: Arithmetic
  let kernels: KernelSelection
  let place: String

  /// What an operator was prepared for, and with what result.
  struct Preparation {
    fileprivate let inputTypes: [TensorType?]
    fileprivate let parameters: [[UInt8]]
    fileprivate let outputTypes: [TensorType]
    fileprivate let kernel: PreparedKernel
  }

  /// - Parameters:
  ///   - subgraph: shapes of inputs are those of the values; those of outputs are set.
  ///   - values: of the inputs, nil for absent ones.
  ///   - preparation: of an earlier run, used again when shapes and parameters are the same.
  /// - Throws: `ModelError` when the operands do not fit, or values make it impossible.
  func outputs(
    _ values: [TensorValue?], in subgraph: inout Subgraph, _ preparation: inout Preparation?
  ) throws(ModelError) -> [TensorValue] {
    let types = values.map { value in value.map { TensorType($0.elementType, $0.shape) } }
    let parameters = parameters(values)
    if preparation?.inputTypes != types || preparation?.parameters != parameters {
      preparation = try prepare(types, parameters, in: &subgraph)
    }
    guard let preparation else { preconditionFailure("a preparation that was just made") }
    return try run(preparation, values)
  }

  /// Bytes of the inputs whose values the operator's types depend on.
  private func parameters(_ values: [TensorValue?]) -> [[UInt8]] {
    op.operation.parameterInputs.map { index in
      guard index < values.count, let value = values[index] else { return [] }
      return value.withBytes { Array($0) }
    }
  }

  private func prepare(
    _ types: [TensorType?], _ parameters: [[UInt8]], in subgraph: inout Subgraph
  ) throws(ModelError) -> Preparation {
    for (index, bytes) in zip(op.operation.parameterInputs, parameters) {
      if index < op.inputs.count, let tensor = op.inputs[index] {
        subgraph.tensors[tensor].constant = ConstantData(bytes: bytes)
      }
    }
    let check = OperatorCheck(network: network, subgraph: subgraph, op: op, place: place)
    guard let outputTypes = try check.inferredTypes() else {
      throw check.failure(found: "shapes that nothing tells", expected: "known ones")
    }
    for (tensor, type) in zip(op.outputs, outputTypes) {
      guard subgraph.tensors[tensor].elementType == type.elementType else {
        throw check.failure(
          found: "\(subgraph.tensors[tensor].elementType)", expected: "\(type.elementType)")
      }
      subgraph.tensors[tensor].shape = type.shape
    }
    let kernel = try KernelTable.prepare(
      KernelContext(
        op: op, subgraph: subgraph, arithmetic: arithmetic, kernels: kernels, place: place,
        network: network))
    return Preparation(
      inputTypes: types, parameters: parameters, outputTypes: outputTypes, kernel: kernel)
  }

  private func run(
    _ preparation: Preparation, _ values: [TensorValue?]
  ) throws(ModelError) -> [TensorValue] {
    var outputs: [TensorValue] = []
    for type in preparation.outputTypes {
      outputs.append(try TensorValue(unfilled: type.elementType, type.shape))
    }
    // No schema has more optional inputs than these.
    let inputs = values.map { $0.map { UnsafeRawPointer($0.buffer.base) } } + [nil, nil, nil]
    let results = outputs.map { UnsafeMutableRawPointer?($0.buffer.base) } + [nil]
    let scratch = TensorBuffer(byteCount: preparation.kernel.scratchBytes(1))
    var failure: KernelFailure?
    withExtendedLifetime((values, outputs, scratch)) {
      inputs.withUnsafeBufferPointer { inputs in
        results.withUnsafeBufferPointer { results in
          withUnsafeMutablePointer(to: &failure) { failure in
            guard let inputs = inputs.baseAddress, let results = results.baseAddress else { return }
            preparation.kernel.body(
              KernelOperands(
                inputs: inputs, outputs: results, scratch: scratch.base, failure: failure))
          }
        }
      }
    }
    if let failure {
      throw ModelError(
        place: place, found: failure.rawValue, expected: "values that the operator can take")
    }
    return outputs
  }
}
