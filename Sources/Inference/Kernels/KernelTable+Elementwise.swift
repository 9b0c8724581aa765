/// Kernels of one operand, comparisons, choices and conversions.
extension KernelTable {
  static let elementwise: [Kernel] = [
    rows(
      "EQUAL", [("plain", ComparisonKernels.plain), ("quantized", ComparisonKernels.quantized)]),
    rows(
      "GREATER",
      [("plain", ComparisonKernels.plain), ("quantized", ComparisonKernels.quantized)]),
    rows(
      "GREATER_EQUAL",
      [("plain", ComparisonKernels.plain), ("quantized", ComparisonKernels.quantized)]),
    rows("LESS", [("plain", ComparisonKernels.plain), ("quantized", ComparisonKernels.quantized)]),
    rows(
      "LESS_EQUAL",
      [("plain", ComparisonKernels.plain), ("quantized", ComparisonKernels.quantized)]),
    rows(
      "NOT_EQUAL",
      [("plain", ComparisonKernels.plain), ("quantized", ComparisonKernels.quantized)]),
    rows(
      "ABS",
      [
        ("float32", UnaryKernels.float32),
        ("integer", UnaryKernels.integer),
        ("quantized", UnaryKernels.quantizedAbsolute),
      ]),
    rows("CEIL", [("float32", UnaryKernels.float32)]),
    rows("COS", [("float32", UnaryKernels.float32), ("int8_table", UnaryKernels.table)]),
    rows("EXP", [("float32", UnaryKernels.float32), ("int8_table", UnaryKernels.table)]),
    rows("FLOOR", [("float32", UnaryKernels.float32)]),
    rows("LOG", [("float32", UnaryKernels.float32), ("int8_table", UnaryKernels.table)]),
    rows("NEG", [("float32", UnaryKernels.float32), ("integer", UnaryKernels.integer)]),
    rows("ROUND", [("float32", UnaryKernels.float32)]),
    rows("RSQRT", [("float32", UnaryKernels.float32)]),
    rows("SIGN", [("float32", UnaryKernels.float32), ("integer", UnaryKernels.integer)]),
    rows("SIN", [("float32", UnaryKernels.float32), ("int8_table", UnaryKernels.table)]),
    rows("SQRT", [("float32", UnaryKernels.float32), ("int8_table", UnaryKernels.table)]),
    rows("SQUARE", [("float32", UnaryKernels.float32), ("integer", UnaryKernels.integer)]),
    rows("LOGICAL_NOT", [("bool", BoolKernels.not)]),
    rows("ADD_N", [("plain", AddNKernels.plain), ("int8", AddNKernels.int8)]),
    rows("BUCKETIZE", [("numeric", SearchKernels.bucketize)]),
    rows("CAST", [("numeric", ConversionKernels.cast)]),
    rows("FAKE_QUANT", [("float32", AddNKernels.fakeQuantize)]),
    rows("SELECT", [("bytes", SelectKernels.prepare)]),
    rows("SELECT_V2", [("bytes", SelectKernels.prepare)]),
    rows("ZEROS_LIKE", [("bytes", FillKernels.zeros)]),
  ].flatMap { $0 }
}
