import NeuralNetworks

/// Products of 8-bit matrices.
enum QuantizedMatrixOperators {
  static func matMulInteger(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (left, right) = (try call.byteInput(0), try call.byteInput(1))
    let product = try IntegerProduct(
      left, zeroPoints: call.zeroPoints(2, of: left.elementType, channels: rows(left)),
      right, zeroPoints: call.zeroPoints(3, of: right.elementType, channels: columns(right)))
    try call.count(macs: product.macs)
    let result = try NewTensor<Int32>(product.plan.output)
    let size = product.plan.rows * product.plan.columns
    product.forEachMatrix { index, sums in
      (result.base + index * size).update(from: sums, count: size)
    }
    return result.value
  }

  /// `y = saturate(round(a * b * (aScale * bScale / yScale)) + yZeroPoint)`.
  static func qLinearMatMul(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (left, right) = (try call.byteInput(0), try call.byteInput(3))
    let a = try call.quantization(
      scale: 1, zeroPoint: 2, of: left.elementType, channels: rows(left))
    let b = try call.quantization(
      scale: 4, zeroPoint: 5, of: right.elementType, channels: columns(right))
    let yScale = try call.scale(6)
    let output = try call.byteOutput(zeroPoint: 7, default: left.elementType)
    let product = try IntegerProduct(
      left, zeroPoints: a.zeroPoints, right, zeroPoints: b.zeroPoints)
    let plan = product.plan
    try call.count(macs: product.macs)
    try check(a.scales, perMatrix: plan.rows)
    try check(b.scales, perMatrix: plan.columns)
    let result = try NewTensor<UInt8>(output.type, plan.output)
    product.forEachMatrix { index, sums in
      for row in 0..<plan.rows {
        let start = row * plan.columns
        let target = result.base + index * plan.rows * plan.columns + start
        let aScale = a.scale(row)
        for column in 0..<plan.columns {
          let value = Float(sums[start + column]) * (aScale * b.scale(column) / yScale)
          target[column] = UInt8(truncatingIfNeeded: output.rounding.integer(value))
        }
      }
    }
    return result.value
  }

  /// `Y = (A - aZeroPoint) * (B - bZeroPoint) * (aScale * bScale) + bias`, in float.
  static func matMulIntegerToFloat(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (left, right) = (try call.byteInput(0), try call.byteInput(1))
    let a = QuantizationOperands(
      scales: try call.scales(2), zeroPoints: try call.zeroPoints(4, of: left.elementType))
    let b = QuantizationOperands(
      scales: try call.scales(3, channels: columns(right)),
      zeroPoints: try call.zeroPoints(5, of: right.elementType, channels: columns(right)))
    return try dequantizedProduct(call, left, a, right, b, bias: 6)
  }

