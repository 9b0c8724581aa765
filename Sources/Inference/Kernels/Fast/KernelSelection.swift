import CKernels
import NeuralNetworks

/// Which kernels a plan may choose. All give the same results, bit for bit.
public struct KernelSelection: Sendable, Hashable, CustomStringConvertible {
  /// Nil for reference kernels only.
  let variant: KernelVariant?
  /// How the constant weights of int8 layers are packed.
  public var packing = WeightPacking.best

  /// Plain loops, which define what the others compute.
  public static let reference = KernelSelection(variant: nil)
  /// The fastest that this machine runs.
  public static let best = KernelSelection(variant: .best)

  private init(variant: KernelVariant?) { self.variant = variant }

  /// - Parameter name: one of `names`.
  /// - Returns: nil when there is no such variant, or this machine cannot run it.
  public init?(named name: String) {
    guard name != "reference" else {
      self = .reference
      return
    }
    guard let variant = KernelVariant(named: name) else { return nil }
    self.variant = variant
  }

  /// The names that `init(named:)` may take on some machine.
  public static let names = [
    "reference", "portable", "avx2", "avxvnni", "avx512vnni", "neon", "neondot",
  ]

  public var description: String { variant?.name ?? "reference" }
}

/// How the weights of int8 convolutions and fully connected layers are packed.
public enum WeightPacking: String, Sendable, Hashable, CaseIterable {
  /// Whatever is fastest by its count of instructions; codes where they are no slower.
  case best
  case dense, sparse, codebook

  func allows(_ packing: WeightPacking) -> Bool { self == .best || self == packing }
}

/// Inner loops of `CKernels` for one kind of machine.
///
/// Invariant: the pointer is to a constant of the C target.
struct KernelVariant: @unchecked Sendable, Hashable {
  let pointer: OpaquePointer

  static let best = KernelVariant(pointer: ck_variant_best())

  private init(pointer: OpaquePointer) { self.pointer = pointer }

  init?(named name: String) {
    guard let pointer = ck_variant_named(name) else { return nil }
    self.pointer = pointer
  }

  var name: String { String(cString: ck_variant_name(pointer)) }
}
