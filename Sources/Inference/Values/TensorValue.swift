import NeuralNetworks

/// A tensor while a network runs: element type, shape and elements, row by row.
///
/// A value: copying shares the memory, and nobody writes memory that is shared.
public struct TensorValue: Sendable {
  /// No tensor may take more; an evaluation sets its own limit.
  @TaskLocal static var maximumByteCount = 1 << 30

  public let elementType: ElementType
  public let shape: Shape
  /// Whether the elements are 4-bit integers, each in a byte of its own.
  var isNibble = false
  let buffer: TensorBuffer

  /// A tensor whose memory the caller fills before anyone reads it.
  ///
  /// - Throws: when it would take more than `maximumByteCount`.
  init(unfilled elementType: ElementType, _ shape: Shape) throws(ModelError) {
    try Self.checkSize(elementType, shape)
    self.elementType = elementType
    self.shape = shape
    buffer = TensorBuffer(byteCount: elementType.byteCount(of: shape.elementCount))
  }

  /// - Throws: when a tensor would take more than `maximumByteCount`. Without elements it counts as
  ///   if its empty axes had one: operators walk the others all the same.
  static func checkSize(_ elementType: ElementType, _ shape: Shape) throws(ModelError) {
    let byteCount = elementType.byteCount(of: shape.walkedCount)
    guard byteCount <= maximumByteCount else {
      throw ModelError(
        place: "tensor", found: "\(elementType.rawValue) \(shape)",
        expected: "at most \(maximumByteCount) bytes")
    }
  }

  /// A tensor with these little-endian elements. O(n).
  ///
  /// - Throws: when the bytes are not as many as the shape takes.
  public init(
    _ elementType: ElementType, _ shape: Shape, bytes: UnsafeRawBufferPointer
  ) throws(ModelError) {
    try self.init(unfilled: elementType, shape)
    guard bytes.count == buffer.byteCount else {
      throw ModelError(
        place: "tensor", found: "\(bytes.count) bytes",
        expected: "\(buffer.byteCount) for \(elementType.rawValue) \(shape)")
    }
    UnsafeMutableRawBufferPointer(start: buffer.base, count: bytes.count).copyMemory(from: bytes)
  }

  /// As above, of bytes in an array.
  public init(_ elementType: ElementType, _ shape: Shape, bytes: [UInt8]) throws(ModelError) {
    let constant = ConstantData(bytes: bytes)
    self = try constant.withBytes { (bytes) throws(ModelError) -> TensorValue in
      try TensorValue(elementType, shape, bytes: bytes)
    }
  }

  /// A constant of the model, not copied.
  public init(_ constant: ONNXTensor) {
    elementType = constant.elementType
    shape = constant.shape
    isNibble = constant.isNibble
    buffer = TensorBuffer(constant.data)
  }

  private init(_ elementType: ElementType, _ shape: Shape, sharing buffer: TensorBuffer) {
    self.elementType = elementType
    self.shape = shape
    self.buffer = buffer
  }

  /// One element. O(1).
  init<Element: TensorElement>(scalar: Element) throws(ModelError) {
    let result = try NewTensor<Element>([])
    result[0] = scalar
    self = result.value
  }

  /// A vector of 64-bit integers, as shapes and indices are. O(n).
  init(integers: [Int]) throws(ModelError) {
    let result = try NewTensor<Int64>(Shape([integers.count]))
    for (index, value) in integers.enumerated() { result[index] = Int64(value) }
    self = result.value
  }

  /// The same elements in another shape. O(1).
  ///
  /// - Precondition: as many elements.
  func reshaped(_ shape: Shape) -> TensorValue {
    precondition(shape.elementCount == self.shape.elementCount)
    return TensorValue(elementType, shape, sharing: buffer)
  }

  public var rank: Int { shape.rank }
  public var count: Int { shape.elementCount }
  public var byteCount: Int { buffer.byteCount }

  /// The elements' bytes, little-endian. The pointer is valid inside `body` only.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(buffer) { () throws(Failure) -> Result in
      try body(UnsafeRawBufferPointer(start: buffer.base, count: byteCount))
    }
  }

  /// The elements as a fixed-width type of the same size.
  ///
  /// - Precondition: the size fits the element type; what the bits mean is the caller's affair.
  func elements<Element: BitwiseCopyable>(as type: Element.Type) -> Elements<Element> {
    precondition(MemoryLayout<Element>.stride * 8 == elementType.bitWidth)
    let isAligned = buffer.isAligned(to: MemoryLayout<Element>.alignment)
    return Elements(buffer: isAligned ? buffer : buffer.copy(), count: count)
  }
}

extension Shape {
  /// Elements, or steps of a walk over all axes that goes on where one of them is empty.
  var walkedCount: Int { dimensions.reduce(1) { $0 * max($1, 1) } }
}
