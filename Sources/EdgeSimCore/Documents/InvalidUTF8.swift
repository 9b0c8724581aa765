/// Finds what is wrong with bytes that ought to be UTF-8.
enum InvalidUTF8 {
  /// The offset of the first byte that begins no well-formed sequence (Unicode 15, table 3-7); the
  /// count if there is none. O(n).
  static func offset(in text: [UInt8]) -> Int {
    var index = 0
    while index < text.count {
      let length = sequenceLength(text, at: index)
      guard length > 0 else { return index }
      index += length
    }
    return index
  }

  private static func sequenceLength(_ text: [UInt8], at index: Int) -> Int {
    let lead = text[index]
    let count =
      switch lead {
      case 0..<0x80: 1
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    guard count > 1 else { return count }
    guard text.count - index >= count else { return 0 }
    let seconds: ClosedRange<UInt8> =
      switch lead {
      case 0xE0: 0xA0...0xBF
      case 0xED: 0x80...0x9F
      case 0xF0: 0x90...0xBF
      case 0xF4: 0x80...0x8F
      default: 0x80...0xBF
      }
    let isWhole = text[index + 2..<max(index + 2, index + count)].allSatisfy { $0 & 0xC0 == 0x80 }
    return seconds.contains(text[index + 1]) && isWhole ? count : 0
  }
}
