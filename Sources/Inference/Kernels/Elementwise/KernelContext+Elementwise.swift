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
    guard let range = tensor.elementType.storedRange else {
      throw failure(found: "\(tensor.elementType)", expected: "a quantized type")
    }
    let (low, high) = (Int32(range.lowerBound), Int32(range.upperBound))
    let (scale, zeroPoint) = try quantization(of: tensor)
    func stored(_ real: Float) -> Int32 {
      let steps = (real / Float(scale)).rounded(.toNearestOrAwayFromZero)
      return zeroPoint + Int32(max(-1e6, min(1e6, steps)))
    }
    switch activation {
    case .none: return (low, high)
    case .relu: return (max(low, zeroPoint), high)
    case .reluMinus1To1: return (max(low, stored(-1)), min(high, stored(1)))
    case .relu6: return (max(low, zeroPoint), min(high, stored(6)))
    }
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
  /// Values of the integer types of up to 16 bits.
  var storedRange: ClosedRange<Int>? {
    switch self {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32_768...32_767
    default: nil
    }
  }
}
