/// What a FlatBuffer holds, as a tree that `FlatBufferBuilder` writes.
indirect enum FlatBufferValue {
  /// Little-endian, `size` bytes of it.
  case scalar(UInt64, size: Int)
  /// Fields by number. Every field that is given is stored, also one of its default value.
  case table([Int: FlatBufferValue])
  /// Elements that lie behind each other; the first one is aligned.
  case vector([UInt8], count: Int, alignment: Int)
  case string(String)
  case tables([FlatBufferValue])

  static func int8(_ value: Int) -> Self {
    .scalar(UInt64(truncatingIfNeeded: value), size: 1)
  }

  static func int32(_ value: Int) -> Self {
    .scalar(UInt64(truncatingIfNeeded: value), size: 4)
  }

  static func bool(_ value: Bool) -> Self { .int8(value ? 1 : 0) }

  static func float(_ value: Float) -> Self { .int32(Int(value.bitPattern)) }

  static func integers<Element: FixedWidthInteger>(_ values: [Int], of type: Element.Type) -> Self {
    let elements = values.map { Element(truncatingIfNeeded: $0).littleEndian }
    return .vector(
      elements.withUnsafeBytes { Array($0) }, count: values.count,
      alignment: MemoryLayout<Element>.size)
  }

  static func int32s(_ values: [Int]) -> Self { .integers(values, of: Int32.self) }

  static func floats(_ values: [Float]) -> Self { .int32s(values.map { Int($0.bitPattern) }) }

  /// Bytes that a table's field takes: the value, or the offset of where it lies.
  fileprivate var fieldSize: Int {
    if case .scalar(_, let size) = self { size } else { 4 }
  }
}

/// Writes a FlatBuffer front to back: tables, each before what it refers to, then all vectors.
///
/// Source: the FlatBuffers internals document. Equal vtables and equal vectors are written once.
struct FlatBufferBuilder {
  private var bytes: [UInt8]
  private var vtables: [[UInt8]: Int] = [:]
  /// In the order of their first use, and where their offsets belong.
  private var vectors: [Vector] = []
  private var vectorIndices: [Vector: Int] = [:]
  private var vectorLinks: [[Int]] = []

  private struct Vector: Hashable {
    let elements: [UInt8]
    let count, alignment: Int
  }

  /// A whole file. O(bytes).
  ///
  /// - Parameter identifier: four bytes.
  static func file(root: FlatBufferValue, identifier: [UInt8]) -> [UInt8] {
    var builder = FlatBufferBuilder(bytes: [0, 0, 0, 0] + identifier)
    let position = builder.write(root)
    builder.store(UInt64(position), size: 4, at: 0)
    builder.writeVectors()
    return builder.bytes
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// - Returns: where it lies. As deep as the tree.
  private mutating func write(_ value: FlatBufferValue) -> Int {
    switch value {
    case .scalar, .vector: preconditionFailure("no table, nor a vector of tables")
    case .table(let fields): return writeTable(fields)
    case .string(let text):
      let start = writeVector(Array(text.utf8), count: text.utf8.count, alignment: 1)
      bytes.append(0)
      return start
    case .tables(let items):
      let start = writeVector(
        [UInt8](repeating: 0, count: 4 * items.count), count: items.count, alignment: 4)
      for (index, item) in items.enumerated() { link(from: start + 4 + 4 * index, to: item) }
      return start
    }
  }

  private mutating func writeVector(_ elements: [UInt8], count: Int, alignment: Int) -> Int {
    pad(to: max(alignment, 4), before: 4)
    let start = bytes.count
    append(UInt64(count), size: 4)
    bytes += elements
    return start
  }

  private mutating func writeVectors() {
    for (vector, places) in zip(vectors, vectorLinks) {
      let start = writeVector(vector.elements, count: vector.count, alignment: vector.alignment)
      for place in places { store(UInt64(start - place), size: 4, at: place) }
    }
  }

  private mutating func writeTable(_ fields: [Int: FlatBufferValue]) -> Int {
    let numbers = fields.keys.sorted()
    let sizes = numbers.map { fields[$0]?.fieldSize ?? 0 }
    var places = [Int](repeating: 0, count: (numbers.last ?? -1) + 1)
    var size = 4
    // Wide fields first, so that there is little to pad; the order of equal ones is theirs.
    for width in [8, 4, 2, 1] {
      for (number, fieldSize) in zip(numbers, sizes) where fieldSize == width {
        size = (size + width - 1) / width * width
        places[number] = size
        size += width
      }
    }
    let vtable = vtable(places, tableSize: size)
    pad(to: max(sizes.max() ?? 4, 4), before: 0)
    let start = bytes.count
    bytes += [UInt8](repeating: 0, count: size)
    store(UInt64(truncatingIfNeeded: start - vtable), size: 4, at: start)
    for number in numbers {
      guard let value = fields[number] else { continue }
      let place = start + places[number]
      if case .scalar(let bits, let width) = value {
        store(bits, size: width, at: place)
      } else {
        link(from: place, to: value)
      }
    }
    return start
  }

  /// Where a vtable of these places lies.
  private mutating func vtable(_ places: [Int], tableSize: Int) -> Int {
    let words = [4 + 2 * places.count, tableSize] + places
    let table = words.flatMap {
      [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
    }
    if let known = vtables[table] { return known }
    pad(to: 2, before: 0)
    vtables[table] = bytes.count
    bytes += table
    return bytes.count - table.count
  }

  private mutating func link(from place: Int, to value: FlatBufferValue) {
    if case .vector(let elements, let count, let alignment) = value {
      let vector = Vector(elements: elements, count: count, alignment: alignment)
      let index = vectorIndices[vector] ?? vectors.count
      if index == vectors.count {
        vectorIndices[vector] = index
        vectors.append(vector)
        vectorLinks.append([])
      }
      vectorLinks[index].append(place)
      return
    }
    store(UInt64(write(value) - place), size: 4, at: place)
  }

  /// Zeros, so that what lies `before` bytes ahead is aligned.
  private mutating func pad(to alignment: Int, before: Int) {
    while (bytes.count + before) % alignment != 0 { bytes.append(0) }
  }

  private mutating func append(_ value: UInt64, size: Int) {
    bytes += [UInt8](repeating: 0, count: size)
    store(value, size: size, at: bytes.count - size)
  }

  private mutating func store(_ value: UInt64, size: Int, at place: Int) {
    for byte in 0..<size { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
  }
}
