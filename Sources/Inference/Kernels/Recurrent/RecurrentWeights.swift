import Glibc
import NeuralNetworks

/// A float vector of one step, with its int8 form where weights are int8.
struct RecurrentVector {
  let values: UnsafePointer<Float>
  private let quantized: QuantizedRows?

  init(_ values: UnsafePointer<Float>, count: Int, quantization: RecurrentQuantization) {
    self.values = values
    quantized =
      quantization == .none
      ? nil
      : QuantizedRows(values, rows: 1, depth: count, isAsymmetric: quantization == .asymmetric)
  }

  /// The product of a row of int8 weights and the vector, which has been quantized.
  @inline(__always)
  fileprivate func product(_ weights: UnsafePointer<Int8>, count: Int, scale: Float) -> Float {
    guard let quantized else { preconditionFailure("a vector that was not quantized") }
    let zeroPoint = quantized.zeroPoints[0]
    var sum: Int32 = 0
    for index in 0..<count {
      sum &+= (Int32(quantized.values[index]) &- zeroPoint) &* Int32(weights[index])
    }
    return Float(sum) * (quantized.scales[0] * scale)
  }
}

/// How the inputs of hybrid recurrent kernels are brought to int8; none for float weights.
enum RecurrentQuantization: Sendable {
  case none, symmetric, asymmetric

  init(_ weights: Tensor, isAsymmetric: Bool) {
    self = weights.elementType == .float32 ? .none : isAsymmetric ? .asymmetric : .symmetric
  }
}

/// A matrix of a recurrent operator: rows of float32 or int8 weights.
struct RecurrentWeights: Sendable {
  let operand: Int
  let rows, columns: Int
  /// Nil for float32.
  private let scale: Float?

  /// Nil when the operand is absent.
  ///
  /// - Throws: when int8 weights have no scale.
  init?(_ context: KernelContext, _ operand: Int) throws(ModelError) {
    guard let tensor = context.optionalInput(operand) else { return nil }
    self.operand = operand
    (rows, columns) = (tensor.shape[0], tensor.shape[1])
    scale =
      tensor.elementType == .int8
      ? Float(try context.weightScales(of: tensor, axis: 0, count: 1)[0]) : nil
  }

  /// Adds the product of the matrix and a vector.
  func accumulate(
    _ vector: RecurrentVector, _ operands: KernelOperands,
    into result: UnsafeMutablePointer<Float>
  ) {
    if let scale {
      let weights = operands.input(operand, as: Int8.self)
      for row in 0..<rows {
        result[row] += vector.product(weights + row &* columns, count: columns, scale: scale)
      }
      return
    }
    let weights = operands.input(operand, as: Float.self)
    for row in 0..<rows {
      let values = weights + row &* columns
      var sum: Float = 0
      for index in 0..<columns { sum += values[index] * vector.values[index] }
      result[row] += sum
    }
  }
}

/// A vector of a recurrent operator that is multiplied element by element: peephole weights.
struct RecurrentScaling: Sendable {
  private let operand: Int
  private let count: Int
  private let scale: Float?

  init?(_ context: KernelContext, _ operand: Int) throws(ModelError) {
    guard let tensor = context.optionalInput(operand) else { return nil }
    self.operand = operand
    count = tensor.shape.elementCount
    scale =
      tensor.elementType == .int8
      ? Float(try context.weightScales(of: tensor, axis: 0, count: 1)[0]) : nil
  }

  func accumulate(
    _ values: UnsafePointer<Float>, _ operands: KernelOperands,
    into result: UnsafeMutablePointer<Float>
  ) {
    if let scale {
      let weights = operands.input(operand, as: Int8.self)
      for index in 0..<count { result[index] += Float(weights[index]) * scale * values[index] }
    } else {
      let weights = operands.input(operand, as: Float.self)
      for index in 0..<count { result[index] += weights[index] * values[index] }
    }
  }
}

extension RecurrentActivation {
  func callAsFunction(_ value: Float) -> Float {
    switch self {
    case .none: value
    case .relu: max(value, 0)
    case .reluMinus1To1: min(max(value, -1), 1)
    case .relu6: min(max(value, 0), 6)
    case .tanh: tanhf(value)
    case .sigmoid: 1 / (1 + expf(-value))
    }
  }
}

extension KernelOperands {
  /// A variable tensor, which an operator updates though it is an input.
  ///
  /// - Precondition: validation has found the input to be a variable.
  func state<Element>(_ index: Int, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    UnsafeMutablePointer(mutating: input(index, as: type))
  }
}
