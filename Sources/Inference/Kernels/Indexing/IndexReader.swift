import NeuralNetworks

/// Reads elements of an integer tensor as indices, whatever its width.
struct IndexReader: Sendable {
  private let elementType: ElementType

  /// Nil for types that are no indices.
  init?(_ tensor: Tensor) {
    switch tensor.elementType {
    case .int16, .int32, .int64: elementType = tensor.elementType
    default: return nil
    }
  }

  @inline(__always)
  func callAsFunction(_ pointer: UnsafePointer<UInt8>, _ index: Int) -> Int {
    let raw = UnsafeRawPointer(pointer)
    return switch elementType {
    case .int16: Int(raw.load(fromByteOffset: 2 &* index, as: Int16.self))
    case .int64: Int(raw.load(fromByteOffset: 8 &* index, as: Int64.self))
    default: Int(raw.load(fromByteOffset: 4 &* index, as: Int32.self))
    }
  }
}

/// Turns tuples of indices into the places of the slices that they name.
struct TupleIndex: Sendable {
  /// Indices of a tuple.
  let depth: Int
  /// Elements of the slice that a tuple names.
  let sliceCount: Int
  private let extents: [Int]
  private let strides: [Int]
  private let reader: IndexReader

  /// - Parameters:
  ///   - depth: at most the shape's rank.
  ///   - shape: what the tuples point into.
  init?(_ indices: Tensor, depth: Int, into shape: Shape) {
    guard let reader = IndexReader(indices) else { return nil }
    self.reader = reader
    self.depth = depth
    extents = Array(shape.dimensions.prefix(depth))
    strides = Array(shape.strides.prefix(depth))
    sliceCount = shape.dimensions.dropFirst(depth).reduce(1, *)
  }

  /// The first element of the slice; nil when an index is out of range.
  @inline(__always)
  func place(_ indices: UnsafePointer<UInt8>, tuple: Int) -> Int? {
    var place = 0
    for axis in 0..<depth {
      let index = reader(indices, tuple &* depth &+ axis)
      guard index >= 0, index < extents[axis] else { return nil }
      place &+= index &* strides[axis]
    }
    return place
  }
}
