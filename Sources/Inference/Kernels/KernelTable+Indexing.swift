/// Kernels that find elements by indices, or compute indices.
extension KernelTable {
  static let indexing = [
    Kernel(
      name: "embedding_lookup_hybrid_reference", operation: "EMBEDDING_LOOKUP", mayFail: true,
      prepare: GatherKernels.hybridEmbedding),
    Kernel(
      name: "embedding_lookup_bytes_reference", operation: "EMBEDDING_LOOKUP", mayFail: true,
      prepare: GatherKernels.embedding),
    Kernel(
      name: "gather_bytes_reference", operation: "GATHER", mayFail: true,
      prepare: GatherKernels.gather),
    Kernel(
      name: "gather_nd_bytes_reference", operation: "GATHER_ND", mayFail: true,
      prepare: GatherKernels.gatherND),
    Kernel(
      name: "scatter_nd_plain_reference", operation: "SCATTER_ND", mayFail: true,
      prepare: ScatterKernels.scatterND),
    Kernel(
      name: "sparse_to_dense_bytes_reference", operation: "SPARSE_TO_DENSE", mayFail: true,
      prepare: ScatterKernels.sparseToDense),
    Kernel(name: "one_hot_bytes_reference", operation: "ONE_HOT", prepare: ScatterKernels.oneHot),
    Kernel(
      name: "dynamic_update_slice_bytes_reference", operation: "DYNAMIC_UPDATE_SLICE",
      prepare: ScatterKernels.dynamicUpdateSlice),
    Kernel(name: "where_bytes_reference", operation: "WHERE", prepare: SearchKernels.nonzero),
    Kernel(name: "unique_numeric_reference", operation: "UNIQUE", prepare: SearchKernels.unique),
    Kernel(
      name: "non_max_suppression_v4_float32_reference", operation: "NON_MAX_SUPPRESSION_V4",
      prepare: SuppressionKernels.prepare),
    Kernel(
      name: "non_max_suppression_v5_float32_reference", operation: "NON_MAX_SUPPRESSION_V5",
      prepare: SuppressionKernels.prepare),
  ]
}
