/// A constant stored without most of its zeros, as `SparseConstant` reads it: all axes but the last
/// one in traversal order are dense, that one is compressed, and may be cut into blocks.
struct SparseEncoding {
  let parameters: FlatBufferValue
  let values: [UInt8]
  private let byteCount: Int

  /// The smallest of the encodings that LiteRT can read; nil when no one is smaller than the
  /// elements themselves. O(elements x axes).
  init?(_ tensor: Tensor) {
    guard let constant = tensor.constant, [.float32, .int8].contains(tensor.elementType),
      tensor.shape.rank > 0, tensor.shape.elementCount > 0
    else { return nil }
    let bytes = constant.withBytes { Array($0) }
    var smallest: SparseEncoding?
    for axis in tensor.shape.dimensions.indices.reversed() {
      for block in [1, 4, 16] where tensor.shape[axis] % block == 0 {
        let candidate = SparseEncoding(bytes, tensor, axis: axis, block: block)
        if candidate.byteCount < smallest?.byteCount ?? bytes.count { smallest = candidate }
      }
    }
    guard let smallest else { return nil }
    self = smallest
  }

  /// - Parameter block: elements along the compressed axis that are stored together.
  private init(_ bytes: [UInt8], _ tensor: Tensor, axis: Int, block: Int) {
    let (shape, size) = (tensor.shape, tensor.elementType.bitWidth / 8)
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let step = inner * size
    var (segments, indices, values) = ([0], [Int](), [UInt8]())
    for row in 0..<outer * inner {
      let start = (row / inner * shape[axis] * inner + row % inner) * size
      for index in 0..<shape[axis] / block {
        let places = (0..<block).map { start + (index * block + $0) * step }
        let isZero = places.allSatisfy { place in (0..<size).allSatisfy { bytes[place + $0] == 0 } }
        if isZero { continue }
        indices.append(index)
        for place in places { values += bytes[place..<place + size] }
      }
      segments.append(indices.count)
    }
    self.values = values
    var order = shape.dimensions.indices.filter { $0 != axis } + [axis]
    var levels = order.dropLast().map { Self.dense(shape[$0]) }
    levels.append(Self.compressed(segments, indices))
    if block > 1 {
      order.append(shape.rank)
      levels.append(Self.dense(block))
    }
    parameters = .table([
      0: .int32s(order), 1: .int32s(block > 1 ? [axis] : []), 2: .tables(levels),
    ])
    // Tables and vtables of the levels take a hundred bytes or two.
    byteCount =
      values.count + segments.count * Self.width(segments.max() ?? 0)
      + indices.count * Self.width(indices.max() ?? 0) + 200
  }

  private static func dense(_ extent: Int) -> FlatBufferValue {
    .table([0: .int8(0), 1: .int32(extent)])
  }

  private static func compressed(_ segments: [Int], _ indices: [Int]) -> FlatBufferValue {
    let (segmentKind, segments) = vector(segments)
    let (indexKind, indices) = vector(indices)
    return .table([
      0: .int8(1), 2: .int8(segmentKind), 3: segments, 4: .int8(indexKind), 5: indices,
    ])
  }

  /// Bytes of each number.
  private static func width(_ largest: Int) -> Int { largest < 256 ? 1 : largest < 65_536 ? 2 : 4 }

  /// A `SparseIndexVector` and its kind.
  private static func vector(_ numbers: [Int]) -> (kind: Int, FlatBufferValue) {
    switch width(numbers.max() ?? 0) {
    case 1: (3, .table([0: .integers(numbers, of: UInt8.self)]))
    case 2: (2, .table([0: .integers(numbers, of: UInt16.self)]))
    default: (1, .table([0: .int32s(numbers)]))
    }
  }
}

/// A subgraph whose pruned weights are stored sparsely and made dense by operators in front.
struct SparseSubgraph {
  private(set) var subgraph: Subgraph
  /// By tensor.
  private(set) var encodings: [Int: SparseEncoding] = [:]

  init(dense subgraph: Subgraph) { self.subgraph = subgraph }

  init(_ stated: Subgraph) {
    subgraph = stated
    var conversions: [Operator] = []
    for index in stated.tensors.indices where stated.isOnlyWeights(index) {
      guard let encoding = SparseEncoding(stated.tensors[index]) else { continue }
      var stored = stated.tensors[index]
      stored.name += "/sparse"
      encodings[subgraph.tensors.count] = encoding
      conversions.append(
        Operator(operation: .plain(.densify), inputs: [subgraph.tensors.count], outputs: [index]))
      subgraph.tensors.append(stored)
      subgraph.tensors[index].constant = nil
    }
    subgraph.operators = conversions + stated.operators
  }
}

extension Subgraph {
  /// Whether nothing but convolutions and fully connected layers reads a tensor, as weights.
  fileprivate func isOnlyWeights(_ tensor: Int) -> Bool {
    guard tensors[tensor].constant != nil, !inputs.contains(tensor), !outputs.contains(tensor)
    else { return false }
    let readers = operators.filter { $0.inputs.contains(tensor) }
    return !readers.isEmpty
      && readers.allSatisfy { op in
        switch op.operation {
        case .conv2D, .depthwiseConv2D, .fullyConnected:
          op.inputs[1] == tensor && op.inputs.count { $0 == tensor } == 1
        default: false
        }
      }
  }
}
