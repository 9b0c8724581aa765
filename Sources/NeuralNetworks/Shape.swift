/// The extents of a tensor, outermost first. The empty shape is a scalar.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Extents, each at least 0; their product fits in `Shape.maximumElementCount`.
  public let dimensions: [Int]

  /// No tensor may hold more elements than this (2^31 - 1, the limit of a FlatBuffer's vector).
  public static let maximumElementCount = Int(Int32.max)

  /// Readers refuse tensors of more axes.
  public static let maximumRank = 64

  /// - Returns: nil when an extent is negative or the element count is over the maximum.
  public init?(checking dimensions: [Int]) {
    var count = 1
    for extent in dimensions {
      guard extent >= 0 else { return nil }
      // An extent of 0 counts as 1 here, so that the product of any axes stays in range.
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product <= Shape.maximumElementCount else { return nil }
      count = product
    }
    self.dimensions = dimensions
  }

  /// A shape that the program itself states; a bad one is a broken promise.
  public init(_ dimensions: [Int]) {
    guard let shape = Shape(checking: dimensions) else {
      preconditionFailure("shape out of range: \(dimensions)")
    }
    self = shape
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// Product of the extents; 1 for a scalar.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// The extent of an axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}

extension Shape {
  /// Elements between neighbours along each axis of a row-major tensor.
  public var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      result[axis] = result[axis + 1] * max(dimensions[axis + 1], 1)
    }
    return result
  }
}
