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

  /// Weights that one sample reads from beyond the caches are faster as codes; all others are not.
  private static let fewestCodedBytes = 16 << 20

  /// Weights of at most 16 values in every 16 output channels, as 4-bit codes. Batches, where a
  /// weight is used more than once, run dense: both packings are kept.
  static func codebook(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    let packing = context.kernels.packing
    guard packing.allows(.codebook), let layer = try Int8Layer(context),
      packing == .codebook
        || layer.pixels == 1 && context.input(1).byteCount >= fewestCodedBytes,
      let codes = FastConvolution(
        layer, layer.make { ck_conv_create_codebook(variant.pointer, $0, $1, $2, $3, $4) })
    else { return nil }
    guard packing == .best else { return codes.body }
    guard let dense = dense(layer, variant),
      ck_conv_cost(codes.handle) <= ck_conv_cost(dense.handle)
    else { return nil }
    return FastBody(
      scratchBytes: { max(codes.scratchBytes($0), dense.scratchBytes($0)) },
      packedBytes: ck_conv_packed_bytes(codes.handle) + ck_conv_packed_bytes(dense.handle),
      run: { ($0.sampleCount == 1 ? codes : dense).run($0) })
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
