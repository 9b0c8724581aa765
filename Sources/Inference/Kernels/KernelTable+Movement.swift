/// Kernels that move elements without looking at them.
extension KernelTable {
  static let movement: [Kernel] = [
    rows("BITCAST", [("bytes", MovementKernels.copy)]),
    rows("BROADCAST_TO", [("bytes", SliceKernels.broadcast)]),
    rows("CONCATENATION", [("bytes", MovementKernels.concatenation)]),
    rows("EXPAND_DIMS", sharing: .alias, [("bytes", MovementKernels.copy)]),
    rows("PACK", [("bytes", MovementKernels.pack)]),
    rows("RESHAPE", sharing: .alias, [("bytes", MovementKernels.copy)]),
    rows("REVERSE_V2", [("bytes", SliceKernels.reverse)]),
    rows("SLICE", [("bytes", SliceKernels.slice)]),
    rows("SPLIT", [("bytes", MovementKernels.split)]),
    rows("SPLIT_V", [("bytes", MovementKernels.split)]),
    rows("SQUEEZE", sharing: .alias, [("bytes", MovementKernels.copy)]),
    rows("STRIDED_SLICE", [("bytes", SliceKernels.stridedSlice)]),
    rows("TILE", [("bytes", SliceKernels.tile)]),
    rows("TRANSPOSE", [("bytes", SliceKernels.transpose)]),
    rows("UNPACK", [("bytes", MovementKernels.unpack)]),
  ].flatMap { $0 }
}
