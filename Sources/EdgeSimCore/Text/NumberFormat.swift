import Glibc

/// Numbers for people: three significant digits, a prefix of the SI. No locale.
enum NumberFormat {
  /// `28.9 ms`, `1.36 mJ`; binary prefixes for bytes, `%` for shares.
  static func text(_ value: Double, _ unit: MetricUnit) -> String {
    switch unit {
    case .seconds: seconds(value)
    case .joules: prefixed(value, "J")
    case .watts: prefixed(value, "W")
    case .hertz: prefixed(value, "Hz")
    case .bytes: bytes(value)
    case .count: value == value.rounded() ? fixed(value, digits: 0) : significant(value)
    case .share: "\(significant(value * 100)) %"
    case .perHour: "\(significant(value)) /h"
    }
  }

  /// Up to two minutes with a prefix, above in minutes, hours, days and years.
  private static func seconds(_ value: Double) -> String {
    switch abs(value) {
    case ..<120: prefixed(value, "s")
    case ..<7200: "\(significant(value / 60)) min"
    case ..<172_800: "\(significant(value / 3600)) h"
    case ..<63_072_000: "\(significant(value / 86_400)) days"
    default: "\(significant(value / 31_536_000)) years"
    }
  }

  private static func bytes(_ value: Double) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var scaled = value
    var index = 0
    while abs(scaled) >= (index == 0 ? 1024 : 1023.5), index < units.count - 1 {
      scaled /= 1024
      index += 1
    }
    return "\(index == 0 ? fixed(scaled, digits: 0) : significant(scaled)) \(units[index])"
  }

  private static func prefixed(_ value: Double, _ unit: String) -> String {
    guard value != 0, value.isFinite else { return "\(fixed(value + 0, digits: 0)) \(unit)" }
    let prefixes = ["a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T"]
    var scaled = value * 1e18
    var index = 0
    while abs(scaled) >= 999.5, index < prefixes.count - 1 {
      scaled /= 1000
      index += 1
    }
    return "\(significant(scaled)) \(prefixes[index])\(unit)"
  }

  /// Three significant digits, never an exponent.
  static func significant(_ value: Double) -> String {
    switch abs(value) {
    case 0: "0"
    case ..<0.0005: fixed(value, digits: 6)
    case ..<0.9995: fixed(value, digits: 3)
    case ..<9.995: fixed(value, digits: 2)
    case ..<99.95: fixed(value, digits: 1)
    default: fixed(value, digits: 0)
    }
  }

  /// Digits after the point, by C's `printf` in the C locale: ties to even.
  static func fixed(_ value: Double, digits: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let count = withVaList([CInt(digits), value]) {
      vsnprintf(&buffer, buffer.count, "%.*f", $0)
    }
    return String(decoding: buffer.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
