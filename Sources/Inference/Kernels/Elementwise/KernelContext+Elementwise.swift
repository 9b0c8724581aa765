import NeuralNetworks

/// Bodies of kernels that compute each element of the result from those at its place.
extension KernelContext {
  /// - Precondition: input and output hold elements of these types.
  @inline(__always)
  func unary<Source, Result>(
    _ function: @escaping @Sendable (Source) -> Result
  ) -> KernelBody {
    let count = output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Source.self)
      let result = operands.output(as: Result.self)
      for index in 0..<count { result[index] = function(source[index]) }
    }
  }

  /// The inputs are broadcast.
  ///
  /// - Precondition: inputs and output hold elements of these types.
  @inline(__always)
  func binary<Source, Result>(
    _ function: @escaping @Sendable (Source, Source) -> Result
  ) -> KernelBody {
    let loop = StridedLoop(broadcasting: [input(0).shape, input(1).shape], to: output.shape)
    return { operands in
      loop.map(
        operands.input(0, as: Source.self), operands.input(1, as: Source.self),
        into: operands.output(as: Result.self), function)
    }
  }

  /// As above, with a call for each element: for operators in which no model spends its time. One
  /// loop for all of them keeps the program small.
  @inline(never)
  func binaryByCall<Source, Result>(
    _ function: @escaping @Sendable (Source, Source) -> Result
  ) -> KernelBody {
    binary(function)
  }

  /// As above, unless a second operand is one that the function cannot take.
  @inline(never)
  func binary<Source, Result>(
    failing failure: KernelFailure, where isBad: @escaping @Sendable (Source) -> Bool,
    _ function: @escaping @Sendable (Source, Source) -> Result
  ) -> KernelBody {
    let body = binaryByCall(function)
    let count = output.shape.elementCount > 0 ? input(1).shape.elementCount : 0
    return { operands in
      let second = operands.input(1, as: Source.self)
      for index in 0..<count where isBad(second[index]) {
        operands.fail(failure)
        return
      }
      body(operands)
    }
  }

  /// Stored values that a fused activation clamps to.
  func storedRange(
    of activation: Activation, _ tensor: Tensor
  ) throws(ModelError) -> (low: Int32, high: Int32) {
    guard tensor.elementType.isQuantizedActivation else {
      throw failure(found: "\(tensor.elementType)", expected: "a quantized type")
    }
    let (scale, zeroPoint) = try quantization(of: tensor)
    return storedRange(of: activation, tensor.elementType, scale: scale, zeroPoint: zeroPoint)
  }

  /// The arithmetic of operators that are no matrix product: LiteRT's default build changes those
  /// only.
  var elementwiseArithmetic: Arithmetic {
    arithmetic == .doubleRoundingHalfUp ? .doubleRounding : arithmetic
  }

  /// Whether all operands have an element type.
  func hasOperands(of type: ElementType) -> Bool {
    op.inputs.allSatisfy { $0.map { subgraph.tensors[$0].elementType == type } ?? true }
      && op.outputs.allSatisfy { subgraph.tensors[$0].elementType == type }
  }
}

extension ElementType {
  /// Whether it is one of the integer types that activations are quantized to.
  var isQuantizedActivation: Bool { [.int8, .uint8, .int16].contains(self) }
}
