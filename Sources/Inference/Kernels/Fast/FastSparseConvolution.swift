import CKernels
import NeuralNetworks

/// An int8 layer with many weights of zero: only the others are multiplied.
///
/// The sparse kernel works on eight rows at once. Where a sample has too few of them, the dense one
/// stands by for small batches; both give the same bytes.
///
/// Invariant: written in the initializer only; runs need a scratch of their own.
final class FastSparseConvolution: @unchecked Sendable {
  private let handle: OpaquePointer
  private let dense: FastConvolution?
  private let layer: (repeats: Int, pixels: Int)
  /// The fewest rows for which the sparse kernel is used.
  private let fewestRows: Int

  private init(
    _ handle: OpaquePointer, layer: Int8Layer, dense: FastConvolution?, fewestRows: Int
  ) {
    self.handle = handle
    self.dense = dense
    self.layer = (layer.repeats, layer.pixels)
    self.fewestRows = fewestRows
  }

  deinit { ck_sparse_destroy(handle) }

  /// Rows that a batch may be expected to have.
  private static let manyRows = 48

  static func prepare(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    let packing = context.kernels.packing
    guard packing.allows(.sparse), let layer = try Int8Layer(context),
      packing == .sparse || context.hasZeroWeights(atLeast: 0.3),
      let handle = layer.make({ ck_sparse_create(variant.pointer, $0, $1, $2, $3, $4) })
    else { return nil }
    guard packing == .best else {
      return FastSparseConvolution(handle, layer: layer, dense: nil, fewestRows: 0).body
    }
    let dense = FastConvolution.dense(layer, variant)
    let pays = dense.map { dense in { ck_sparse_pays(handle, dense.handle, $0) } }
    guard let dense, let pays, pays(manyRows) else {
      ck_sparse_destroy(handle)
      return nil
    }
    let fewest = (1...manyRows).last { !pays($0) }.map { $0 + 1 } ?? 1
    return FastSparseConvolution(
      handle, layer: layer, dense: fewest > layer.pixels ? dense : nil, fewestRows: fewest
    ).body
  }

  private var body: FastBody {
    FastBody(
      scratchBytes: { self.scratchBytes($0) },
      packedBytes: ck_sparse_packed_bytes(handle)
        + (dense.map { ck_conv_packed_bytes($0.handle) } ?? 0),
      run: { self.run($0) })
  }

  private func scratchBytes(_ sampleCount: Int) -> Int {
    max(
      ck_sparse_scratch_bytes(handle, sampleCount * layer.repeats),
      dense?.scratchBytes(sampleCount) ?? 0)
  }

  private func run(_ operands: KernelOperands) {
    if let dense, operands.sampleCount &* layer.pixels < fewestRows {
      dense.run(operands)
      return
    }
    ck_sparse_run(
      handle, operands.input(0, as: Int8.self), operands.output(as: Int8.self),
      operands.sampleCount &* layer.repeats, operands.scratch)
  }
}

extension KernelContext {
  /// Whether at least such a part of the constant weights is 0. O(n).
  fileprivate func hasZeroWeights(atLeast part: Double) -> Bool {
    guard let weights = input(1).constant else { return false }
    let zeros = weights.withBytes { bytes in
      bytes.withMemoryRebound(to: Int8.self) { ck_zero_count($0.baseAddress, $0.count) }
    }
    return Double(zeros) >= part * Double(weights.byteCount)
  }
}
