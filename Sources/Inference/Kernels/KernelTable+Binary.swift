/// Kernels of two operands that are broadcast.
extension KernelTable {
  static let binary = [
    Kernel(
      name: "add_quantized_reference", operation: "ADD", sharing: .inPlace,
      prepare: QuantizedBinaryKernels.prepare),
    Kernel(
      name: "add_float32_reference", operation: "ADD", sharing: .inPlace,
      prepare: FloatBinaryKernels.prepare),
    Kernel(name: "add_integer_reference", operation: "ADD", prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "atan2_float32_reference", operation: "ATAN2",
      prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "bitwise_xor_integer_reference", operation: "BITWISE_XOR",
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "bitwise_xor_bool_reference", operation: "BITWISE_XOR",
      prepare: BoolKernels.binary),
    Kernel(
      name: "div_quantized_reference", operation: "DIV", mayFail: true,
      prepare: QuantizedBinaryKernels.prepare),
    Kernel(name: "div_float32_reference", operation: "DIV", prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "div_integer_reference", operation: "DIV", mayFail: true,
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "floor_div_float32_reference", operation: "FLOOR_DIV", mayFail: true,
      prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "floor_div_integer_reference", operation: "FLOOR_DIV", mayFail: true,
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "floor_mod_float32_reference", operation: "FLOOR_MOD", mayFail: true,
      prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "floor_mod_integer_reference", operation: "FLOOR_MOD", mayFail: true,
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "logical_and_bool_reference", operation: "LOGICAL_AND",
      prepare: BoolKernels.binary),
    Kernel(name: "logical_or_bool_reference", operation: "LOGICAL_OR", prepare: BoolKernels.binary),
    Kernel(
      name: "maximum_float32_reference", operation: "MAXIMUM",
      prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "maximum_integer_reference", operation: "MAXIMUM",
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "minimum_float32_reference", operation: "MINIMUM",
      prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "minimum_integer_reference", operation: "MINIMUM",
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "mul_quantized_reference", operation: "MUL",
      prepare: QuantizedBinaryKernels.prepare),
    Kernel(name: "mul_float32_reference", operation: "MUL", prepare: FloatBinaryKernels.prepare),
    Kernel(name: "mul_integer_reference", operation: "MUL", prepare: IntegerBinaryKernels.prepare),
    Kernel(name: "pow_float32_reference", operation: "POW", prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "pow_integer_reference", operation: "POW", mayFail: true,
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "right_shift_integer_reference", operation: "RIGHT_SHIFT",
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "squared_difference_quantized_reference", operation: "SQUARED_DIFFERENCE",
      prepare: QuantizedBinaryKernels.prepare),
    Kernel(
      name: "squared_difference_float32_reference", operation: "SQUARED_DIFFERENCE",
      prepare: FloatBinaryKernels.prepare),
    Kernel(
      name: "squared_difference_integer_reference", operation: "SQUARED_DIFFERENCE",
      prepare: IntegerBinaryKernels.prepare),
    Kernel(
      name: "sub_quantized_reference", operation: "SUB",
      prepare: QuantizedBinaryKernels.prepare),
    Kernel(name: "sub_float32_reference", operation: "SUB", prepare: FloatBinaryKernels.prepare),
    Kernel(name: "sub_integer_reference", operation: "SUB", prepare: IntegerBinaryKernels.prepare),
  ]
}
