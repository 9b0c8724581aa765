import Glibc

/// Bold and color, on a terminal only (and not where `NO_COLOR` is set: no-color.org).
public struct TerminalStyle: Sendable {
  let isColored: Bool

  /// For text without escapes.
  public static let plain = TerminalStyle(isColored: false)

  /// What suits the file descriptor.
  public static func fitting(_ descriptor: Int32) -> TerminalStyle {
    let isDumb = getenv("TERM").map { String(cString: $0) } == "dumb"
    return TerminalStyle(isColored: isatty(descriptor) == 1 && getenv("NO_COLOR") == nil && !isDumb)
  }

  /// Characters of a line: the terminal's, or 100 where there is none.
  static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  /// On one of six background colors.
  func block(_ text: String, color: Int) -> String {
    isColored ? "\u{1B}[30;\(41 + color % 6)m\(text)\u{1B}[0m" : text
  }

  func red(_ text: String) -> String { isColored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}
