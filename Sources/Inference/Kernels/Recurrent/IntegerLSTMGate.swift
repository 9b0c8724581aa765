import NeuralNetworks

/// One gate of a `FullIntegerLSTM`: where its operands are, and how their products are rescaled.
struct IntegerLSTMGate: Sendable {
  struct Normalization: Sendable {
    let weights: Int
    let multiplier: FixedPointMultiplier
    /// What a variance of 0 counts as.
    let smallestVariance: Int32
  }

  let inputWeights, recurrentWeights, bias: Int
  let inputMultiplier, recurrentMultiplier: FixedPointMultiplier
  let peephole: (weights: Int, multiplier: FixedPointMultiplier)?
  let normalization: Normalization?

  /// - Parameter index: 0 for the input gate, then forget, cell and output.
  init(
    _ context: KernelContext, _ index: Int, input: Float, state: Float, cell: Float
  ) throws(ModelError) {
    (inputWeights, recurrentWeights, bias) = (1 + index, 5 + index, 12 + index)
    try context.require(inputWeights, .int8)
    try context.require(recurrentWeights, .int8)
    try context.require(bias, .int32)
    let norm = 20 + index
    let isNormalized = context.optionalInput(norm) != nil
    var scale: Float = 0x1p-12
    if isNormalized {
      guard let stated = try context.intermediate(index) else {
        throw context.failure(
          found: "layer normalization without intermediate \(index)",
          expected: "the scale of the gate's sums")
      }
      scale = Float(stated.scale)
    }
    func factor(_ operand: Int, _ other: Float) throws(ModelError) -> FixedPointMultiplier {
      let weights = try context.weightScales(of: context.input(operand), axis: 0, count: 1)
      return try context.multiplier(Double(Float(weights[0]) * other / scale))
    }
    inputMultiplier = try factor(inputWeights, input)
    recurrentMultiplier = try factor(recurrentWeights, state)
    // The cell's own gate has none.
    let weights = index == 3 ? 11 : 9 + index
    if index != 2, context.optionalInput(weights) != nil {
      try context.require(weights, .int16)
      let own = try context.weightScales(of: context.input(weights), axis: 0, count: 1)[0]
      let product = Float(Double(cell) * own / Double(scale))
      peephole = (weights, try context.multiplier(Double(product)))
    } else {
      peephole = nil
    }
    normalization = isNormalized ? try Normalization(context, norm) : nil
  }
}

extension IntegerLSTMGate.Normalization {
  fileprivate init(_ context: KernelContext, _ operand: Int) throws(ModelError) {
    try context.require(operand, .int16)
    let scale = try context.weightScales(of: context.input(operand), axis: 0, count: 1)[0]
    let own = try context.multiplier(scale)
    weights = operand
    multiplier = FixedPointMultiplier(
      significand: own.significand, exponent: own.leftShift - own.rightShift + 12,
      factor: own.factor * 0x1p12)
    smallestVariance = Int32(max(1, min(10_000 * Float(scale), 0x1p30)))
  }

  /// Brings the sums of one batch entry to mean 0 and variance 1, times weights, plus biases.
  func apply(
    to sums: inout [Int16], _ weights: UnsafePointer<Int16>, _ biases: UnsafePointer<Int32>,
    _ arithmetic: Arithmetic
  ) {
    let count = Int64(sums.count)
    let sum = sums.reduce(Int64(0)) { $0 &+ Int64($1) }
    let squares = sums.reduce(Int64(0)) { $0 &+ Int64($1) &* Int64($1) }
    let mean = Int32(truncatingIfNeeded: sum &* 1024 / count)
    let raw = squares &* ((1 << 20) / count) &- Int64(mean) &* Int64(mean)
    var variance = Int32(truncatingIfNeeded: raw / (1 << 20))
    if variance < 1 { variance = smallestVariance }
    let root = FixedPoint.inverseSquareRoot(variance)
    let inverse = FixedPointMultiplier(
      significand: root.significand, exponent: root.shift, factor: 0)
    for index in sums.indices {
      let centered = 1024 &* Int32(sums[index]) &- mean
      let normalized = arithmetic.scale(centered, by: inverse)
      // In 32 bits, which may wrap, as in the original.
      let weighted = Int64(normalized &* Int32(weights[index]) &+ biases[index])
      let raised = weighted > 0 ? weighted + 512 : weighted - 512
      let rounded = Int32(truncatingIfNeeded: raised / 1024)
      sums[index] = Int16(clamping: arithmetic.scale(rounded, by: multiplier))
    }
  }
}

/// The values that all gates of one step of one batch entry see.
struct IntegerLSTMStep {
  typealias Vector = (values: UnsafePointer<Int8>, count: Int, zeroPoint: Int32)

