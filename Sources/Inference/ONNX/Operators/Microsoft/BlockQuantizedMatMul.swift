import NeuralNetworks

/// `MatMulNBits`: a float matrix times weights of 2, 4 or 8 bits that share a scale, and a zero
/// point, in blocks along the depth.
///
/// Weights are `[column][block][bytes]`, the first element in the lowest bits. Computed in float32,
/// whatever `accuracy_level` would permit.
enum BlockQuantizedMatMul {
  static func multiply(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let weights = try Weights(call).matrix(call).converted(to: input.elementType)
    let product = try MatrixOperators.multiply(input, weights, call)
    guard let bias = try call.optionalInput(5) else { return product }
    guard bias.shape == Shape([weights.shape[1]]) else {
      throw call.problem(
        "input 5 (bias)", found: "\(bias.shape)", expected: "[\(weights.shape[1])]")
    }
    return try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: product, bias)
  }

  private struct Weights {
    let depth: Int
    let columns: Int
    let bits: Int
    let blockSize: Int
    let blocks: Int
    private let packed: TensorValue

    init(_ call: OperatorCall) throws(ModelError) {
      depth = try Self.count(call, "K")
      columns = try Self.count(call, "N")
      bits = try call.int("bits", default: 4)
      blockSize = try Self.count(call, "block_size")
      guard [2, 4, 8].contains(bits), blockSize >= 16, blockSize & (blockSize - 1) == 0 else {
        throw call.problem(
          "attributes", found: "\(bits) bits in blocks of \(blockSize)",
          expected: "2, 4 or 8 bits in blocks of a power of 2 from 16 on")
      }
      blocks = (depth + blockSize - 1) / blockSize
      packed = try call.input(1)
      let shape = try checkedShape([columns, blocks, blockSize / 8 * bits])
      guard packed.elementType == .uint8, packed.count == shape.elementCount else {
        throw call.problem(
          "input 1 (weights)", found: "\(packed.elementType.rawValue) \(packed.shape)",
          expected: "uint8 \(shape)")
      }
    }

    private static func count(_ call: OperatorCall, _ name: String) throws(ModelError) -> Int {
      let value = try call.required(name, call.optionalInt(name))
      guard value > 0, value < 1 << 31 else {
        throw call.problem(
          "attribute \"\(name)\"", found: "\(value)", expected: "a positive number")
      }
      return value
    }

    /// The weights as float32, `[depth][column]`.
    func matrix(_ call: OperatorCall) throws(ModelError) -> TensorValue {
      let scales = try call.input(2).floats()
      guard scales.count == columns * blocks else {
        throw call.problem(
          "input 2 (scales)", found: "\(scales.count)", expected: "\(columns * blocks)")
      }
      let zeros = try zeroPoints(call)
      let groups = try groups(call)
      let result = try NewTensor<Float>(checkedShape([depth, columns]))
      let bytes = packed.elements(as: UInt8.self)
      let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
      let rowBytes = blocks * (blockSize / 8 * bits)
      for column in 0..<columns {
        for k in 0..<depth {
          let bit = k * bits
          let value = bytes[column * rowBytes + bit / 8] >> UInt8(bit % 8) & mask
          let block = column * blocks + (groups?[k] ?? k / blockSize)
          result[k * columns + column] = (Float(value) - zeros[block]) * scales[block]
        }
      }
      return result.value
    }

    /// For each block, the middle of the range when they are absent.
    private func zeroPoints(_ call: OperatorCall) throws(ModelError) -> [Float] {
      guard let tensor = try call.optionalInput(3) else {
        return [Float](repeating: Float(1 << (bits - 1)), count: columns * blocks)
      }
      guard tensor.elementType == .uint8 else {
        let values = try tensor.floats()
        guard values.count == columns * blocks else { throw misfit(call, tensor) }
        return values
      }
      let rowBytes = (blocks * bits + 7) / 8
      guard tensor.count == columns * rowBytes else { throw misfit(call, tensor) }
      let bytes = tensor.elements(as: UInt8.self)
      let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
      return (0..<columns * blocks).map { index in
        let bit = index % blocks * bits
        return Float(bytes[index / blocks * rowBytes + bit / 8] >> UInt8(bit % 8) & mask)
      }
    }

    private func misfit(_ call: OperatorCall, _ tensor: TensorValue) -> ModelError {
      call.problem(
        "input 3 (zero points)", found: "shape \(tensor.shape)",
        expected: "\(bits) bits for each of \(columns) x \(blocks) blocks")
    }

    /// The block of each row, where the model states it.
    private func groups(_ call: OperatorCall) throws(ModelError) -> [Int]? {
      guard let tensor = try call.optionalInput(4) else { return nil }
      let groups = try tensor.indices(below: blocks)
      guard groups.count >= depth else {
        throw call.problem("input 4 (g_idx)", found: "\(groups.count)", expected: "\(depth)")
      }
      return groups
    }
  }
}
