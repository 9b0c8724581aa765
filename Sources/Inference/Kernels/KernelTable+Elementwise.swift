/// Kernels of one operand, comparisons, choices and conversions.
extension KernelTable {
  static let elementwise = [
    Kernel(name: "equal_plain_reference", operation: "EQUAL", prepare: ComparisonKernels.plain),
    Kernel(
      name: "equal_quantized_reference", operation: "EQUAL",
      prepare: ComparisonKernels.quantized),
    Kernel(name: "greater_plain_reference", operation: "GREATER", prepare: ComparisonKernels.plain),
    Kernel(
      name: "greater_quantized_reference", operation: "GREATER",
      prepare: ComparisonKernels.quantized),
    Kernel(
      name: "greater_equal_plain_reference", operation: "GREATER_EQUAL",
      prepare: ComparisonKernels.plain),
    Kernel(
      name: "greater_equal_quantized_reference", operation: "GREATER_EQUAL",
      prepare: ComparisonKernels.quantized),
    Kernel(name: "less_plain_reference", operation: "LESS", prepare: ComparisonKernels.plain),
    Kernel(
      name: "less_quantized_reference", operation: "LESS",
      prepare: ComparisonKernels.quantized),
    Kernel(
      name: "less_equal_plain_reference", operation: "LESS_EQUAL",
      prepare: ComparisonKernels.plain),
    Kernel(
      name: "less_equal_quantized_reference", operation: "LESS_EQUAL",
      prepare: ComparisonKernels.quantized),
    Kernel(
      name: "not_equal_plain_reference", operation: "NOT_EQUAL",
      prepare: ComparisonKernels.plain),
    Kernel(
      name: "not_equal_quantized_reference", operation: "NOT_EQUAL",
      prepare: ComparisonKernels.quantized),
    Kernel(name: "abs_float32_reference", operation: "ABS", prepare: UnaryKernels.float32),
    Kernel(name: "abs_integer_reference", operation: "ABS", prepare: UnaryKernels.integer),
    Kernel(
      name: "abs_quantized_reference", operation: "ABS",
      prepare: UnaryKernels.quantizedAbsolute),
    Kernel(name: "ceil_float32_reference", operation: "CEIL", prepare: UnaryKernels.float32),
    Kernel(name: "cos_float32_reference", operation: "COS", prepare: UnaryKernels.float32),
    Kernel(name: "cos_int8_table_reference", operation: "COS", prepare: UnaryKernels.table),
    Kernel(name: "exp_float32_reference", operation: "EXP", prepare: UnaryKernels.float32),
    Kernel(name: "exp_int8_table_reference", operation: "EXP", prepare: UnaryKernels.table),
    Kernel(name: "floor_float32_reference", operation: "FLOOR", prepare: UnaryKernels.float32),
    Kernel(name: "log_float32_reference", operation: "LOG", prepare: UnaryKernels.float32),
    Kernel(name: "log_int8_table_reference", operation: "LOG", prepare: UnaryKernels.table),
    Kernel(name: "neg_float32_reference", operation: "NEG", prepare: UnaryKernels.float32),
    Kernel(name: "neg_integer_reference", operation: "NEG", prepare: UnaryKernels.integer),
    Kernel(name: "round_float32_reference", operation: "ROUND", prepare: UnaryKernels.float32),
    Kernel(name: "rsqrt_float32_reference", operation: "RSQRT", prepare: UnaryKernels.float32),
    Kernel(name: "sign_float32_reference", operation: "SIGN", prepare: UnaryKernels.float32),
    Kernel(name: "sign_integer_reference", operation: "SIGN", prepare: UnaryKernels.integer),
    Kernel(name: "sin_float32_reference", operation: "SIN", prepare: UnaryKernels.float32),
    Kernel(name: "sin_int8_table_reference", operation: "SIN", prepare: UnaryKernels.table),
    Kernel(name: "sqrt_float32_reference", operation: "SQRT", prepare: UnaryKernels.float32),
    Kernel(name: "sqrt_int8_table_reference", operation: "SQRT", prepare: UnaryKernels.table),
    Kernel(name: "square_float32_reference", operation: "SQUARE", prepare: UnaryKernels.float32),
    Kernel(name: "square_integer_reference", operation: "SQUARE", prepare: UnaryKernels.integer),
    Kernel(name: "logical_not_bool_reference", operation: "LOGICAL_NOT", prepare: BoolKernels.not),
    Kernel(name: "add_n_plain_reference", operation: "ADD_N", prepare: AddNKernels.plain),
    Kernel(name: "add_n_int8_reference", operation: "ADD_N", prepare: AddNKernels.int8),
    Kernel(
      name: "bucketize_numeric_reference", operation: "BUCKETIZE",
      prepare: SearchKernels.bucketize),
    Kernel(name: "cast_numeric_reference", operation: "CAST", prepare: ConversionKernels.cast),
    Kernel(
      name: "fake_quant_float32_reference", operation: "FAKE_QUANT",
      prepare: AddNKernels.fakeQuantize),
    Kernel(name: "select_bytes_reference", operation: "SELECT", prepare: SelectKernels.prepare),
    Kernel(
      name: "select_v2_bytes_reference", operation: "SELECT_V2",
      prepare: SelectKernels.prepare),
    Kernel(name: "zeros_like_bytes_reference", operation: "ZEROS_LIKE", prepare: FillKernels.zeros),
  ]
}
