import NeuralNetworks

/// `AVERAGE_POOL_2D` and `MAX_POOL_2D` of float32: taps are combined for all channels in one loop,
/// each channel's in the order of the reference kernel.
enum FastFloatPool {
  static func average(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    guard case .averagePool2D(let window) = context.op.operation else { return nil }
    return body(context, window, start: 0) {
      $0 + $1
    } finish: {
      $0 / $1
    }
  }

  static func max(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    guard case .maxPool2D(let window) = context.op.operation else { return nil }
    return body(context, window, start: -.infinity) {
      Swift.max($0, $1)
    } finish: { largest, _ in
      largest
    }
  }

  @inline(__always)
  private static func body(
    _ context: KernelContext, _ window: Window2D, start: Float,
    combine: @escaping @Sendable (Float, Float) -> Float,
    finish: @escaping @Sendable (Float, Float) -> Float
  ) -> FastBody? {
    guard context.isUnary(.float32), context.input(0).constant == nil else { return nil }
    let geometry = WindowGeometry(context, window)
    let range = context.floatRange(of: window.activation)
    let (inputCount, outputCount) = (
      context.input(0).shape.elementCount, context.output.shape.elementCount
    )
    return FastBody { operands in
      for sample in 0..<operands.sampleCount {
        let input = operands.input(0, as: Float.self) + sample &* inputCount
        let output = operands.output(as: Float.self) + sample &* outputCount
        geometry.forEachPosition { pixel, batch, top, left in
          let results = output + pixel &* geometry.outputChannels
          for channel in 0..<geometry.outputChannels { results[channel] = start }
          var count: Float = 0
          geometry.forEachTap(batch: batch, top: top, left: left) { _, source in
            let values = input + source &* geometry.outputChannels
            for channel in 0..<geometry.outputChannels {
              results[channel] = combine(results[channel], values[channel])
            }
            count += 1
          }
          for channel in 0..<geometry.outputChannels {
            let value = finish(results[channel], count)
            results[channel] = min(Swift.max(value, range.low), range.high)
          }
        }
      }
    }
  }
}
