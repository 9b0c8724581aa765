/// Collects the problems of one document, so that all are reported at once.
final class DocumentProblems {
  /// Nobody reads more; a hostile document must not make millions.
  static let maximumCount = 100

  let file: String
  private var problems: [InputProblem] = []

  init(file: String) { self.file = file }

  var isFull: Bool { problems.count >= Self.maximumCount }

  func record(
    at position: TextPosition, place: String, found: String, expected: String,
    nearest: String? = nil
  ) {
    guard !isFull else { return }
    problems.append(
      InputProblem(
        file: file, position: position, place: place, found: found, expected: expected,
        nearest: nearest))
  }

  /// Throws what was collected, in the order of the text.
  func throwIfAny() throws(InputError) {
    guard !problems.isEmpty else { return }
    let sorted = problems.enumerated().sorted { left, right in
      let a = left.element.position ?? TextPosition(line: 0, column: 0)
      let b = right.element.position ?? TextPosition(line: 0, column: 0)
      return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
    }
    throw InputError(sorted.map(\.element))
  }
}
