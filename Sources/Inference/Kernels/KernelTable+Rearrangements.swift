/// Kernels that put elements in other places, repeat or fill them.
extension KernelTable {
  static let rearrangements: [Kernel] = [
    rows("BATCH_TO_SPACE_ND", [("bytes", BlockKernels.batchToSpace)]),
    rows("SPACE_TO_BATCH_ND", [("bytes", BlockKernels.spaceToBatch)]),
    rows("DEPTH_TO_SPACE", [("bytes", BlockKernels.depthToSpace)]),
    rows("SPACE_TO_DEPTH", [("bytes", BlockKernels.spaceToDepth)]),
    rows("BROADCAST_ARGS", mayFail: true, [("integer", FillKernels.broadcastArguments)]),
    rows("FILL", [("bytes", FillKernels.fill)]),
    rows("RANGE", [("numeric", FillKernels.range)]),
    rows("RANK", [("integer", FillKernels.rank)]),
    rows("SHAPE", [("integer", FillKernels.shape)]),
    rows("MATRIX_DIAG", [("bytes", DiagonalKernels.diagonal)]),
    rows("MATRIX_SET_DIAG", [("bytes", DiagonalKernels.setDiagonal)]),
    rows("REVERSE_SEQUENCE", mayFail: true, [("bytes", DiagonalKernels.reverseSequence)]),
    rows("MIRROR_PAD", [("bytes", PadKernels.mirror)]),
    rows("PAD", [("bytes", PadKernels.pad)]),
    rows("PADV2", [("bytes", PadKernels.pad)]),
    rows(
      "RESIZE_BILINEAR",
      [
        ("8bit", ResizeKernels.bilinearOfXNNPACK), ("real", ResizeKernels.bilinearReal),
        ("integer", ResizeKernels.bilinearInteger),
      ]),
    rows("RESIZE_NEAREST_NEIGHBOR", [("bytes", ResizeKernels.nearest)]),
  ].flatMap { $0 }
}
