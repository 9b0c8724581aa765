/// Operators that trade blocks of pixels for batch entries or channels.
extension OperatorCheck {
  func depthToSpaceType() throws(ModelError) -> [TensorType] {
    guard case .depthToSpace(let size) = op.operation else { return [] }
    let source = try blockInput(size)
    let (extents, area) = (source.shape.dimensions, size * size)
    try require(extents[3] % area == 0, "channels that \(area) divides")
    let result = [extents[0], extents[1] * size, extents[2] * size, extents[3] / area]
    return [.init(source.elementType, try shape(result))]
  }

  func spaceToDepthType() throws(ModelError) -> [TensorType] {
    guard case .spaceToDepth(let size) = op.operation else { return [] }
    let source = try blockInput(size)
    let extents = source.shape.dimensions
    try require(
      extents[1] % size == 0 && extents[2] % size == 0, "height and width that \(size) divides")
    let result = [extents[0], extents[1] / size, extents[2] / size, extents[3] * size * size]
    return [.init(source.elementType, try shape(result))]
  }

  private func blockInput(_ size: Int) throws(ModelError) -> Tensor {
    let source = try input(0)
    try require(source.shape.rank == 4, "four axes")
    try require((1...65_535).contains(size), "a block size from 1 to 65535, not \(size)")
    return source
  }

  func spaceToBatchType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let blocks = try blockShape()
    let paddings = try paddings(2, axisCount: blocks.count)
    var extents = source.shape.dimensions
    for (axis, block) in blocks.enumerated() {
      let padded = extents[axis + 1] + paddings[axis].before + paddings[axis].after
      try require(padded % block == 0, "a padded extent that \(block) divides")
      extents[axis + 1] = padded / block
      extents[0] = try shape([extents[0], block]).elementCount
    }
    return [.init(source.elementType, try shape(extents))]
  }

  func batchToSpaceType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let blocks = try blockShape()
    let crops = try paddings(2, axisCount: blocks.count)
    var extents = source.shape.dimensions
    for (axis, block) in blocks.enumerated() {
      try require(extents[0] % block == 0, "a batch that the blocks divide")
      extents[0] /= block
      extents[axis + 1] = extents[axis + 1] * block - crops[axis].before - crops[axis].after
    }
    return [.init(source.elementType, try shape(extents))]
  }

  /// One block extent for each axis between batch and the rest.
  public func blockShape() throws(ModelError) -> [Int] {
    let rank = try input(0).shape.rank
    let blocks = try integers(1)
    try require(
      rank >= 1 + blocks.count && blocks.allSatisfy { (1...65_535).contains($0) },
      "block extents from 1 to 65535 for axes after the first")
    return blocks
  }
}
