import Glibc

/// Tells on standard error how far long work is, once it has taken over a second.
///
/// On a terminal one line is rewritten. Elsewhere nothing is written, so that what a log or a test
/// keeps does not depend on the machine's speed; unless it is asked for: then a line every ten
/// seconds.
///
/// Invariant: all state is touched under the mutex only.
public final class Progress: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isShown: Bool
  private let start = Progress.now
  private var lastReport: Int
  private var hasWritten = false

  /// - Parameter isForced: to report even where standard error is no terminal.
  public init(isForced: Bool = false) {
    lastReport = start
    isShown = isForced || isTerminal
    pthread_mutex_init(&mutex, nil)
  }

  deinit { pthread_mutex_destroy(&mutex) }

  /// Reports that `done` of `total` steps of `task` are done. Cheap enough for every thousandth
  /// step.
  func report(_ task: String, done: Int, of total: Int) {
    guard isShown else { return }
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    let time = Progress.now
    let interval = isTerminal ? 200 : 10_000
    guard time - start > 1000, time - lastReport > interval, total > 0 else { return }
    lastReport = time
    hasWritten = true
    let line = "\(task): \(done * 100 / total) %"
    write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
  }

  /// Clears the line.
  public func finish() {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    if hasWritten, isTerminal { write("\r\u{1B}[K") }
    hasWritten = false
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Milliseconds of a clock that does not jump.
  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
