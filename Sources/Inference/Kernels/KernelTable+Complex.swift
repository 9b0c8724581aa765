/// Kernels of complex numbers.
extension KernelTable {
  static let complex: [Kernel] = [
    rows("COMPLEX_ABS", [("complex64", ComplexKernels.magnitude)]),
    rows("IMAG", [("complex64", ComplexKernels.imaginaryPart)]),
    rows("REAL", [("complex64", ComplexKernels.realPart)]),
    rows("RFFT2D", [("float32", ComplexKernels.realTransform2D)]),
  ].flatMap { $0 }
}