  let operands: KernelOperands
  let input, hidden: Vector
  let cellCount: Int
  let flatBatch: (index: Int, count: Int)
  let arithmetic: Arithmetic

  /// The sums before the gate's activation.
  func sums(of gate: IntegerLSTMGate, _ cell: UnsafePointer<Int16>) -> [Int16] {
    let biases = operands.input(gate.bias, as: Int32.self)
    let isNormalized = gate.normalization != nil
    var sums = (0..<cellCount).map { row in
      let fromInput = Int16(
        clamping: product(
          input, gate.inputWeights, row, bias: isNormalized ? 0 : biases[row],
          gate.inputMultiplier))
      let fromState = product(
        hidden, gate.recurrentWeights, row, bias: 0, gate.recurrentMultiplier)
      return Int16(clamping: fromState &+ Int32(fromInput))
    }
    if let peephole = gate.peephole { addPeephole(peephole, cell, to: &sums) }
    if let normalization = gate.normalization {
      normalization.apply(
        to: &sums, operands.input(normalization.weights, as: Int16.self), biases, arithmetic)
    }
    return sums
  }

  func logistic(_ sums: [Int16]) -> [Int16] { sums.map(HalfWordFixedPoint.logistic) }

  private func product(
    _ vector: Vector, _ weights: Int, _ row: Int, bias: Int32, _ multiplier: FixedPointMultiplier
  ) -> Int32 {
    let weights = operands.input(weights, as: Int8.self) + row &* vector.count
    var sum = bias
    for index in 0..<vector.count {
      sum &+= (Int32(vector.values[index]) &- vector.zeroPoint) &* Int32(weights[index])
    }
    return arithmetic.scale(sum, by: multiplier)
  }

  /// LiteRT takes the number of outputs for that of cells here: with a projection it reaches the
  /// first cells of all batch entries only, and counts weights by outputs.
  private func addPeephole(
    _ peephole: (weights: Int, multiplier: FixedPointMultiplier), _ cell: UnsafePointer<Int16>,
    to sums: inout [Int16]
  ) {
    let weights = operands.input(peephole.weights, as: Int16.self)
    for index in 0..<cellCount {
      let place = flatBatch.index &* cellCount &+ index
      guard place < flatBatch.count &* hidden.count else { return }
      let product = Int32(weights[place % hidden.count]) &* Int32(cell[index])
      sums[index] = Int16(
        clamping: arithmetic.scale(product, by: peephole.multiplier) &+ Int32(sums[index]))
    }
  }
}

/// What makes outputs of hidden values.
struct IntegerLSTMProjection: Sendable {
  private let bias: Int?
  private let count: Int
  private let zeroPoint: Int32
  private let multiplier: FixedPointMultiplier
  private let clip: Int8?

  init(
    _ context: KernelContext, hidden: (scale: Double, zeroPoint: Int32), state: Float, clip: Float
  ) throws(ModelError) {
    try context.require(16, .int8)
    bias = context.optionalInput(17) == nil ? nil : 17
    if let bias { try context.require(bias, .int32) }
    count = context.input(16).shape[0]
    zeroPoint = hidden.zeroPoint
    let weights = try context.weightScales(of: context.input(16), axis: 0, count: 1)
    multiplier = try context.multiplier(
      Double(Float(weights[0]) * Float(hidden.scale) / state))
    let stored = clip / state
    self.clip = stored > 0 ? Int8(min(stored, 127)) : nil
  }

  func apply(
    _ hidden: [Int8], _ operands: KernelOperands, zeroPoint outputZeroPoint: Int32,
    _ arithmetic: Arithmetic
  ) -> [Int8] {
    let weights = operands.input(16, as: Int8.self)
    let biases = bias.map { operands.input($0, as: Int32.self) }
    return (0..<count).map { row in
      var sum = biases?[row] ?? 0
      for index in hidden.indices {
        let weight = Int32(weights[row &* hidden.count &+ index])
        sum &+= (Int32(hidden[index]) &- zeroPoint) &* weight
      }
      let value = Int8(clamping: arithmetic.scale(sum, by: multiplier) &+ outputZeroPoint)
      return clip.map { min(max(value, 0 &- $0), $0) } ?? value
    }
  }
}

extension KernelContext {
  /// - Throws: when the operand is absent or holds another type.
  fileprivate func require(_ operand: Int, _ type: ElementType) throws(ModelError) {
    guard let tensor = optionalInput(operand), tensor.elementType == type else {
      let found = optionalInput(operand)?.elementType.rawValue ?? "nothing"
      throw failure(found: "\(found) as input \(operand)", expected: "\(type) of an integer LSTM")
    }
  }
}
