/// Kernels of two operands that are broadcast.
extension KernelTable {
  static let binary: [Kernel] = [
    rows(
      "ADD", sharing: .inPlace,
      [("quantized", QuantizedBinaryKernels.prepare), ("float32", FloatBinaryKernels.prepare)]),
    rows("ADD", [("integer", IntegerBinaryKernels.prepare)]),
    rows("ATAN2", [("float32", FloatBinaryKernels.prepare)]),
    rows("BITWISE_XOR", [("integer", IntegerBinaryKernels.prepare), ("bool", BoolKernels.binary)]),
    rows("DIV", mayFail: true, [("quantized", QuantizedBinaryKernels.prepare)]),
    rows("DIV", [("float32", FloatBinaryKernels.prepare)]),
    rows("DIV", mayFail: true, [("integer", IntegerBinaryKernels.prepare)]),
    rows(
      "FLOOR_DIV", mayFail: true,
      [("float32", FloatBinaryKernels.prepare), ("integer", IntegerBinaryKernels.prepare)]),
    rows(
      "FLOOR_MOD", mayFail: true,
      [("float32", FloatBinaryKernels.prepare), ("integer", IntegerBinaryKernels.prepare)]),
    rows("LOGICAL_AND", [("bool", BoolKernels.binary)]),
    rows("LOGICAL_OR", [("bool", BoolKernels.binary)]),
    rows(
      "MAXIMUM",
      [("float32", FloatBinaryKernels.prepare), ("integer", IntegerBinaryKernels.prepare)]),
    rows(
      "MINIMUM",
      [("float32", FloatBinaryKernels.prepare), ("integer", IntegerBinaryKernels.prepare)]),
    rows(
      "MUL",
      [
        ("quantized", QuantizedBinaryKernels.prepare),
        ("float32", FloatBinaryKernels.prepare),
        ("integer", IntegerBinaryKernels.prepare),
      ]),
    rows("POW", [("float32", FloatBinaryKernels.prepare)]),
    rows("POW", mayFail: true, [("integer", IntegerBinaryKernels.prepare)]),
    rows("RIGHT_SHIFT", [("integer", IntegerBinaryKernels.prepare)]),
    rows(
      "SQUARED_DIFFERENCE",
      [
        ("quantized", QuantizedBinaryKernels.prepare),
        ("float32", FloatBinaryKernels.prepare),
        ("integer", IntegerBinaryKernels.prepare),
      ]),
    rows(
      "SUB",
      [
        ("quantized", QuantizedBinaryKernels.prepare),
        ("float32", FloatBinaryKernels.prepare),
        ("integer", IntegerBinaryKernels.prepare),
      ]),
  ].flatMap { $0 }
}
