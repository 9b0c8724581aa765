import NeuralNetworks

/// `BATCH_MATMUL`: a product of two matrices for every batch; batches broadcast.
enum MatrixKernels {
  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), context.input(1).elementType == .float32 else { return nil }
    let product = BatchedProduct(context)
    return { operands in
      let left = operands.input(0, as: Float.self)
      let right = operands.input(1, as: Float.self)
      let result = operands.output(as: Float.self)
      product.forEachElement { index, row, column in
        var sum: Float = 0
        for step in 0..<product.depth {
          sum += left[row &+ step &* product.leftStep] * right[column &+ step &* product.rightStep]
        }
        result[index] = sum
      }
    }
  }

  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int8.self, sum: Int32.self)
  }

  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int16.self, sum: Int64.self)
  }

  /// Exact up to 33,025 products of int8 (both sides within ±255); wraps beyond.
  private static func quantized<Value: StoredInteger, Sum: Accumulator>(
    _ context: KernelContext, _: Value.Type, sum: Sum.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType), context.input(1).elementType == Value.elementType
    else { return nil }
    let product = BatchedProduct(context)
    let left = try context.quantization(of: context.input(0))
    let right = try context.quantization(of: context.input(1))
    let stage = try OutputStage(context, weightScales: [right.scale], activation: .none)
    for multiplier in stage.multipliers { try Sum.checkScaling(multiplier, context) }
    let (leftZero, rightZero) = (Sum(left.zeroPoint), Sum(right.zeroPoint))
    return { operands in
      let left = operands.input(0, as: Value.self)
      let right = operands.input(1, as: Value.self)
      let result = operands.output(as: Value.self)
      product.forEachElement { index, row, column in
        var sum: Sum = 0
        for step in 0..<product.depth {
          let a = Sum(truncatingIfNeeded: left[row &+ step &* product.leftStep]) &- leftZero
          let b = Sum(truncatingIfNeeded: right[column &+ step &* product.rightStep]) &- rightZero
          sum &+= a &* b
        }
        result[index] = stage.stored(sum, channel: 0)
      }
    }
  }

  /// Float on the left, int8 weights on the right: rows of the left are quantized at run time.
  static func hybrid(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), context.input(1).elementType == .int8,
      case .batchMatMul(let attributes) = context.op.operation, !attributes.transposesLeft
    else { return nil }
    let product = BatchedProduct(context)
    let scales = try context.weightScales(
      of: context.input(1),
      axis: context.input(1).shape.rank - (attributes.transposesRight ? 2 : 1),
      count: product.columns
    ).map { Float($0) }
    let count = context.input(0).shape.elementCount / product.depth
    let isAsymmetric =
      attributes.quantizesInputsAsymmetrically || context.arithmetic == .singleRounding
    return { operands in
      let right = operands.input(1, as: Int8.self)
      let result = operands.output(as: Float.self)
      let left = QuantizedRows(
        operands.input(0, as: Float.self), rows: count, depth: product.depth,
        isAsymmetric: isAsymmetric)
      product.forEachElement { index, row, column in
        let leftRow = row / product.depth
        var sum: Int32 = 0
        for step in 0..<product.depth {
          let value = Int32(left.values[row &+ step]) &- left.zeroPoints[leftRow]
          sum &+= value &* Int32(right[column &+ step &* product.rightStep])
        }
        let column = min(index % product.columns, scales.count &- 1)
        let scale = left.scales[leftRow] * scales[column]
        result[index] = Float(sum) * scale
      }
    }
  }
}

/// Which elements meet in which element of a batched matrix product.
private struct BatchedProduct: Sendable {
  let rows, columns, depth: Int
  /// From one element of a row of the left to the next, and of a column of the right.
  let leftStep, rightStep: Int
  private let rowStep, columnStep: Int
  /// Over the matrices of the result, with the number of the matrix in each operand.
  private let batches: StridedLoop
  /// Elements of a matrix.
  private let leftSize, rightSize: Int

  /// - Precondition: the operator is valid.
  init(_ context: KernelContext) {
    guard case .batchMatMul(let attributes) = context.op.operation else {
      preconditionFailure("no matrix product")
    }
    let (left, right) = (context.input(0).shape.dimensions, context.input(1).shape.dimensions)
    let (leftRows, leftColumns) = (left[left.count - 2], left[left.count - 1])
    let (rightRows, rightColumns) = (right[right.count - 2], right[right.count - 1])
    rows = attributes.transposesLeft ? leftColumns : leftRows
    depth = attributes.transposesLeft ? leftRows : leftColumns
    columns = attributes.transposesRight ? rightRows : rightColumns
    (leftStep, rowStep) = attributes.transposesLeft ? (leftColumns, 1) : (1, leftColumns)
    (rightStep, columnStep) = attributes.transposesRight ? (1, rightColumns) : (rightColumns, 1)
    batches = StridedLoop(
      broadcasting: [left, right].map { Shape(Array($0.dropLast(2))) },
      to: Shape(Array(context.output.shape.dimensions.dropLast(2))))
    (leftSize, rightSize) = (leftRows * leftColumns, rightRows * rightColumns)
  }

  /// Calls `body` with an element of the result and where its row and its column begin.
  @inline(__always)
  func forEachElement(_ body: (_ index: Int, _ row: Int, _ column: Int) -> Void) {
    var index = 0
    let steps = (left: batches.rowStrides[0], right: batches.rowStrides[1])
    batches.forEachRow { matrices in
      for step in 0..<batches.rowCount {
        let left = (matrices[0] &+ step &* steps.left) &* leftSize
        let right = (matrices[1] &+ step &* steps.right) &* rightSize
        for row in 0..<rows {
          for column in 0..<columns {
            body(index, left &+ row &* rowStep, right &+ column &* columnStep)
            index &+= 1
          }
        }
      }
    }
  }
}
