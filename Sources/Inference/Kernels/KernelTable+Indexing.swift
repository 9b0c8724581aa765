/// Kernels that find elements by indices, or compute indices.
extension KernelTable {
  static let indexing: [Kernel] = [
    rows(
      "EMBEDDING_LOOKUP", mayFail: true,
      [("hybrid", GatherKernels.hybridEmbedding), ("bytes", GatherKernels.embedding)]),
    rows("GATHER", mayFail: true, [("bytes", GatherKernels.gather)]),
    rows("GATHER_ND", mayFail: true, [("bytes", GatherKernels.gatherND)]),
    rows("SCATTER_ND", mayFail: true, [("plain", ScatterKernels.scatterND)]),
    rows("SPARSE_TO_DENSE", mayFail: true, [("bytes", ScatterKernels.sparseToDense)]),
    rows("ONE_HOT", [("bytes", ScatterKernels.oneHot)]),
    rows("DYNAMIC_UPDATE_SLICE", [("bytes", ScatterKernels.dynamicUpdateSlice)]),
    rows("WHERE", [("bytes", SearchKernels.nonzero)]),
    rows("UNIQUE", [("numeric", SearchKernels.unique)]),
    rows("NON_MAX_SUPPRESSION_V4", [("float32", SuppressionKernels.prepare)]),
    rows("NON_MAX_SUPPRESSION_V5", [("float32", SuppressionKernels.prepare)]),
  ].flatMap { $0 }
}
