/// What a quantity measures, and the units it may be written in.
enum QuantityKind: String, CaseIterable, Sendable {
  case duration, frequency, power, energy, charge, voltage, current, data, dataRate, ratio
  case temperature, cycles

  /// Unit and its size in the base unit: seconds, hertz, watts, joules, coulombs, volts, amperes,
  /// bytes, bytes per second, 1, degrees Celsius, cycles.
  var units: [(name: String, exponent: Int, factor: Int64)] {
    switch self {
    case .duration:
      [
        ("ns", -9, 1), ("us", -6, 1), ("µs", -6, 1), ("ms", -3, 1), ("s", 0, 1), ("min", 0, 60),
        ("h", 0, 3600), ("days", 0, 86_400),
      ]
    case .frequency: [("Hz", 0, 1), ("kHz", 3, 1), ("MHz", 6, 1), ("GHz", 9, 1)]
    case .power: [("nW", -9, 1), ("uW", -6, 1), ("µW", -6, 1), ("mW", -3, 1), ("W", 0, 1)]
    case .energy:
      [
        ("nJ", -9, 1), ("uJ", -6, 1), ("µJ", -6, 1), ("mJ", -3, 1), ("J", 0, 1), ("kJ", 3, 1),
        ("mWh", -3, 3600), ("Wh", 0, 3600),
      ]
    case .charge: [("mAh", -3, 3600), ("Ah", 0, 3600)]
    case .voltage: [("mV", -3, 1), ("V", 0, 1)]
    case .current: [("nA", -9, 1), ("uA", -6, 1), ("µA", -6, 1), ("mA", -3, 1), ("A", 0, 1)]
    case .data:
      [
        ("B", 0, 1), ("kB", 3, 1), ("MB", 6, 1), ("GB", 9, 1), ("KiB", 0, 1 << 10),
        ("MiB", 0, 1 << 20), ("GiB", 0, 1 << 30),
      ]
    case .dataRate: [("B/s", 0, 1), ("kB/s", 3, 1), ("MB/s", 6, 1), ("GB/s", 9, 1)]
    case .ratio: [("%", -2, 1)]
    case .temperature: [("°C", 0, 1)]
    case .cycles: [("cycles", 0, 1)]
    }
  }

  /// `a duration such as "10 ms"`.
  var expectation: String {
    let example =
      switch self {
      case .duration: "10 ms"
      case .frequency: "160 MHz"
      case .power: "12 mW"
      case .energy: "81.9 µJ"
      case .charge: "220 mAh"
      case .voltage: "1.8 V"
      case .current: "2 mA"
      case .data: "64 KiB"
      case .dataRate: "100 MB/s"
      case .ratio: "1 %"
      case .temperature: "25 °C"
      case .cycles: "1.5 cycles"
      }
    return "a \(self == .dataRate ? "data rate" : rawValue) such as \"\(example)\""
  }
}
