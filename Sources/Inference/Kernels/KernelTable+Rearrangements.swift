/// Kernels that put elements in other places, repeat or fill them.
extension KernelTable {
  static let rearrangements = [
    Kernel(
      name: "batch_to_space_nd_bytes_reference", operation: "BATCH_TO_SPACE_ND",
      prepare: BlockKernels.batchToSpace),
    Kernel(
      name: "space_to_batch_nd_bytes_reference", operation: "SPACE_TO_BATCH_ND",
      prepare: BlockKernels.spaceToBatch),
    Kernel(
      name: "depth_to_space_bytes_reference", operation: "DEPTH_TO_SPACE",
      prepare: BlockKernels.depthToSpace),
    Kernel(
      name: "space_to_depth_bytes_reference", operation: "SPACE_TO_DEPTH",
      prepare: BlockKernels.spaceToDepth),
    Kernel(
      name: "broadcast_args_integer_reference", operation: "BROADCAST_ARGS", mayFail: true,
      prepare: FillKernels.broadcastArguments),
    Kernel(name: "fill_bytes_reference", operation: "FILL", prepare: FillKernels.fill),
    Kernel(name: "range_numeric_reference", operation: "RANGE", prepare: FillKernels.range),
    Kernel(name: "rank_integer_reference", operation: "RANK", prepare: FillKernels.rank),
    Kernel(name: "shape_integer_reference", operation: "SHAPE", prepare: FillKernels.shape),
    Kernel(
      name: "matrix_diag_bytes_reference", operation: "MATRIX_DIAG",
      prepare: DiagonalKernels.diagonal),
    Kernel(
      name: "matrix_set_diag_bytes_reference", operation: "MATRIX_SET_DIAG",
      prepare: DiagonalKernels.setDiagonal),
    Kernel(
      name: "reverse_sequence_bytes_reference", operation: "REVERSE_SEQUENCE", mayFail: true,
      prepare: DiagonalKernels.reverseSequence),
    Kernel(name: "mirror_pad_bytes_reference", operation: "MIRROR_PAD", prepare: PadKernels.mirror),
    Kernel(name: "pad_bytes_reference", operation: "PAD", prepare: PadKernels.pad),
    Kernel(name: "padv2_bytes_reference", operation: "PADV2", prepare: PadKernels.pad),
    Kernel(
      name: "resize_bilinear_real_reference", operation: "RESIZE_BILINEAR",
      prepare: ResizeKernels.bilinearReal),
    Kernel(
      name: "resize_bilinear_integer_reference", operation: "RESIZE_BILINEAR",
      prepare: ResizeKernels.bilinearInteger),
    Kernel(
      name: "resize_nearest_neighbor_bytes_reference", operation: "RESIZE_NEAREST_NEIGHBOR",
      prepare: ResizeKernels.nearest),
  ]
}
