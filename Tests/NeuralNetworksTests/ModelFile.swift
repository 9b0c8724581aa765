/// Builds `.tflite` bytes: a table is its fields, and children follow their parents.
indirect enum FlatValue {
  case scalar([UInt8])
  case table([Int: FlatValue])
  case bytes([UInt8])
  case vector([UInt8], count: Int)
  case tables([FlatValue])

  static func int8(_ value: Int) -> FlatValue { .scalar([UInt8(truncatingIfNeeded: value)]) }
  static func int32(_ value: Int) -> FlatValue { .scalar(littleEndian(value, 4)) }
  static func int32s(_ values: [Int]) -> FlatValue {
    .vector(values.flatMap { littleEndian($0, 4) }, count: values.count)
  }
  static func int64s(_ values: [Int]) -> FlatValue {
    .vector(values.flatMap { littleEndian($0, 8) }, count: values.count)
  }
  static func floats(_ values: [Float]) -> FlatValue {
    int32s(values.map { Int($0.bitPattern) })
  }
  static func string(_ text: String) -> FlatValue { .bytes(Array(text.utf8) + [0]) }

  static func littleEndian(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A whole file with this table as root.
  func file() -> [UInt8] {
    var out: [UInt8] = [0, 0, 0, 0] + Array("TFL3".utf8)
    let root = write(to: &out)
    out.replaceSubrange(0..<4, with: Self.littleEndian(root, 4))
    return out
  }

  private func write(to out: inout [UInt8]) -> Int {
    switch self {
    case .scalar: preconditionFailure("a scalar lies in its table")
    case .bytes(let bytes):
      let start = out.count
      let length = bytes.last == 0 ? bytes.count - 1 : bytes.count
      out += Self.littleEndian(length, 4) + bytes
      return start
    case .vector(let bytes, let count):
      let start = out.count
      out += Self.littleEndian(count, 4) + bytes
      return start
    case .tables(let items):
      let start = out.count
      out += Self.littleEndian(items.count, 4) + [UInt8](repeating: 0, count: 4 * items.count)
      for (index, item) in items.enumerated() {
        Self.link(from: start + 4 + 4 * index, to: item, &out)
      }
      return start
    case .table(let fields): return Self.writeTable(fields, &out)
    }
  }

  private static func writeTable(_ fields: [Int: FlatValue], _ out: inout [UInt8]) -> Int {
    let last = fields.keys.max() ?? -1
    var places = [Int](repeating: 0, count: last + 1)
    var body = [UInt8](repeating: 0, count: 4)
    for field in fields.keys.sorted() {
      places[field] = body.count
      if case .scalar(let bytes)? = fields[field] { body += bytes } else { body += [0, 0, 0, 0] }
    }
    let vtable =
      littleEndian(4 + 2 * places.count, 2) + littleEndian(body.count, 2)
      + places.flatMap { littleEndian($0, 2) }
    body.replaceSubrange(0..<4, with: littleEndian(vtable.count, 4))
    out += vtable
    let start = out.count
    out += body
    for field in fields.keys.sorted() {
      if let value = fields[field] {
        if case .scalar = value { continue }
        link(from: start + places[field], to: value, &out)
      }
    }
    return start
  }

  private static func link(from place: Int, to value: FlatValue, _ out: inout [UInt8]) {
    let target = value.write(to: &out)
    out.replaceSubrange(place..<place + 4, with: littleEndian(target - place, 4))
  }
}
