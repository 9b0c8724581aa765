import NeuralNetworks

/// Operators that read elements at indices that are data.
enum GatherOperators {
  static func gather(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, indices) = (try call.input(0), try call.input(1))
    let axis = try call.axis("axis", default: 0, rank: input.rank)
    let places = try indices.indices(below: input.shape[axis])
    let dimensions = input.shape.dimensions
    let shape = try checkedShape(
      Array(dimensions[..<axis]) + indices.shape.dimensions + Array(dimensions[(axis + 1)...]))
    let result = try TensorValue(unfilled: input.elementType, shape)
    let inner = dimensions[(axis + 1)...].reduce(1, *) * input.elementType.bitWidth / 8
    var target = result.buffer.base
    for row in 0..<dimensions[..<axis].reduce(1, *) {
      let source = input.buffer.base + row * dimensions[axis] * inner
      for place in places {
        target.copyMemory(from: source + place * inner, byteCount: inner)
        target += inner
      }
    }
    return result
  }

  static func gatherElements(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, indices) = (try call.input(0), try call.input(1))
    let axis = try call.axis("axis", default: 0, rank: input.rank)
    let grid = try ElementGrid(indices: indices, data: input.shape, axis: axis)
    return try input.elementType.movement(
      ElementGather(input: input, shape: indices.shape, grid: grid))
  }

  private struct ElementGather: MovementBody {
    let input: TensorValue
    let shape: Shape
    let grid: ElementGrid

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Word>(input.elementType, shape)
      let source = input.elements(as: type)
      grid.forEach { index, place in result[index] = source[place] }
      return result.value
    }
  }

  static func gatherND(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, indices) = (try call.input(0), try call.input(1))
    let batches = try call.int("batch_dims", default: 0)
    let blocks = try BlockPlaces(data: input.shape, indices: indices, batchAxes: batches)
    let shape = try checkedShape(
      Array(indices.shape.dimensions.dropLast())
        + Array(input.shape.dimensions[(batches + blocks.depth)...]))
    let result = try TensorValue(unfilled: input.elementType, shape)
    let size = blocks.blockLength * input.elementType.bitWidth / 8
    for (number, place) in blocks.places.enumerated() {
      (result.buffer.base + number * size).copyMemory(
        from: input.buffer.base + place * size, byteCount: size)
    }
    return result
  }
}

extension TensorValue {
  /// The elements as indices of an axis; negative ones count from its end.
  func indices(below extent: Int) throws(ModelError) -> [Int] {
    let values = try integers(limit: .max)
    guard values.allSatisfy({ $0 >= -extent && $0 < extent }) else {
      let wrong = values.first { $0 < -extent || $0 >= extent } ?? 0
      throw ModelError(
        place: "indices", found: "\(wrong)", expected: "an index of an axis of \(extent)")
    }
    return values.map { $0 < 0 ? $0 + extent : $0 }
  }
}

/// Places in a tensor that a tensor of indices along one axis points to: what `GatherElements`
/// reads and `ScatterElements` writes.
struct ElementGrid {
  private let places: [Int]
  private let shape: Shape
  private let strides: [Int]
  private let axis: Int

  /// - Throws: when an index is out of range or the indices' shape does not fit in the data's.
  init(indices: TensorValue, data: Shape, axis: Int) throws(ModelError) {
    let shape = indices.shape
    guard shape.rank == data.rank,
      (0..<data.rank).allSatisfy({ $0 == axis || shape[$0] <= data[$0] })
    else {
      throw ModelError(
        place: "indices", found: "shape \(shape)", expected: "one within \(data)")
    }
    self.shape = shape
    places = try indices.indices(below: data[axis])
    strides = data.strides
    self.axis = axis
  }

  /// Calls `body` with the number of each index and the place it points to. O(indices x axes).
  func forEach(_ body: (_ index: Int, _ place: Int) -> Void) {
    var position = [Int](repeating: 0, count: shape.rank)
    for index in places.indices {
      var place = places[index] * strides[axis]
      for other in position.indices where other != axis {
        place += position[other] * strides[other]
      }
      body(index, place)
      var last = position.count - 1
      while last >= 0 {
        position[last] += 1
        if position[last] < shape[last] { break }
        position[last] = 0
        last -= 1
      }
    }
  }
}

/// Blocks of a tensor that tuples of indices point to: `GatherND`, `ScatterND`.
struct BlockPlaces {
  /// Length of a tuple.
  let depth: Int
  /// Elements of a block.
  let blockLength: Int
  /// For each tuple the block's number.
  let places: [Int]

  init(data: Shape, indices: TensorValue, batchAxes: Int) throws(ModelError) {
    guard let depth = indices.shape.dimensions.last, batchAxes >= 0, depth >= 0,
      batchAxes < indices.rank, batchAxes + depth <= data.rank,
      (0..<batchAxes).allSatisfy({ data[$0] == indices.shape[$0] })
    else {
      throw ModelError(
        place: "indices", found: "shape \(indices.shape)", expected: "tuples of axes of \(data)")
    }
    let dimensions = data.dimensions
    let indexed = Array(dimensions[batchAxes..<batchAxes + depth])
    let values = try indices.integers(limit: .max)
    let count = indices.shape.dimensions.dropLast().reduce(1, *)
    let batches = dimensions[..<batchAxes].reduce(1, *)
    let perBatch = batches == 0 ? 0 : count / batches
    let blocksPerBatch = indexed.reduce(1, *)
    var places: [Int] = []
    places.reserveCapacity(count)
    for tuple in 0..<count {
      var place = 0
      for (axis, extent) in indexed.enumerated() {
        let index = values[tuple * depth + axis]
        guard index >= -extent, index < extent else {
          throw ModelError(
            place: "indices", found: "\(index)", expected: "an index of an axis of \(extent)")
        }
        place = place * extent + (index < 0 ? index + extent : index)
      }
      places.append(tuple / max(perBatch, 1) * blocksPerBatch + place)
    }
    self.depth = depth
    self.places = places
    blockLength = dimensions[(batchAxes + depth)...].reduce(1, *)
  }
}
