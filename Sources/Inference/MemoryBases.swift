/// Where the memories of an interpreter begin.
struct MemoryBases {
  let arena: UnsafeMutableRawPointer
  let variables: UnsafeMutableRawPointer
  let constants: ConstantMemory
  let batchSize: Int

  /// The arena of a batch is that of a sample with every place so many times as large.
  /// Nil for a constant that nothing reads.
  func operand(at place: TensorPlace, sample: Int) -> UnsafeRawPointer? {
    place.memory == .constants
      ? constants.pointer(slot: place.offset)
      : UnsafeRawPointer(mutablePointer(to: place, sample: sample))
  }

  /// - Precondition: no constant that nothing reads.
  func pointer(to place: TensorPlace, sample: Int) -> UnsafeRawPointer {
    guard let pointer = operand(at: place, sample: sample) else {
      preconditionFailure("a constant that is not kept")
    }
    return pointer
  }

  /// - Precondition: no constant.
  func mutablePointer(to place: TensorPlace, sample: Int) -> UnsafeMutableRawPointer {
    switch place.memory {
    case .arena: arena + (place.offset * batchSize + sample * place.byteCount)
    case .variables: variables + place.offset
    case .constants: preconditionFailure("a constant as output")
    }
  }
}
