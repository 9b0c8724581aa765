import CKernels
import NeuralNetworks

/// Patches of float activations against packed weights, ready to run.
///
/// Invariant: `product` points into memory that the object owns, and nothing changes after `init`.
final class FloatProduct: @unchecked Sendable {
  private let product: ck_float_product
  private let weights: AlignedMemory<Float>
  private let bias: AlignedMemory<Float>
  private let runOffsets: AlignedMemory<Int64>
  private let variant: KernelVariant

  /// Where the patches of one product lie.
  struct Patches {
    var rows = 1
    var columns: Int
    var rowStep = 0
    var columnStep: Int
    var runOffsets: [Int64] = [0]
    var runLength: Int
  }

  /// - Parameters:
  ///   - weights: packed, or as a depthwise kernel takes them.
  ///   - bias: one for each of `channels`, or empty.
  init(
    _ patches: Patches, channels: Int, weights: AlignedMemory<Float>, bias: [Float],
    range: (low: Float, high: Float), variant: KernelVariant
  ) {
    self.weights = weights
    self.bias = AlignedMemory(bias, paddedTo: (channels + 7) / 8 * 8)
    self.runOffsets = AlignedMemory(patches.runOffsets)
    self.variant = variant
    product = ck_float_product(
      patch_rows: Int64(patches.rows), patch_columns: Int64(patches.columns),
      row_step: Int64(patches.rowStep), column_step: Int64(patches.columnStep),
      run_count: Int64(patches.runOffsets.count), run_length: Int64(patches.runLength),
      run_offsets: self.runOffsets.base, columns: Int64(channels), output_step: Int64(channels),
      bias: self.bias.base, low: range.low, high: range.high)
  }

  var packedBytes: Int { weights.byteCount }

  /// - Parameter samples: of one row of patches each, one after the other.
  func multiply(
    _ activations: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
    samples: Int = 1
  ) {
    var product = product
    product.patch_columns *= Int64(samples)
    ck_float_multiply(variant.pointer, &product, activations, weights.base, output)
  }

  func depthwise(_ activations: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
    withUnsafePointer(to: product) {
      ck_float_depthwise(variant.pointer, $0, activations, weights.base, output)
    }
  }

  /// Panels of `[depth][channels]` from weights that lie channel by channel, or depth by depth.
  static func packed(
    _ weights: FloatConstant, depth: Int, channels: Int, isChannelMajor: Bool = true
  ) -> AlignedMemory<Float> {
    let packed = AlignedMemory<Float>(
      uninitializedCount: Int(ck_float_packed_count(Int64(depth), Int64(channels))))
    weights.withElements {
      ck_float_pack(
        $0.baseAddress, Int64(depth), Int64(channels), Int64(isChannelMajor ? 1 : channels),
        Int64(isChannelMajor ? depth : 1), packed.base)
    }
    return packed
  }
}

extension FloatProduct.Patches {
  init(_ layout: PatchLayout) {
    self.init(
      rows: layout.geometry.outputHeight, columns: layout.geometry.outputWidth,
      rowStep: layout.rowStep, columnStep: layout.columnStep, runOffsets: layout.runOffsets,
      runLength: layout.runLength)
  }
}

extension KernelContext {
  /// Constant float weights and bias of an operator whose activations and output are float.
  ///
  /// Nil when a fast kernel cannot give the reference's bits: it multiplies weights with the zeros
  /// of the padding, which is nothing only while weights are finite.
  func constantFloats() -> (weights: FloatConstant, bias: [Float])? {
    guard input(0).elementType == .float32, input(0).constant == nil,
      input(1).elementType == .float32,
      output.elementType == .float32, hasBias(of: .float32),
      let weights = input(1).constant.map(FloatConstant.init), weights.isFinite
    else { return nil }
    guard let tensor = optionalInput(2) else { return (weights, []) }
    return tensor.constant.map { (weights, $0.elements(as: Float.self)) }
  }
}

/// A constant of float32, read where it lies.
struct FloatConstant {
  private let constant: ConstantData

  init(_ constant: ConstantData) { self.constant = constant }

  /// Copies what the file misaligns. The pointer is valid inside `body` only.
  func withElements(_ body: (UnsafeBufferPointer<Float>) -> Void) {
    constant.withBytes { bytes in
      if UInt(bitPattern: bytes.baseAddress) % 4 == 0 {
        body(bytes.assumingMemoryBound(to: Float.self))
      } else {
        constant.elements(as: Float.self).withUnsafeBufferPointer(body)
      }
    }
  }

  /// O(n).
  var copy: AlignedMemory<Float> { AlignedMemory(constant.elements(as: Float.self)) }

  /// O(n).
  var isFinite: Bool {
    var bits: UInt32 = 0
    withElements { elements in
      // Without a branch, so that it takes vectors: an exponent of ones carries into the sign.
      for element in elements { bits |= element.bitPattern & 0x7f80_0000 &+ 0x0080_0000 }
    }
    return bits >> 31 == 0
  }
}
