import CKernels
import NeuralNetworks

/// Float32 kernels in C. Their bits are those of the reference kernels: see `ck_float.h`.
struct FastFloatKernels: Sendable {
  let instructions: Instructions

  static let rows: [Kernel] = Instructions.allCases.flatMap { instructions in
    let kernels = FastFloatKernels(instructions: instructions)
    return [
      Kernel(
        name: "conv_2d_float32_\(instructions)", operation: "CONV_2D",
        prepare: kernels.convolution),
      Kernel(
        name: "depthwise_conv_2d_float32_\(instructions)", operation: "DEPTHWISE_CONV_2D",
        prepare: kernels.depthwise),
      Kernel(
        name: "fully_connected_float32_\(instructions)", operation: "FULLY_CONNECTED",
        prepare: kernels.fullyConnected),
    ]
  }

  func convolution(_ context: KernelContext) -> KernelBody? {
    guard instructions.isSupported, case .conv2D(let convolution) = context.op.operation,
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
      instructions: instructions.value)
    return Self.body(layout) { product.multiply($0, into: $1) }
  }

  /// A single input channel makes it a convolution whose weights lie tap by tap.
  func depthwise(_ context: KernelContext) -> KernelBody? {
    guard instructions.isSupported,
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
        : AlignedMemory(weights),
      bias: bias, range: context.floatRange(of: convolution.activation),
      instructions: instructions.value)
    if isDense { return Self.body(layout) { product.multiply($0, into: $1) } }
    return Self.body(layout) { product.depthwise($0, into: $1) }
  }

  func fullyConnected(_ context: KernelContext) -> KernelBody? {
    guard instructions.isSupported,
      case .fullyConnected(let activation, _) = context.op.operation,
      let (weights, bias) = context.constantFloats()
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    guard depth > 0 else { return nil }
    let rows = context.input(0).shape.elementCount / depth
    let product = FloatProduct(
      FloatProduct.Patches(columns: rows, columnStep: depth, runLength: depth), channels: units,
      weights: FloatProduct.packed(weights, depth: depth, channels: units), bias: bias,
      range: context.floatRange(of: activation), instructions: instructions.value)
    return { operands in
      product.multiply(
        operands.input(0, as: Float.self), into: operands.output(as: Float.self))
    }
  }

  private static func body(
    _ layout: PatchLayout,
    _ run: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> KernelBody {
    { operands in
      let output = operands.output(as: Float.self)
      layout.forEachImage(operands.input(0, as: Float.self), padding: 0) { batch, image in
        run(image, output + batch &* layout.outputCount)
      }
    }
  }
}
