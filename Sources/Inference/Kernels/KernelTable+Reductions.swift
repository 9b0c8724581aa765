/// Kernels that bring many elements down to few.
extension KernelTable {
  static let reductions = [
    Kernel(
      name: "mean_quantized_reference", operation: "MEAN",
      prepare: QuantizedReductionKernels.prepare),
    Kernel(name: "mean_plain_reference", operation: "MEAN", prepare: ReductionKernels.prepare),
    Kernel(
      name: "reduce_all_bool_reference", operation: "REDUCE_ALL",
      prepare: ReductionKernels.prepare),
    Kernel(
      name: "reduce_any_bool_reference", operation: "REDUCE_ANY",
      prepare: ReductionKernels.prepare),
    Kernel(
      name: "reduce_max_plain_reference", operation: "REDUCE_MAX",
      prepare: ReductionKernels.prepare),
    Kernel(
      name: "reduce_min_plain_reference", operation: "REDUCE_MIN",
      prepare: ReductionKernels.prepare),
    Kernel(
      name: "reduce_prod_quantized_reference", operation: "REDUCE_PROD",
      prepare: QuantizedReductionKernels.prepare),
    Kernel(
      name: "reduce_prod_plain_reference", operation: "REDUCE_PROD",
      prepare: ReductionKernels.prepare),
    Kernel(
      name: "sum_quantized_reference", operation: "SUM",
      prepare: QuantizedReductionKernels.prepare),
    Kernel(name: "sum_plain_reference", operation: "SUM", prepare: ReductionKernels.prepare),
    Kernel(
      name: "arg_max_numeric_reference", operation: "ARG_MAX",
      prepare: ArgumentKernels.argument),
    Kernel(
      name: "arg_min_numeric_reference", operation: "ARG_MIN",
      prepare: ArgumentKernels.argument),
    Kernel(name: "topk_v2_numeric_reference", operation: "TOPK_V2", prepare: ArgumentKernels.topK),
    Kernel(
      name: "cumsum_plain_reference", operation: "CUMSUM",
      prepare: CumulativeSumKernels.plain),
    Kernel(name: "cumsum_int8_reference", operation: "CUMSUM", prepare: CumulativeSumKernels.int8),
    Kernel(
      name: "segment_sum_plain_reference", operation: "SEGMENT_SUM", mayFail: true,
      prepare: SegmentKernels.prepare),
    Kernel(
      name: "unsorted_segment_max_plain_reference", operation: "UNSORTED_SEGMENT_MAX",
      mayFail: true, prepare: SegmentKernels.prepare),
    Kernel(
      name: "unsorted_segment_min_plain_reference", operation: "UNSORTED_SEGMENT_MIN",
      mayFail: true, prepare: SegmentKernels.prepare),
    Kernel(
      name: "unsorted_segment_prod_plain_reference", operation: "UNSORTED_SEGMENT_PROD",
      mayFail: true, prepare: SegmentKernels.prepare),
    Kernel(
      name: "unsorted_segment_sum_plain_reference", operation: "UNSORTED_SEGMENT_SUM",
      mayFail: true, prepare: SegmentKernels.prepare),
  ]
}
