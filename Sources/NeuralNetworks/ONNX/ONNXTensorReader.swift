/// Reads a `TensorProto`: raw data stays where it lies in the file, typed fields are decoded.
struct ONNXTensorReader {
  let file: ModelBytes
  let bytes: UnsafeRawBufferPointer

  private var dimensions: [Int] = []
  private var code = 0
  private(set) var name = ""
  private var raw: Range<Int>?
  private var typed: [ProtobufField] = []
  private var isExternal = false
  /// Where external data is.
  private var entries: [String: String] = [:]
  private let external: ONNXExternalFiles?
  private let start: Int

  /// O(fields).
  init(
    _ file: ModelBytes, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
    external: ONNXExternalFiles? = nil
  ) throws(ModelError) {
    self.file = file
    self.external = external
    self.bytes = bytes
    start = range.lowerBound
    try collect(range)
  }

  /// Why no tensor of ours can hold it; nil when one can.
  var unsupported: ModelError? {
    guard ONNXDataType.elementType(of: code) == nil else { return nil }
    return ModelError(
      place: "\(place), data type", found: ONNXDataType.name(of: code),
      expected: "float, float16, bfloat16, double, bool or an integer type")
  }

  private var place: String { "byte \(start), tensor" + (name.isEmpty ? "" : " \"\(name)\"") }

  /// O(1); O(elements) where they are stored as typed fields.
  func tensor() throws(ModelError) -> ONNXTensor {
    if let unsupported { throw unsupported }
    do { return try checked() } catch { throw error.inside(place) }
  }

  private mutating func collect(_ range: Range<Int>) throws(ModelError) {
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: try field.appendIntegers(to: &dimensions, in: bytes)
      case 2: code = try field.integer()
      case 4, 5, 7, 10, 11: typed.append(field)
      case 8: name = try field.string(in: bytes)
      case 9: raw = try field.range()
      case 13: try collectEntry(field.range())
      case 14: isExternal = try field.integer() == 1
      default: break
      }
    }
  }

  private mutating func collectEntry(_ range: Range<Int>) throws(ModelError) {
    var (key, value) = ("", "")
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: key = try field.string(in: bytes)
      case 2: value = try field.string(in: bytes)
      default: break
      }
    }
    entries[key] = value
  }

  private func checked() throws(ModelError) -> ONNXTensor {
    guard let type = ONNXDataType.elementType(of: code) else { preconditionFailure("checked") }
    guard dimensions.count <= Shape.maximumRank, let shape = Shape(checking: dimensions) else {
      throw ModelError(
        place: "dims", found: "\(dimensions.prefix(20))",
        expected: "at most \(Shape.maximumRank) extents and \(Shape.maximumElementCount) elements")
    }
    let data =
      if isExternal {
        try outside(type, shape)
      } else if let raw {
        try stored(raw, type, shape)
      } else {
        try decoded(type, shape)
      }
    return ONNXTensor(
      name: name, elementType: type, isNibble: ONNXDataType.isPacked(code), shape: shape,
      data: data)
  }

  private func rawByteCount(_ type: ElementType, _ shape: Shape) -> Int {
    let count = shape.elementCount
    return ONNXDataType.isPacked(code) ? (count + 1) / 2 : type.byteCount(of: count)
  }

  /// Data in a file beside the model.
  private func outside(_ type: ElementType, _ shape: Shape) throws(ModelError) -> ConstantData {
    guard let external else {
      throw ModelError(
        place: "data", found: "data in another file", expected: "data inside the model's file")
    }
    let data = try external.constant(entries, byteCount: rawByteCount(type, shape))
    guard ONNXDataType.isPacked(code) else { return data }
    return data.withBytes { bytes in
      ConstantData(bytes: unpacked(shape.elementCount) { bytes[$0] })
    }
  }

  /// Raw data: the range itself, or unpacked 4-bit elements.
  private func stored(
    _ range: Range<Int>, _ type: ElementType, _ shape: Shape
  ) throws(ModelError) -> ConstantData {
    let count = shape.elementCount
    let isPacked = ONNXDataType.isPacked(code)
    let expected = rawByteCount(type, shape)
    guard range.count == expected else {
      throw ModelError(
        place: "raw_data", found: "\(range.count) bytes", expected: "\(expected) for \(shape)")
    }
    guard isPacked else { return ConstantData(file: file, range: range) }
    return ConstantData(
      bytes: unpacked(count) { bytes[range.lowerBound + $0] })
  }

  /// The low half of each byte is the earlier element.
  private func unpacked(_ count: Int, _ byte: (Int) -> UInt8) -> [UInt8] {
    let isSigned = code == ONNXDataType.packedInt4
    return (0..<count).map { index in
      let nibble = index % 2 == 0 ? byte(index / 2) & 0xF : byte(index / 2) >> 4
      return isSigned && nibble > 7 ? nibble | 0xF0 : nibble
    }
  }

  private func decoded(_ type: ElementType, _ shape: Shape) throws(ModelError) -> ConstantData {
    let count = shape.elementCount
    if type == .float32 || type == .float64, typed.count == 1,
      case .bytes(let range) = typed[0].value
    {
      guard range.count == type.byteCount(of: count) else {
        throw wrongCount(range.count * 8 / type.bitWidth, shape)
      }
      return ConstantData(file: file, range: range)
    }
    var numbers: [UInt64] = []
    for field in typed { try append(field, type, to: &numbers) }
    if ONNXDataType.isPacked(code) {
      guard numbers.count == (count + 1) / 2 else { throw wrongCount(numbers.count * 2, shape) }
      return ConstantData(
        bytes: unpacked(count) { UInt8(truncatingIfNeeded: numbers[$0]) })
    }
    guard numbers.count == count else { throw wrongCount(numbers.count, shape) }
    let size = type.bitWidth / 8
    var result: [UInt8] = []
    result.reserveCapacity(count * size)
    for number in numbers {
      for byte in 0..<size { result.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
    return ConstantData(bytes: result)
  }

  /// The bits of each element, which the field's wire type gives.
  private func append(
    _ field: ProtobufField, _ type: ElementType, to numbers: inout [UInt64]
  ) throws(ModelError) {
    switch field.value {
    case .varint(let value): numbers.append(value)
    case .fixed32(let value): numbers.append(UInt64(value))
    case .fixed64(let value): numbers.append(value)
    case .bytes(let range):
      var cursor = ProtobufCursor(bytes, range: range)
      while cursor.position < cursor.end {
        switch type {
        case .float32: numbers.append(UInt64(try cursor.fixed(UInt32.self)))
        case .float64: numbers.append(try cursor.fixed(UInt64.self))
        default: numbers.append(try cursor.varint())
        }
      }
    }
  }

  private func wrongCount(_ count: Int, _ shape: Shape) -> ModelError {
    ModelError(
      place: "data", found: "\(count) elements", expected: "\(shape.elementCount) for \(shape)")
  }
}
