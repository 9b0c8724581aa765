import CKernels
import NeuralNetworks

/// `AVERAGE_POOL_2D` and `MAX_POOL_2D` of int8.
enum FastPool {
  static func average(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    guard case .averagePool2D(let window) = context.op.operation else { return nil }
    return try prepare(context, variant, window, ck_average_pool)
  }

  static func max(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    guard case .maxPool2D(let window) = context.op.operation else { return nil }
    return try prepare(context, variant, window, ck_max_pool)
  }

  private typealias Pool =
    @Sendable (
      OpaquePointer?, UnsafePointer<ck_window>?, Int32, Int32, UnsafePointer<Int8>?,
      UnsafeMutablePointer<Int8>?, Int
    ) -> Void

  /// What the reference kernel refuses is left to it, as are windows whose padding is as large as
  /// they are: those may hold no tap.
  private static func prepare(
    _ context: KernelContext, _ variant: KernelVariant, _ window: Window2D, _ pool: @escaping Pool
  ) throws(ModelError) -> FastBody? {
    let input = context.input(0)
    guard input.elementType == .int8, context.output.elementType == .int8,
      input.constant == nil, input.quantization == context.output.quantization,
      input.shape.elementCount < 1 << 24
    else { return nil }
    let output = try context.quantization(of: context.output)
    let range = context.int8Range(
      of: window.activation, scale: output.scale, zeroPoint: output.zeroPoint)
    let geometry = WindowGeometry(context, window)
    guard let extents = ck_window(geometry), geometry.paddingTop < geometry.filterHeight,
      geometry.paddingLeft < geometry.filterWidth
    else { return nil }
    let batches = geometry.batches
    return FastBody { operands in
      withUnsafePointer(to: extents) { extents in
        pool(
          variant.pointer, extents, range.low, range.high, operands.input(0, as: Int8.self),
          operands.output(as: Int8.self), operands.sampleCount &* batches)
      }
    }
  }
}
