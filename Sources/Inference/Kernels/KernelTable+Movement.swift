/// Kernels that move elements without looking at them.
extension KernelTable {
  static let movement = [
    Kernel(name: "bitcast_bytes_reference", operation: "BITCAST", prepare: MovementKernels.copy),
    Kernel(
      name: "broadcast_to_bytes_reference", operation: "BROADCAST_TO",
      prepare: SliceKernels.broadcast),
    Kernel(
      name: "concatenation_bytes_reference", operation: "CONCATENATION",
      prepare: MovementKernels.concatenation),
    Kernel(
      name: "expand_dims_bytes_reference", operation: "EXPAND_DIMS", sharing: .alias,
      prepare: MovementKernels.copy),
    Kernel(name: "pack_bytes_reference", operation: "PACK", prepare: MovementKernels.pack),
    Kernel(
      name: "reshape_bytes_reference", operation: "RESHAPE", sharing: .alias,
      prepare: MovementKernels.copy),
    Kernel(
      name: "reverse_v2_bytes_reference", operation: "REVERSE_V2", prepare: SliceKernels.reverse),
    Kernel(name: "slice_bytes_reference", operation: "SLICE", prepare: SliceKernels.slice),
    Kernel(name: "split_bytes_reference", operation: "SPLIT", prepare: MovementKernels.split),
    Kernel(name: "split_v_bytes_reference", operation: "SPLIT_V", prepare: MovementKernels.split),
    Kernel(
      name: "squeeze_bytes_reference", operation: "SQUEEZE", sharing: .alias,
      prepare: MovementKernels.copy),
    Kernel(
      name: "strided_slice_bytes_reference", operation: "STRIDED_SLICE",
      prepare: SliceKernels.stridedSlice),
    Kernel(name: "tile_bytes_reference", operation: "TILE", prepare: SliceKernels.tile),
    Kernel(
      name: "transpose_bytes_reference", operation: "TRANSPOSE", prepare: SliceKernels.transpose),
    Kernel(name: "unpack_bytes_reference", operation: "UNPACK", prepare: MovementKernels.unpack),
  ]
}
