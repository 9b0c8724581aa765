import CKernels
import NeuralNetworks

/// One fast kernel: `<op>_<types>_<variant>`.
struct FastKernel: Sendable {
  /// `<op>_<types>`.
  let stem: String
  /// The operator's name in the `.tflite` schema.
  let operation: String
  /// Whether the output may lie where an input lies.
  var sharing = OperandSharing.none
  /// Nil when the kernel is not for this operator; a reference kernel then runs it.
  let prepare: @Sendable (KernelContext, KernelVariant) throws(ModelError) -> FastBody?
}

/// A fast kernel without its name.
struct FastBody: Sendable {
  var scratchBytes: @Sendable (_ sampleCount: Int) -> Int = { _ in 0 }
  /// Of weights that were packed for it.
  var packedBytes = 0
  let run: KernelBody
}

/// Kernels that stand before the reference kernels. Each takes batches of samples, and equals the
/// reference kernel of its stem on every input. None reads a constant when it runs.
enum FastKernels {
  static let rows: [FastKernel] = [
    FastKernel(
      stem: "add_int8", operation: "ADD", sharing: .inPlace, prepare: FastElementwise.add),
    FastKernel(
      stem: "average_pool_2d_int8", operation: "AVERAGE_POOL_2D", prepare: FastPool.average),
    FastKernel(stem: "max_pool_2d_int8", operation: "MAX_POOL_2D", prepare: FastPool.max),
    FastKernel(
      stem: "conv_2d_int8_sparse", operation: "CONV_2D", prepare: FastSparseConvolution.prepare),
    FastKernel(
      stem: "conv_2d_int8_codebook", operation: "CONV_2D", prepare: FastConvolution.codebook),
    FastKernel(stem: "conv_2d_int8", operation: "CONV_2D", prepare: FastConvolution.dense),
    FastKernel(
      stem: "depthwise_conv_2d_int8", operation: "DEPTHWISE_CONV_2D",
      prepare: FastDepthwise.prepare),
    FastKernel(
      stem: "fully_connected_int8_sparse", operation: "FULLY_CONNECTED",
      prepare: FastSparseConvolution.prepare),
    FastKernel(
      stem: "fully_connected_int8_codebook", operation: "FULLY_CONNECTED",
      prepare: FastConvolution.codebook),
    FastKernel(
      stem: "fully_connected_int8", operation: "FULLY_CONNECTED", prepare: FastConvolution.dense),
    FastKernel(
      stem: "conv_2d_float32", operation: "CONV_2D", prepare: FastFloatKernels.convolution),
    FastKernel(
      stem: "depthwise_conv_2d_float32", operation: "DEPTHWISE_CONV_2D",
      prepare: FastFloatKernels.depthwise),
    FastKernel(
      stem: "fully_connected_float32", operation: "FULLY_CONNECTED",
      prepare: FastFloatKernels.fullyConnected),
    FastKernel(
      stem: "average_pool_2d_float32", operation: "AVERAGE_POOL_2D",
      prepare: FastFloatPool.average),
    FastKernel(
      stem: "max_pool_2d_float32", operation: "MAX_POOL_2D", prepare: FastFloatPool.max),
    FastKernel(
      stem: "add_float32", operation: "ADD", sharing: .inPlace, prepare: FastFloatElementwise.add),
    FastKernel(
      stem: "sub_float32", operation: "SUB", sharing: .inPlace,
      prepare: FastFloatElementwise.subtract),
    FastKernel(
      stem: "mul_float32", operation: "MUL", sharing: .inPlace,
      prepare: FastFloatElementwise.multiply),
    FastKernel(
      stem: "logistic_int8", operation: "LOGISTIC", sharing: .inPlace,
      prepare: FastElementwise.table),
    FastKernel(
      stem: "quantize_8bit", operation: "QUANTIZE", sharing: .inPlace,
      prepare: FastElementwise.table),
    FastKernel(
      stem: "reshape_bytes", operation: "RESHAPE", sharing: .alias, prepare: FastElementwise.copy),
  ]

  /// - Throws: what the reference kernel would throw.
  static func prepare(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> PreparedKernel? {
    for row in rows where row.operation == context.op.operation.name {
      guard let body = try row.prepare(context, variant) else { continue }
      return PreparedKernel(
        name: "\(row.stem)_\(variant.name)", body: body.run, takesBatches: true,
        sharing: row.sharing, scratchBytes: body.scratchBytes, packedBytes: body.packedBytes,
        readsConstants: false)
    }
    return nil
  }
}
