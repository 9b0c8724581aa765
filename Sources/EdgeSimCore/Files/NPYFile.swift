import NeuralNetworks

/// An array in NumPy's file format (NEP 1; versions 1 to 3), little-endian, in C order.
struct NPYFile: Sendable, Equatable {
  static let maximumByteCount = 1 << 30

  var elementType: ElementType
  var shape: [Int]
  /// Row by row.
  var bytes: [UInt8]

  private static let descriptions: [(text: String, type: ElementType)] = [
    ("|i1", .int8), ("|u1", .uint8), ("|b1", .bool), ("<i2", .int16), ("<u2", .uint16),
    ("<i4", .int32), ("<u4", .uint32), ("<i8", .int64), ("<u8", .uint64), ("<f2", .float16),
    ("<f4", .float32), ("<f8", .float64), ("<c8", .complex64),
  ]

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  static func read(path: String) throws(InputError) -> NPYFile {
    let content = try TextFile.read(path: path, limit: maximumByteCount)
    return try parse(content, file: path)
  }

  /// O(n).
  static func parse(_ content: [UInt8], file: String) throws(InputError) -> NPYFile {
    func problem(_ found: String, _ expected: String) -> InputError {
      InputError(InputProblem(file: file, place: "header", found: found, expected: expected))
    }
    guard content.starts(with: magic), content.count >= 12, (1...3).contains(content[6]) else {
      throw problem("other bytes", "a NumPy file (.npy), version 1 to 3")
    }
    let sizeBytes = content[6] == 1 ? 2 : 4
    let headerCount = (0..<sizeBytes).reduce(0) { $0 | Int(content[8 + $1]) << (8 * $1) }
    let start = 8 + sizeBytes
    guard headerCount <= 65_536, headerCount <= content.count - start else {
      throw problem("a header of \(headerCount) bytes", "at most 65536, inside the file")
    }
    let header = String(decoding: content[start..<start + headerCount], as: UTF8.self)
    guard let fields = NPYHeader.parse(header) else {
      throw problem(
        "the header \(header.prefix(100))", "'descr', 'fortran_order' and 'shape', each once")
    }
    guard let type = descriptions.first(where: { $0.text == fields.description })?.type else {
      throw problem(
        "'descr': '\(fields.description.prefix(60))'",
        "one of \(descriptions.map(\.text).joined(separator: ", "))")
    }
    guard !fields.isFortranOrder else {
      throw problem("'fortran_order': True", "False (see numpy.ascontiguousarray)")
    }
    let shape = fields.shape
    let payload = Array(content[(start + headerCount)...])
    let count = shape.reduce((1, false)) { sum, size in
      let (product, overflow) = sum.0.multipliedReportingOverflow(by: size)
      return (product, sum.1 || overflow || product > maximumByteCount)
    }
    guard !count.1, type.byteCount(of: count.0) == payload.count else {
      throw problem("\(payload.count) bytes of data", "as many as the shape \(shape) takes")
    }
    return NPYFile(elementType: type, shape: shape, bytes: payload)
  }

  /// The file's content, version 1. Data begins at a multiple of 64 bytes.
  ///
  /// - Precondition: NumPy has the element type.
  var content: [UInt8] {
    guard let description = Self.descriptions.first(where: { $0.type == elementType })?.text else {
      preconditionFailure("NumPy has no \(elementType)")
    }
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let count = header.utf8.count
    return Self.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8) + bytes
  }

  /// - Throws: `InputError` when NumPy lacks the element type, or the file cannot be written.
  func write(to path: String) throws(InputError) {
    guard Self.descriptions.contains(where: { $0.type == elementType }) else {
      throw InputError(
        InputProblem(
          file: path, found: "elements of \(elementType.rawValue)",
          expected: "a type that NumPy has"))
    }
    try AtomicFile.write(content, to: path)
  }
}
