import CKernels
import NeuralNetworks

/// Float32 kernels in C. Their bits are those of the reference kernels: see `ck_float.h`.
enum FastFloatKernels {
  static func convolution(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    guard case .conv2D(let convolution) = context.op.operation,
      let (weights, bias) = context.constantFloats()
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    guard context.input(1).shape[3] == geometry.inputChannels,
      let layout = PatchLayout(geometry)
    else { return nil }
    let depth = layout.runOffsets.count * layout.runLength
    let product = FloatProduct(
      FloatProduct.Patches(layout), channels: geometry.outputChannels,
      weights: FloatProduct.packed(weights, depth: depth, channels: geometry.outputChannels),
      bias: bias, range: context.floatRange(of: convolution.activation),
      variant: variant)
    return body(layout, product) { product.multiply($0, into: $1) }
  }

  /// A single input channel makes it a convolution whose weights lie tap by tap.
  static func depthwise(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    guard
      case .depthwiseConv2D(let convolution, let multiplier) = context.op.operation,
      let (weights, bias) = context.constantFloats()
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let isDense = geometry.inputChannels == 1
    guard isDense || multiplier == 1, let layout = PatchLayout(geometry, byTap: !isDense) else {
      return nil
    }
    let channels = geometry.outputChannels
    let taps = geometry.filterHeight * geometry.filterWidth
    let product = FloatProduct(
      FloatProduct.Patches(layout), channels: channels,
      weights: isDense
        ? FloatProduct.packed(weights, depth: taps, channels: channels, isChannelMajor: false)
        : weights.copy,
      bias: bias, range: context.floatRange(of: convolution.activation),
      variant: variant)
    if isDense { return body(layout, product) { product.multiply($0, into: $1) } }
    return body(layout, product) { product.depthwise($0, into: $1) }
  }

  static func fullyConnected(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    guard
      case .fullyConnected(let activation, _, _) = context.op.operation,
      let (weights, bias) = context.constantFloats()
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    guard depth > 0 else { return nil }
    let rows = context.input(0).shape.elementCount / depth
    let product = FloatProduct(
      FloatProduct.Patches(columns: rows, columnStep: depth, runLength: depth), channels: units,
      weights: FloatProduct.packed(weights, depth: depth, channels: units), bias: bias,
      range: context.floatRange(of: activation), variant: variant)
    return FastBody(packedBytes: product.packedBytes) { operands in
      product.multiply(
        operands.input(0, as: Float.self), into: operands.output(as: Float.self),
        samples: operands.sampleCount)
    }
  }

  private static func body(
    _ layout: PatchLayout, _ product: FloatProduct,
    _ run: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> FastBody {
    FastBody(
      scratchBytes: { _ in layout.paddedCount * MemoryLayout<Float>.stride },
      packedBytes: product.packedBytes
    ) { operands in
      let output = operands.output(as: Float.self)
      layout.forEachImage(operands, padding: Float(0)) { batch, image in
        run(image, output + batch &* layout.outputCount)
      }
    }
  }
}
