import CKernels
import NeuralNetworks

/// An int8 layer with its weights packed when it is prepared, all of them or as 4-bit codes.
///
/// Invariant: written in the initializer only; runs need a scratch of their own.
final class FastConvolution: @unchecked Sendable {
  let handle: OpaquePointer
  private let repeats: Int

  private init?(_ layer: Int8Layer, _ handle: OpaquePointer?) {
    guard let handle else { return nil }
    self.handle = handle
    repeats = layer.repeats
  }

  deinit { ck_conv_destroy(handle) }

  static func dense(_ layer: Int8Layer, _ variant: KernelVariant) -> FastConvolution? {
    FastConvolution(layer, layer.make { ck_conv_create(variant.pointer, $0, $1, $2, $3, $4) })
  }

  static func dense(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    try Int8Layer(context).flatMap { dense($0, variant) }?.body
  }

  /// Weights of at most 16 values in every 16 output channels, where 4 bits each serve as well as
  /// 8: not where the dense kernel's products of bytes are faster.
  static func codebook(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    guard context.kernels.packing.allows(.codebook), let layer = try Int8Layer(context),
      context.kernels.packing == .codebook || context.input(1).byteCount >= 1024,
      let packed = FastConvolution(
        layer, layer.make { ck_conv_create_codebook(variant.pointer, $0, $1, $2, $3, $4) })
    else { return nil }
    guard context.kernels.packing == .best else { return packed.body }
    guard let dense = dense(layer, variant),
      ck_conv_cost(packed.handle) <= ck_conv_cost(dense.handle)
    else { return nil }
    return packed.body
  }

  private var body: FastBody {
    FastBody(
      scratchBytes: { self.scratchBytes($0) },
      packedBytes: ck_conv_packed_bytes(handle), run: { self.run($0) })
  }

  func scratchBytes(_ sampleCount: Int) -> Int {
    ck_conv_scratch_bytes(handle, sampleCount * repeats)
  }

  func run(_ operands: KernelOperands) {
    ck_conv_run(
      handle, operands.input(0, as: Int8.self), operands.output(as: Int8.self),
      operands.sampleCount &* repeats, operands.scratch)
  }
}
