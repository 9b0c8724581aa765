import NeuralNetworks

/// `AVERAGE_POOL_2D` and `MAX_POOL_2D`: only taps inside the input count.
enum PoolKernels {
  static func averageInt8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .averagePool2D(let window) = context.op.operation else { return nil }
    return try int8(context, window) { sum, count in
      // Rounds half away from zero.
      sum > 0 ? (sum &+ count / 2) / count : (sum &- count / 2) / count
    } combine: {
      $0 &+ $1
    } start: {
      0
    }
  }

  static func maxInt8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .maxPool2D(let window) = context.op.operation else { return nil }
    return try int8(context, window) { largest, _ in
      largest
    } combine: {
      max($0, $1)
    } start: {
      -128
    }
  }

  /// Sums of 8-bit values fit for windows below 2^24 taps; larger ones are refused.
  private static func int8(
    _ context: KernelContext, _ window: Window2D,
    finish: @escaping @Sendable (Int32, Int32) -> Int32,
    combine: @escaping @Sendable (Int32, Int32) -> Int32, start: @escaping @Sendable () -> Int32
  ) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8 else { return nil }
    guard context.input(0).quantization == context.output.quantization else {
      throw context.failure(
        found: "different quantizations of input and output", expected: "equal ones for pooling")
    }
    guard context.input(0).shape.elementCount < 1 << 24 else {
      throw context.failure(found: "a large input", expected: "under 16777216 elements")
    }
    let output = try context.quantization(of: context.output)
    let range = context.int8Range(
      of: window.activation, scale: output.scale, zeroPoint: output.zeroPoint)
    let geometry = WindowGeometry(context, window)
    return { operands in
      let input = operands.input(0, as: Int8.self)
      let output = operands.output(as: Int8.self)
      let channels = geometry.outputChannels
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var (result, count) = (start(), Int32(0))
          geometry.forEachTap(batch: batch, top: top, left: left) { _, source in
            result = combine(result, Int32(input[source &* channels &+ channel]))
            count &+= 1
          }
          let value = min(max(finish(result, count), range.low), range.high)
          output[pixel &* channels &+ channel] = Int8(truncatingIfNeeded: value)
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
