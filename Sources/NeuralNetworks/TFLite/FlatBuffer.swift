/// Reads tables, vectors and strings of a FlatBuffer, trusting none of its offsets.
///
/// Source: the FlatBuffers internals document. Every read is checked against the file, whatever
/// its alignment; nothing is followed recursively here.
struct FlatBuffer {
  let bytes: UnsafeRawBufferPointer

  /// A little-endian value.
  func load<Value: FixedWidthInteger>(
    _ type: Value.Type, at offset: Int
  ) throws(ModelError) -> Value {
    let size = MemoryLayout<Value>.size
    guard offset >= 0, offset <= bytes.count - size else {
      throw ModelError(
        place: "byte \(offset)", found: "the end of the file (\(bytes.count) bytes)",
        expected: "\(size) bytes")
    }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// Follows the unsigned 32-bit offset stored at `offset`.
  func target(at offset: Int) throws(ModelError) -> Int {
    let distance = Int(try load(UInt32.self, at: offset))
    guard distance > 0, distance < bytes.count - offset else {
      throw ModelError(
        place: "byte \(offset)", found: "an offset of \(distance)",
        expected: "one inside the file (\(bytes.count) bytes)")
    }
    return offset + distance
  }

  /// The table whose first byte is at `offset`.
  func table(at offset: Int) throws(ModelError) -> FlatBufferTable {
    let distance = Int(try load(Int32.self, at: offset))
    let vtable = offset - distance
    let size = Int(try load(UInt16.self, at: vtable))
    guard size >= 4, size % 2 == 0, vtable + size <= bytes.count else {
      throw ModelError(
        place: "byte \(vtable)", found: "a vtable of \(size) bytes",
        expected: "an even number of at least 4, inside the file")
    }
    let tableSize = Int(try load(UInt16.self, at: vtable + 2))
    return FlatBufferTable(
      buffer: self, start: offset, size: tableSize, vtable: vtable, vtableSize: size)
  }

  /// The vector whose length is at `offset`.
  func vector(at offset: Int, elementSize: Int) throws(ModelError) -> FlatBufferVector {
    let count = Int(try load(UInt32.self, at: offset))
    guard count <= (bytes.count - offset - 4) / elementSize else {
      throw ModelError(
        place: "byte \(offset)", found: "a vector of \(count) elements",
        expected: "one that ends inside the file (\(bytes.count) bytes)")
    }
    return FlatBufferVector(buffer: self, start: offset + 4, count: count, elementSize: elementSize)
  }
}

/// A table: fields by number, each of which may be absent.
struct FlatBufferTable {
  let buffer: FlatBuffer
  let start: Int
  let size: Int
  let vtable: Int
  let vtableSize: Int

  /// Where the field's value lies; nil when the field is absent.
  private func offset(of field: Int, size fieldSize: Int) throws(ModelError) -> Int? {
    let entry = 4 + 2 * field
    guard entry + 2 <= vtableSize else { return nil }
    let distance = Int(try buffer.load(UInt16.self, at: vtable + entry))
    guard distance != 0 else { return nil }
    guard distance >= 4, distance + fieldSize <= size else {
      throw ModelError(
        place: "byte \(vtable + entry)", found: "field \(field) at \(distance)",
        expected: "a place inside its table of \(size) bytes")
    }
    return start + distance
  }

  func scalar<Value: FixedWidthInteger>(
    _ field: Int, default value: Value
  ) throws(ModelError) -> Value {
    guard let offset = try offset(of: field, size: MemoryLayout<Value>.size) else { return value }
    return try buffer.load(Value.self, at: offset)
  }

  func float(_ field: Int, default value: Float) throws(ModelError) -> Float {
    Float(bitPattern: try scalar(field, default: value.bitPattern))
  }

  func bool(_ field: Int) throws(ModelError) -> Bool {
    try scalar(field, default: UInt8(0)) != 0
  }

  func table(_ field: Int) throws(ModelError) -> FlatBufferTable? {
    guard let offset = try offset(of: field, size: 4) else { return nil }
    return try buffer.table(at: try buffer.target(at: offset))
  }

  func vector(
    _ field: Int, elementSize: Int, limit: Int = .max
  ) throws(ModelError) -> FlatBufferVector? {
    guard let offset = try offset(of: field, size: 4) else { return nil }
    let vector = try buffer.vector(at: try buffer.target(at: offset), elementSize: elementSize)
    guard vector.count <= limit else {
      throw ModelError(
        place: "byte \(vector.start)", found: "a vector of \(vector.count) elements",
        expected: "at most \(limit)")
    }
    return vector
  }

  /// Tables of a vector of offsets; empty when the field is absent.
  func tables(_ field: Int, limit: Int) throws(ModelError) -> [FlatBufferTable] {
    guard let vector = try vector(field, elementSize: 4, limit: limit) else { return [] }
    var tables: [FlatBufferTable] = []
    for index in 0..<vector.count {
      tables.append(try buffer.table(at: try buffer.target(at: vector.start + 4 * index)))
    }
    return tables
  }

  /// Numbers of a vector; empty when the field is absent.
  ///
  /// - Parameter limit: many tables may share one vector of the file, so that each copy counts.
  func integers<Value: FixedWidthInteger>(
    _ field: Int, of type: Value.Type, limit: Int
  ) throws(ModelError) -> [Int] {
    guard let vector = try vector(field, elementSize: MemoryLayout<Value>.size, limit: limit)
    else { return [] }
    var values: [Int] = []
    values.reserveCapacity(vector.count)
    for index in 0..<vector.count {
      let value = try buffer.load(Value.self, at: vector.start + MemoryLayout<Value>.size * index)
      values.append(Int(truncatingIfNeeded: value))
    }
    return values
  }

  func floats(_ field: Int, limit: Int) throws(ModelError) -> [Float] {
    try integers(field, of: UInt32.self, limit: limit).map {
      Float(bitPattern: UInt32(truncatingIfNeeded: $0))
    }
  }

  /// A string of at most 4 KiB; empty when the field is absent. Bytes that are no UTF-8 are
  /// replaced.
  func string(_ field: Int) throws(ModelError) -> String {
    guard let vector = try vector(field, elementSize: 1, limit: 4096) else { return "" }
    let bytes = buffer.bytes[vector.start..<vector.start + vector.count]
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Elements of equal size, all inside the file.
struct FlatBufferVector {
  let buffer: FlatBuffer
  let start: Int
  let count: Int
  let elementSize: Int
}
