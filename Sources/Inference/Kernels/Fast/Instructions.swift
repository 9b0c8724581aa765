import CKernels

/// What a fast kernel is compiled for. Results do not depend on it.
enum Instructions: String, Sendable, CaseIterable {
  case avx2
  case portable

  var value: ck_instructions { self == .avx2 ? CK_AVX2 : CK_PORTABLE }

  /// Whether this machine runs them.
  var isSupported: Bool { self == .portable || ck_best_instructions() == CK_AVX2 }
}
