/// Kernels that bring many elements down to few.
extension KernelTable {
  static let reductions: [Kernel] = [
    rows(
      "MEAN",
      [("quantized", QuantizedReductionKernels.prepare), ("plain", ReductionKernels.prepare)]),
    rows("REDUCE_ALL", [("bool", ReductionKernels.prepare)]),
    rows("REDUCE_ANY", [("bool", ReductionKernels.prepare)]),
    rows("REDUCE_MAX", [("plain", ReductionKernels.prepare)]),
    rows("REDUCE_MIN", [("plain", ReductionKernels.prepare)]),
    rows(
      "REDUCE_PROD",
      [("quantized", QuantizedReductionKernels.prepare), ("plain", ReductionKernels.prepare)]),
    rows(
      "SUM",
      [("quantized", QuantizedReductionKernels.prepare), ("plain", ReductionKernels.prepare)]),
    rows("ARG_MAX", [("numeric", ArgumentKernels.argument)]),
    rows("ARG_MIN", [("numeric", ArgumentKernels.argument)]),
    rows("TOPK_V2", [("numeric", ArgumentKernels.topK)]),
    rows("CUMSUM", [("plain", CumulativeSumKernels.plain), ("int8", CumulativeSumKernels.int8)]),
    rows("SEGMENT_SUM", mayFail: true, [("plain", SegmentKernels.prepare)]),
    rows("UNSORTED_SEGMENT_MAX", mayFail: true, [("plain", SegmentKernels.prepare)]),
    rows("UNSORTED_SEGMENT_MIN", mayFail: true, [("plain", SegmentKernels.prepare)]),
    rows("UNSORTED_SEGMENT_PROD", mayFail: true, [("plain", SegmentKernels.prepare)]),
    rows("UNSORTED_SEGMENT_SUM", mayFail: true, [("plain", SegmentKernels.prepare)]),
  ].flatMap { $0 }
}
