import NeuralNetworks

/// `AVERAGE_POOL_2D`, `MAX_POOL_2D` and `L2_POOL_2D`: only taps inside the input count.
enum PoolKernels {
  static func average<Value: StoredInteger>(
    _ context: KernelContext, _ type: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard case .averagePool2D(let window) = context.op.operation else { return nil }
    return try quantized(context, window, type) { sum, count in
      // Rounds half away from zero.
      sum > 0 ? (sum &+ count / 2) / count : (sum &- count / 2) / count
    } combine: {
      $0 &+ $1
    } start: {
      0
    }
  }

  static func maximum<Value: StoredInteger>(
    _ context: KernelContext, _ type: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard case .maxPool2D(let window) = context.op.operation else { return nil }
    return try quantized(context, window, type) { largest, _ in
      largest
    } combine: {
      max($0, $1)
    } start: {
      Int32(truncatingIfNeeded: Value.min)
    }
  }

  /// Sums fit in 32 bits: at most 2^23 taps of 8 bits or 2^15 of 16; more are refused.
  private static func quantized<Value: StoredInteger>(
    _ context: KernelContext, _ window: Window2D, _: Value.Type,
    finish: @escaping @Sendable (Int32, Int32) -> Int32,
    combine: @escaping @Sendable (Int32, Int32) -> Int32, start: @escaping @Sendable () -> Int32
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType) else { return nil }
    guard context.input(0).quantization == context.output.quantization else {
      throw context.failure(
        found: "different quantizations of input and output", expected: "equal ones for pooling")
    }
    let output = try context.quantization(of: context.output)
    let range = context.storedRange(
      of: window.activation, Value.elementType, scale: output.scale,
      zeroPoint: output.zeroPoint)
    let geometry = WindowGeometry(context, window)
    let taps =
      min(geometry.filterHeight, geometry.inputHeight)
      * min(geometry.filterWidth, geometry.inputWidth)
    guard taps <= 1 << (31 - Value.bitWidth) else {
      throw context.failure(found: "a window of \(taps) taps", expected: "fewer")
    }
    return { operands in
      let input = operands.input(0, as: Value.self)
      let output = operands.output(as: Value.self)
      let channels = geometry.outputChannels
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var (result, count) = (start(), Int32(0))
          geometry.forEachTap(batch: batch, top: top, left: left) { _, source in
            result = combine(
              result, Int32(truncatingIfNeeded: input[source &* channels &+ channel]))
            count &+= 1
          }
          let value = min(max(finish(result, count), range.low), range.high)
          output[pixel &* channels &+ channel] = Value(truncatingIfNeeded: value)
        }
      }
    }
  }

  static func averageFloat32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .averagePool2D(let window) = context.op.operation else { return nil }
    return float32(context, window) {
      $0 / $1
    } combine: {
      $0 + $1
    } start: {
      0
    }
  }

  static func maxFloat32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .maxPool2D(let window) = context.op.operation else { return nil }
    return float32(context, window) { largest, _ in
      largest
    } combine: {
      max($0, $1)
    } start: {
      -.infinity
    }
  }

  /// The root of the mean of squares.
  static func l2Float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .l2Pool2D(let window) = context.op.operation else { return nil }
    return float32(context, window) {
      ($0 / $1).squareRoot()
    } combine: {
      $0 + $1 * $1
    } start: {
      0
    }
  }

  private static func float32(
    _ context: KernelContext, _ window: Window2D,
    finish: @escaping @Sendable (Float, Float) -> Float,
    combine: @escaping @Sendable (Float, Float) -> Float, start: @escaping @Sendable () -> Float
  ) -> KernelBody? {
    guard context.input(0).elementType == .float32 else { return nil }
    let range = context.floatRange(of: window.activation)
    let geometry = WindowGeometry(context, window)
    return { operands in
      let input = operands.input(0, as: Float.self)
      let output = operands.output(as: Float.self)
      let channels = geometry.outputChannels
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var (result, count) = (start(), Float(0))
          geometry.forEachTap(batch: batch, top: top, left: left) { _, source in
            result = combine(result, input[source &* channels &+ channel])
            count += 1
          }
          output[pixel &* channels &+ channel] = min(
            max(finish(result, count), range.low), range.high)
        }
      }
    }
  }
}
