/// Numeric arrays of a MATLAB file, version 5, as recordings of vibration come in.
///
/// Uncompressed arrays only (`save -v6`, or `scipy.io.savemat`); of a compressed file, and of any
/// other kind, it is said what it is. A file is untrusted: every element is held against the bytes
/// that are there, and memory is bounded by twice the file's size.
/// Source: "MAT-File Format", MathWorks, chapter 1.
public struct MATFile: Sendable, Equatable {
  public struct Variable: Sendable, Equatable {
    public var name: String
    public var rowCount: Int
    public var columnCount: Int
    /// Column by column.
    public var values: [Float]
  }

  /// Real two-dimensional arrays, in the file's order; others are left out.
  public let variables: [Variable]

  /// O(bytes).
  public init(bytes: [UInt8]) throws(SignalFileError) {
    guard bytes.count >= 128, bytes[126] == UInt8(ascii: "I"), bytes[127] == UInt8(ascii: "M"),
      bytes[124] == 0, bytes[125] == 1
    else {
      throw SignalFileError(
        place: "header", found: "no MATLAB file of version 5, little-endian",
        expected: "one (save -v6)")
    }
    var reader = MATReader(bytes: bytes[128...])
    var variables: [Variable] = []
    while let element = try reader.nextElement() {
      switch element.type {
      case 14:
        var inner = MATReader(bytes: element.payload)
        if let variable = try inner.matrix() { variables.append(variable) }
      case 15:
        throw SignalFileError(
          place: "byte \(element.offset)", found: "a compressed array",
          expected: "uncompressed ones (save -v6)")
      default: break
      }
    }
    self.variables = variables
  }

  /// The recording: the array whose name ends so, or the only long one.
  ///
  /// - Parameter suffix: `DE_time` names the drive end of CWRU's recordings.
  public func recording(suffix: String) throws(SignalFileError) -> [Float] {
    if let named = variables.first(where: { $0.name.hasSuffix(suffix) }) { return named.values }
    let long = variables.filter { $0.values.count > 1 }
    guard long.count == 1 else {
      let names = variables.prefix(20).map(\.name).joined(separator: ", ")
      throw SignalFileError(
        place: "file", found: variables.isEmpty ? "no array" : "the arrays \(names)",
        expected: "one whose name ends with \(suffix), or one array alone")
    }
    return long[0].values
  }
}

/// Takes elements off the bytes of a MATLAB file.
struct MATReader {
  var bytes: ArraySlice<UInt8>

  struct Element {
    var type: Int
    var payload: ArraySlice<UInt8>
    /// Of its tag, from the file's start.
    var offset: Int
  }

  /// Nil at the end.
  mutating func nextElement() throws(SignalFileError) -> Element? {
    guard !bytes.isEmpty else { return nil }
    let offset = bytes.startIndex
    let word = try word(at: offset)
    // A small element has its size in the upper half of its first word.
    let isSmall = word >> 16 != 0
    let type = isSmall ? word & 0xffff : word
    let count = isSmall ? word >> 16 : try self.word(at: offset + 4)
    let start = offset + (isSmall ? 4 : 8)
    let room = min(bytes.endIndex - start, isSmall ? 4 : .max)
    guard count <= room else {
      throw SignalFileError(
        place: "byte \(offset)", found: "an element of \(count) bytes",
        expected: "at most the \(room) that follow")
    }
    // Compressed elements are not padded; nothing is read behind one anyway.
    let padded = isSmall ? 4 : (count + 7) / 8 * 8
    let payload = bytes[start..<start + count]
    bytes = bytes[min(start + padded, bytes.endIndex)...]
    return Element(type: type, payload: payload, offset: offset)
  }

  /// The array of a matrix element; nil for one that is not real, numeric and of two axes.
  mutating func matrix() throws(SignalFileError) -> MATFile.Variable? {
    guard let flags = try nextElement(), flags.payload.count >= 4,
      let extents = try nextElement(), let name = try nextElement()
    else { return nil }
    let kind = flags.payload[flags.payload.startIndex]
    let isComplex = flags.payload[flags.payload.startIndex + 1] & 8 != 0
    guard (6...15).contains(kind), !isComplex, extents.payload.count == 8,
      let data = try nextElement()
    else { return nil }
    let rows = Int(Int32(truncatingIfNeeded: try MATReader.word(extents.payload, at: 0)))
    let columns = Int(Int32(truncatingIfNeeded: try MATReader.word(extents.payload, at: 4)))
    let values = try MATNumbers.values(data)
    guard rows >= 0, columns >= 0,
      rows.multipliedReportingOverflow(by: columns) == (values.count, false)
    else {
      throw SignalFileError(
        place: "byte \(data.offset)", found: "\(values.count) numbers",
        expected: "\(rows) x \(columns), as the array's extents say")
    }
    return MATFile.Variable(
      name: String(decoding: name.payload, as: UTF8.self), rowCount: rows, columnCount: columns,
      values: values)
  }

  private func word(at offset: Int) throws(SignalFileError) -> Int {
    try MATReader.word(bytes, at: offset - bytes.startIndex)
  }

  private static func word(
    _ bytes: ArraySlice<UInt8>, at offset: Int
  ) throws(SignalFileError) -> Int {
    let start = bytes.startIndex + offset
    guard start + 4 <= bytes.endIndex else {
      throw SignalFileError(
        place: "byte \(start)", found: "the end of the file", expected: "an element")
    }
    return (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
  }
}

/// The numbers of a data element.
enum MATNumbers {
  /// - Throws: for a type that is no number, a broken one, or a value that is not finite.
  static func values(_ element: MATReader.Element) throws(SignalFileError) -> [Float] {
    let values: [Float]
    switch element.type {
    case 1: values = numbers(element, UInt8.self) { Float(Int8(bitPattern: $0)) }
    case 2: values = numbers(element, UInt8.self) { Float($0) }
    case 3: values = numbers(element, UInt16.self) { Float(Int16(bitPattern: $0)) }
    case 4: values = numbers(element, UInt16.self) { Float($0) }
    case 5: values = numbers(element, UInt32.self) { Float(Int32(bitPattern: $0)) }
    case 6: values = numbers(element, UInt32.self) { Float($0) }
    case 7: values = numbers(element, UInt32.self) { Float(bitPattern: $0) }
    case 9: values = numbers(element, UInt64.self) { Float(Double(bitPattern: $0)) }
    default:
      throw SignalFileError(
        place: "byte \(element.offset)", found: "numbers of type \(element.type)",
        expected: "integers up to 32 bits, single or double")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw SignalFileError(
        place: "byte \(element.offset)", found: "a number that is not finite",
        expected: "finite ones")
    }
    return values
  }

  private static func numbers<Bits: FixedWidthInteger>(
    _ element: MATReader.Element, _ type: Bits.Type, _ value: (Bits) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Bits>.size
    return element.payload.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map { index in
        value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: Bits.self)))
      }
    }
  }
}
