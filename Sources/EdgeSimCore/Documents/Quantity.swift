import NeuralNetworks

/// A number with its unit, converted to the kind's base unit.
struct Quantity: Sendable, Equatable {
  /// Digits without sign and point, the power of ten they stand for, and the unit's factor.
  private var digits: Int64
  private var exponent: Int
  private var factor: Int64

  struct Problem: Error, Equatable {
    var found: String
    var expected: String
    var nearest: String?
  }

  /// In the base unit. Correctly rounded, but for the unit's factor.
  var value: Double { (Double("\(digits)e\(exponent)") ?? .infinity) * Double(factor) }

  /// In 10^-9 of the base unit, exact; nil when it is no whole number or does not fit.
  ///
  /// Nanoseconds of a duration, nanowatts of a power.
  var billionths: Int64? { whole(scaledBy: 9) }

  /// In the base unit, exact; nil when it is no whole number or does not fit. Bytes, hertz.
  var wholeValue: Int64? { whole(scaledBy: 0) }

  private func whole(scaledBy scale: Int) -> Int64? {
    var (result, overflows) = digits.multipliedReportingOverflow(by: factor)
    for _ in 0..<max(0, exponent + scale) where !overflows {
      (result, overflows) = result.multipliedReportingOverflow(by: 10)
    }
    if overflows { return nil }
    for _ in 0..<max(0, -(exponent + scale)) {
      guard result % 10 == 0 else { return nil }
      result /= 10
    }
    return result
  }

  /// Reads `10 ms`, `1.5e3 Hz`, `1%`. Numbers are not negative, but for temperatures; ratios may go
  /// without a unit.
  static func parse(_ text: String, as kind: QuantityKind) -> Result<Quantity, Problem> {
    let end = text.utf8.firstIndex { !"0123456789.+-eE".utf8.contains($0) } ?? text.endIndex
    var number = text[..<end]
    var unit = text[end...]
    // The letter e may begin a unit's name only if no digit follows; no unit does.
    while unit.first == " " { unit.removeFirst() }
    while number.last == " " { number.removeLast() }
    let names = kind.units.map(\.name)
    guard let scalar = decimal(number), kind == .temperature || scalar.digits >= 0 else {
      return .failure(Problem(found: "\"\(text.prefix(60))\"", expected: kind.expectation))
    }
    if unit.isEmpty, kind == .ratio {
      return .success(Quantity(digits: scalar.digits, exponent: scalar.exponent, factor: 1))
    }
    guard let match = kind.units.first(where: { $0.name == unit }) else {
      return .failure(
        Problem(
          found: unit.isEmpty ? "\"\(text)\" without a unit" : "the unit \"\(unit.prefix(60))\"",
          expected: "one of \(names.joined(separator: ", "))",
          nearest: nearest(to: String(unit), among: names)))
    }
    return .success(
      Quantity(
        digits: scalar.digits, exponent: scalar.exponent + match.exponent, factor: match.factor))
  }

  private static func nearest(to unit: String, among names: [String]) -> String? {
    let folded = names.first { $0.lowercased() == unit.lowercased() }
    return folded ?? NearestName.of(unit, among: names)
  }

  /// A decimal number as digits and exponent; nil when it is none or has over 18 digits.
  private static func decimal(_ text: Substring) -> (digits: Int64, exponent: Int)? {
    let parts = text.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" })
    guard let mantissa = parts.first, !mantissa.hasPrefix("+") else { return nil }
    let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = halves.count == 2 ? halves[1] : ""
    guard halves.count == 1 || !fraction.isEmpty, fraction.utf8.allSatisfy(isDigit),
      let last = halves[0].utf8.last, isDigit(last), mantissa.utf8.count <= 19,
      let digits = Int64(halves[0] + fraction)
    else { return nil }
    guard parts.count == 2 else { return (digits, -fraction.utf8.count) }
    // Within these bounds no unit makes the value infinite.
    guard let exponent = Int(parts[1]), (-280...280).contains(exponent) else { return nil }
    return (digits, exponent - fraction.utf8.count)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