  /// As `MatMulIntegerToFloat`, on an `A` that is quantized here.
  static func dynamicQuantizeMatMul(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, right) = (try call.input(0), try call.byteInput(1))
    guard input.elementType == .float32 else {
      throw input.elementType.unsuitable(expected: "float32")
    }
    let left = try DynamicQuantization(input)
    let b = try call.quantization(
      scale: 2, zeroPoint: 3, of: right.elementType, channels: columns(right))
    return try dequantizedProduct(
      call, left.tensor,
      QuantizationOperands(scales: [left.scale], zeroPoints: [left.zeroPoint]), right, b, bias: 4)
  }

  /// - Parameter a: per tensor.
  static func dequantizedProduct(
    _ call: OperatorCall, _ left: TensorValue, _ a: QuantizationOperands, _ right: TensorValue,
    _ b: QuantizationOperands, bias: Int
  ) throws(ModelError) -> TensorValue {
    let product = try IntegerProduct(
      left, zeroPoints: a.zeroPoints, right, zeroPoints: b.zeroPoints)
    let plan = product.plan
    try call.count(macs: product.macs)
    try check(b.scales, perMatrix: plan.columns)
    let bias = try call.optionalInput(bias)
    if let bias, bias.elementType != .float32 || bias.count != plan.columns {
      throw call.problem(
        "bias", found: "\(bias.elementType.rawValue) \(bias.shape)",
        expected: "\(plan.columns) float32")
    }
    let offsets = bias?.elements(as: Float.self)
    let result = try NewTensor<Float>(plan.output)
    let size = plan.rows * plan.columns
    product.forEachMatrix { index, sums in
      let target = result.base + index * size
      for place in 0..<size {
        let column = place % plan.columns
        let value = Float(sums[place]) * (a.scales[0] * b.scale(column))
        target[place] = offsets.map { value + $0[column] } ?? value
      }
    }
    return result.value
  }

  /// `Y = alpha * A' * B' + C`, requantized, or float when there is no zero point of `Y`.
  static func qGemm(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let left = try matrix(call.byteInput(0), transposed: call.flag("transA"))
    let right = try matrix(call.byteInput(3), transposed: call.flag("transB"))
    let a = try call.quantization(scale: 1, zeroPoint: 2, of: left.elementType)
    let b = try call.quantization(
      scale: 4, zeroPoint: 5, of: right.elementType, channels: right.shape[1])
    let alpha = try call.float("alpha", default: 1)
    let product = try IntegerProduct(
      left, zeroPoints: a.zeroPoints, right, zeroPoints: b.zeroPoints)
    let plan = product.plan
    try call.count(macs: product.macs)
    try TensorValue.checkSize(.int32, plan.output)
    var scales = b.scales.map { alpha * a.scales[0] * $0 }
    if call.hasInput(7) {
      let yScale = try call.scale(7)
      scales = scales.map { $0 / yScale }
    }
    let bias = try call.optionalInput(6)
    if let bias, bias.elementType != .int32 { throw bias.elementType.unsuitable(expected: "int32") }
    let common = try bias?.broadcast(with: plan.output)
    guard common == nil || common?.shape == plan.output else {
      throw call.problem(
        "input 6 (C)", found: "shape \(common?.shape ?? [])", expected: "at most \(plan.output)")
    }
    var sums = [Int32](repeating: 0, count: plan.output.elementCount)
    product.forEachMatrix { _, product in
      for place in sums.indices { sums[place] = product[place] }
    }
    if let offsets = common?.elements(as: Int32.self) {
      for place in sums.indices { sums[place] &+= offsets[place] }
    }
    return try scaled(call, sums, plan.output, scales, left.elementType)
  }

  /// The sums times the scales of their columns, rounded by the output's zero point, if it has one.
  private static func scaled(
    _ call: OperatorCall, _ sums: [Int32], _ shape: Shape, _ scales: [Float], _ type: ElementType
  ) throws(ModelError) -> TensorValue {
    let columns = shape[1]
    func value(_ place: Int) -> Float {
      Float(sums[place]) * (scales.count == 1 ? scales[0] : scales[place % columns])
    }
    guard call.hasInput(8) else {
      let result = try NewTensor<Float>(shape)
      for place in sums.indices { result[place] = value(place) }
      return result.value
    }
    let output = try call.byteOutput(zeroPoint: 8, default: type)
    let result = try NewTensor<UInt8>(output.type, shape)
    for place in sums.indices {
      result[place] = UInt8(truncatingIfNeeded: output.rounding.integer(value(place)))
    }
    return result.value
  }

  private static func matrix(
    _ tensor: TensorValue, transposed: Bool
  ) throws(ModelError) -> TensorValue {
    guard tensor.rank == 2 else {
      throw ModelError(place: "input", found: "shape \(tensor.shape)", expected: "a matrix")
    }
    return transposed ? try tensor.transposed([1, 0]) : tensor
  }

  /// Scales are for each row or column of every matrix: those of single matrices are not supported.
  private static func check(_ scales: [Float], perMatrix extent: Int) throws(ModelError) {
    guard scales.count != 1, scales.count != extent else { return }
    throw ModelError(
      place: "scale", found: "\(scales.count) elements", expected: "1 or \(extent)")
  }

  private static func rows(_ tensor: TensorValue) -> Int {
    tensor.rank < 2 ? 1 : tensor.shape[tensor.rank - 2]
  }

  private static func columns(_ tensor: TensorValue) -> Int {
    tensor.rank < 2 ? 1 : tensor.shape[tensor.rank - 1]
  }
}
