/// A value of a subgraph: an input, a constant, or what an operator writes.
public struct Tensor: Sendable, Equatable {
  public var name: String
  public var elementType: ElementType
  /// Row-major; activations are NHWC.
  public var shape: Shape
  public var quantization: Quantization?
  /// The stored elements of a constant; nil for a value that is computed.
  public var constant: ConstantData?
  /// Whether the value is kept from one invocation to the next (`is_variable`).
  public var isVariable: Bool
  /// For each axis whether a caller may give it another extent (-1 in `shape_signature`); empty
  /// when none may.
  public var isDynamic: [Bool] = []

  public init(
    name: String, elementType: ElementType, shape: Shape, quantization: Quantization? = nil,
    constant: ConstantData? = nil, isVariable: Bool = false
  ) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.quantization = quantization
    self.constant = constant
    self.isVariable = isVariable
  }

  /// Whether the dynamic axes make this shape of the tensor's.
  public func takes(_ other: Shape) -> Bool {
    other == shape
      || isDynamic.count == other.rank
        && other.dimensions.indices.allSatisfy { isDynamic[$0] || other[$0] == shape[$0] }
  }

  /// Bytes of the packed elements.
  public var byteCount: Int { elementType.byteCount(of: shape.elementCount) }
}

/// Elements of a constant tensor: a range of the model's bytes, never a copy of them, or bytes that
/// are made of the model's whenever they are read, as the zeros of a sparse tensor are put back.
///
/// The start may be at any alignment: read through `withBytes` and unaligned loads, or copy.
public struct ConstantData: Sendable {
  private enum Source: Sendable {
    case stored(ModelBytes, Range<Int>)
    case made(@Sendable () -> ModelBytes)
  }

  private let source: Source
  public let byteCount: Int

  /// - Precondition: the range lies inside the file.
  public init(file: ModelBytes, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count)
    source = .stored(file, range)
    byteCount = range.count
  }

  /// A constant made in memory.
  public init(bytes: [UInt8]) {
    self.init(file: ModelBytes(bytes), range: 0..<bytes.count)
  }

  /// A constant that takes memory only while it is read: each `withBytes` makes it anew.
  ///
  /// - Parameter make: gives the same `byteCount` bytes whenever it is called.
  public init(byteCount: Int, making make: @escaping @Sendable () -> ModelBytes) {
    source = .made(make)
    self.byteCount = byteCount
  }

  /// Where the bytes lie for the life of the file; nil when they are made.
  public var stored: (file: ModelBytes, range: Range<Int>)? {
    guard case .stored(let file, let range) = source else { return nil }
    return (file, range)
  }

  /// The same bytes, which no read makes anew.
  public var inMemory: ConstantData {
    stored == nil ? withBytes { ConstantData(bytes: Array($0)) } : self
  }

  /// The constant's bytes, little-endian elements. The pointer is valid inside `body` only.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch source {
    case .stored(let file, let range):
      return try file.withBytes { (all) throws(Failure) -> Result in
        try body(UnsafeRawBufferPointer(rebasing: all[range]))
      }
    case .made(let make):
      let bytes = make()
      precondition(bytes.count == byteCount, "a constant of another size")
      return try bytes.withBytes(body)
    }
  }

  /// The elements as little-endian values of a fixed-width type. Complexity: O(n).
  public func elements<Element: BitwiseCopyable>(as type: Element.Type) -> [Element] {
    withBytes { bytes in
      let stride = MemoryLayout<Element>.stride
      // One copy: element by element it would take a second for a model of 20 MB.
      return [Element](unsafeUninitializedCapacity: bytes.count / stride) { elements, count in
        count = bytes.count / stride
        UnsafeMutableRawBufferPointer(elements).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * stride)]))
      }
    }
  }
}

extension ConstantData: Equatable {
  /// Whether the bytes are equal, wherever they lie. O(bytes).
  public static func == (left: ConstantData, right: ConstantData) -> Bool {
    left.withBytes { a in right.withBytes { b in a.elementsEqual(b) } }
  }
}

extension UnsafeRawBufferPointer {
  /// A signed number of int4 as a byte; two share a byte, the earlier one in the lower half.
  @inlinable
  public func nibble(at element: Int) -> UInt8 {
    let nibble = self[element / 2] >> (element % 2 == 0 ? 0 : 4) & 0xf
    return nibble < 8 ? nibble : nibble | 0xf0
  }
}
