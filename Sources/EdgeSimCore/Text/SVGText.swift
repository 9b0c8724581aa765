/// Text in pictures.
enum SVGText {
  /// Text of a hostile file: no markup, no control characters.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || scalar.value & 0xFFFE == 0xFFFE:
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
