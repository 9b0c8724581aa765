import DeviceModels

extension DocumentObject {
  /// Beyond this, in the base unit, a figure is a slip of the pen, and sums need no checks below.
  private static let largest = 1e15

  func figure(_ key: String, _ kind: QuantityKind) -> Figure? {
    object(key).flatMap { readFigure($0, kind) }
  }

  func optionalFigure(_ key: String, _ kind: QuantityKind) -> Figure? {
    optionalObject(key).flatMap { readFigure($0, kind) }
  }

  private func readFigure(_ object: DocumentObject, _ kind: QuantityKind) -> Figure? {
    defer { object.finish() }
    let value = object.quantity("value", kind)?.value
    let low = object.optionalQuantity("low", kind)?.value ?? value
    let high = object.optionalQuantity("high", kind)?.value ?? value
    let grade = object.choice("grade", of: Grade.allCases.map(\.rawValue))
      .flatMap(Grade.init(rawValue:))
    let citation = object.string("citation")
    guard let value, let low, let high else { return nil }
    guard low <= value, value <= high, high <= Self.largest else {
      object.reject(
        "value", found: "low, value, high = \(low), \(value), \(high)",
        expected: "low <= value <= high <= 1e15")
      return nil
    }
    guard let grade, let citation else { return nil }
    return Figure(
      estimate: Estimate(low: low, nominal: value, high: high), grade: grade, citation: citation)
  }
}
