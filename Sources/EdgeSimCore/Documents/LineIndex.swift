/// Byte offsets to positions in O(log lines), however long the lines are.
struct LineIndex {
  private static let blockSize = 256

  private let text: [UInt8]
  private var lineStarts = [0]
  /// Unicode scalars that begin before each block.
  private var scalarCounts = [0]

  init(_ text: [UInt8]) {
    self.text = text
    for (offset, byte) in text.enumerated() where byte == UInt8(ascii: "\n") {
      lineStarts.append(offset + 1)
    }
    for start in stride(from: 0, to: text.count, by: Self.blockSize) {
      let block = text[start..<min(start + Self.blockSize, text.count)]
      scalarCounts.append((scalarCounts.last ?? 0) + block.count { $0 & 0xC0 != 0x80 })
    }
  }

  private func scalarCount(before offset: Int) -> Int {
    let block = offset / Self.blockSize
    return scalarCounts[block] + text[block * Self.blockSize..<offset].count { $0 & 0xC0 != 0x80 }
  }

  func position(of offset: Int) -> TextPosition {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let column = scalarCount(before: offset) - scalarCount(before: lineStarts[low])
    return TextPosition(line: low + 1, column: column + 1)
  }
}
