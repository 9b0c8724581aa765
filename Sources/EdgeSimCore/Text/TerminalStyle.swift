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

  func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  func red(_ text: String) -> String { isColored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}
