import DiscreteEvents
import ReproducibleMath
import Testing

@testable import EdgeSimCore

@Suite struct QuantityTests {
  @Test(
    "Durations are exact nanoseconds",
    arguments: [
      ("10 ms", 10_000_000), ("0.1 us", 100), ("1.5µs", 1500), ("2 min", 120_000_000_000),
      ("1.000000001 s", 1_000_000_001), ("0.5 h", 1_800_000_000_000), ("1e3 ns", 1000),
      ("106751 days", 9_223_286_400_000_000_000), ("0 s", 0),
    ] as [(String, Int64)])
  func durations(_ text: String, _ nanoseconds: Int64) throws {
    #expect(try Quantity.parse(text, as: .duration).get().billionths == nanoseconds)
  }

  @Test("What is no whole number of nanoseconds, or does not fit, is none")
  func inexact() throws {
    for text in ["0.1 ns", "1.0000000001 s", "106752 days", "1e200 s", "1e-200 s"] {
      #expect(try Quantity.parse(text, as: .duration).get().billionths == nil, "\(text)")
    }
  }

  @Test("Every kind reads its units")
  func kinds() throws {
    let expected: [(String, QuantityKind, Double)] = [
      ("160 MHz", .frequency, 160e6), ("1.2 GHz", .frequency, 1.2e9), ("3 uW", .power, 3e-6),
      ("2.5 Wh", .energy, 9000), ("1 mWh", .energy, 3.6), ("220 mAh", .charge, 792),
      ("1.8 V", .voltage, 1.8), ("2 mA", .current, 2e-3), ("786 KiB", .data, 786 * 1024),
      ("100 MB/s", .dataRate, 1e8), ("1 %", .ratio, 0.01), ("0.25", .ratio, 0.25),
      ("-40 °C", .temperature, -40), ("12.3 cycles", .cycles, 12.3),
    ]
    for (text, kind, value) in expected {
      let read = try Quantity.parse(text, as: kind).get().value
      #expect(abs(read - value) <= abs(value) * 1e-15, "\(text)")
    }
    #expect(try Quantity.parse("1.5 KiB", as: .data).get().wholeValue == 1536)
    #expect(try Quantity.parse("0.5 B", as: .data).get().wholeValue == nil)
  }

  @Test(
    "What is no quantity is refused, and nothing traps",
    arguments: [
      "", " ", "ms", "10", "-1 ms", "+1 ms", "1. ms", ".5 ms", "1e ms", "1,5 ms", "0x10 ms",
      "1e-9223372036854775808 ms", "1e9223372036854775808 ms", "1e999 ms", "999e300 ms",
      "nan ms", "inf ms", "1 2 ms", "1--2 ms", "99999999999999999999 ms", "10 MS", "10 ms ",
      "10 m\u{301}s", "१० ms",
    ])
  func refused(_ text: String) {
    #expect(throws: Quantity.Problem.self) { try Quantity.parse(text, as: .duration).get() }
  }

  @Test("A unit in the wrong case, or of the wrong kind, is named with the nearest")
  func wrongUnit() {
    let mistyped = Result<Quantity, Quantity.Problem>.failure(
      Quantity.Problem(
        found: "the unit \"Mhz\"", expected: "one of Hz, kHz, MHz, GHz", nearest: "MHz"))
    #expect(Quantity.parse("160 Mhz", as: .frequency) == mistyped)
    #expect(throws: Quantity.Problem.self) { try Quantity.parse("1 s", as: .energy).get() }
  }

  @Test("20,000 damaged quantities are refused, or finite and not negative")
  func mutations() {
    var random = RandomStream(seed: 2, name: "quantities")
    let samples = ["1.5e-3 ms", "786 KiB", "12.25 mWh", "99.9 %", "123456789012345678 cycles"]
    var accepted = 0
    for index in 0..<20_000 {
      let damaged = Mutation.of(Array(samples[index % samples.count].utf8), with: &random)
      let text = String(decoding: damaged, as: UTF8.self)
      for kind in QuantityKind.allCases {
        guard case .success(let quantity) = Quantity.parse(text, as: kind) else { continue }
        accepted += 1
        #expect(quantity.value.isFinite && (kind == .temperature || quantity.value >= 0))
        if let whole = quantity.wholeValue, abs(whole) < 1 << 53 {
          #expect(abs(quantity.value - Double(whole)) <= abs(quantity.value) * 1e-15)
        }
        _ = quantity.billionths
      }
    }
    #expect(accepted > 1000)
  }
}
