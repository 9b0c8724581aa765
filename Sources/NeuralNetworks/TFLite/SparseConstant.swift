/// A constant that is stored without most of its zeros, as `SparsityParameters` of the schema
/// describes it: a tree whose levels are the axes in traversal order, then the axes of blocks.
///
/// Source: the schema's comments; Chou et al. 2018, "Format Abstraction for Sparse Tensor Algebra
/// Compilers". Every size and index is checked before any value is placed.
struct SparseConstant {
  /// How one level finds the children of each position of the level above.
  private enum Level {
    /// All of them, as many as the extent.
    case dense(extent: Int)
    /// Those in `indices`, from one of `segments` to the next.
    case compressed(segments: [Int], indices: [Int])
  }

  private let shape: Shape
  private let elementBytes: Int
  private let place: String
  /// Axis that each level steps along, and by how much of it.
  private var steps: [(axis: Int, stride: Int)] = []
  private var levels: [Level] = []
  /// Stored values.
  private var count = 1

  /// - Throws: when the parameters do not describe a tensor of the shape.
  init(
    _ parameters: FlatBufferTable, shape: Shape, elementType: ElementType, place: String
  ) throws(ModelError) {
    (self.shape, self.place) = (shape, place)
    elementBytes = elementType.bitWidth / 8
    let order = try parameters.integers(0, of: Int32.self, limit: 16)
    let blockAxes = try parameters.integers(1, of: Int32.self, limit: 8)
    let metadata = try parameters.tables(2, limit: 16)
    let rank = shape.rank
    let isOrder =
      order.prefix(rank).sorted() == Array(0..<rank)
      && order.dropFirst(rank).sorted() == Array(rank..<rank + blockAxes.count)
      && Set(blockAxes).count == blockAxes.count
      && blockAxes.allSatisfy { (0..<rank).contains($0) }
    guard isOrder, order.count == metadata.count, elementBytes > 0 else {
      throw failure(
        "a traversal order \(order) with blocks of axes \(blockAxes)",
        "each axis once, then each block axis, and elements of whole bytes")
    }
    var blockExtents = Array(repeating: 1, count: rank)
    for (level, axis) in order.enumerated() where axis >= rank {
      let extent = Int(try metadata[level].scalar(1, default: Int32(0)))
      let blocked = blockAxes[axis - rank]
      guard extent > 0, shape[blocked] % extent == 0 else {
        throw failure("blocks of \(extent)", "a divisor of the extent \(shape[blocked])")
      }
      blockExtents[blocked] = extent
    }
    for (level, axis) in order.enumerated() {
      let isBlock = axis >= rank
      let whole = isBlock ? blockAxes[axis - rank] : axis
      let extent = isBlock ? blockExtents[whole] : shape[whole] / blockExtents[whole]
      steps.append((whole, isBlock ? 1 : blockExtents[whole]))
      try append(metadata[level], extent: extent)
    }
  }

  /// Reads one level over `count` positions, and counts its own.
  private mutating func append(_ table: FlatBufferTable, extent: Int) throws(ModelError) {
    guard try table.scalar(0, default: Int8(0)) == 1 else {
      let stated = Int(try table.scalar(1, default: Int32(0)))
      guard stated == extent, count * extent <= shape.elementCount else {
        throw failure("a dense axis of \(stated)", "\(extent)")
      }
      levels.append(.dense(extent: extent))
      count *= extent
      return
    }
    let segments = try indices(table, field: 2)
    let children = try indices(table, field: 4)
    let isOrdered = zip(segments, segments.dropFirst()).allSatisfy { $0 <= $1 }
    guard segments.count == count + 1, segments.first == 0, segments.last == children.count,
      isOrdered, children.allSatisfy({ (0..<extent).contains($0) })
    else {
      throw failure(
        "\(segments.count) segments of \(children.count) indices",
        "\(count + 1) that rise from 0 to the indices' count, and indices below \(extent)")
    }
    levels.append(.compressed(segments: segments, indices: children))
    count = children.count
  }

  /// Numbers of a `SparseIndexVector`, whose type is the field before it.
  private func indices(_ table: FlatBufferTable, field: Int) throws(ModelError) -> [Int] {
    let limit = shape.elementCount + 1
    guard let vector = try table.table(field + 1) else { return [] }
    switch try table.scalar(field, default: UInt8(0)) {
    case 1: return try vector.integers(0, of: Int32.self, limit: limit)
    case 2: return try vector.integers(0, of: UInt16.self, limit: limit)
    case 3: return try vector.integers(0, of: UInt8.self, limit: limit)
    default: throw failure("an unknown kind of indices", "32, 16 or 8 bits")
    }
  }

  /// The whole tensor. O(elements + stored values).
  ///
  /// - Throws: when there are more or fewer values than the levels have positions.
  func dense(_ values: UnsafeRawBufferPointer) throws(ModelError) -> [UInt8] {
    guard values.count == count * elementBytes else {
      throw failure("\(values.count) bytes of values", "\(count * elementBytes)")
    }
    var result = [UInt8](repeating: 0, count: shape.elementCount * elementBytes)
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    fill(values, level: 0, position: 0, element: 0, strides, &result)
    return result
  }

  /// As deep as there are levels, at most 16.
  private func fill(
    _ values: UnsafeRawBufferPointer, level: Int, position: Int, element: Int, _ strides: [Int],
    _ result: inout [UInt8]
  ) {
    guard level < levels.count else {
      for byte in 0..<elementBytes {
        result[element * elementBytes + byte] = values[position * elementBytes + byte]
      }
      return
    }
    let step = steps[level].stride * strides[steps[level].axis]
    func descend(_ child: Int, _ index: Int) {
      fill(
        values, level: level + 1, position: child, element: element + index * step, strides,
        &result)
    }
    switch levels[level] {
    case .dense(let extent):
      for index in 0..<extent { descend(position * extent + index, index) }
    case .compressed(let segments, let indices):
      for child in segments[position]..<segments[position + 1] { descend(child, indices[child]) }
    }
  }

  private func failure(_ found: String, _ expected: String) -> ModelError {
    ModelError(place: place, found: "a sparse tensor with \(found)", expected: expected)
  }
}
