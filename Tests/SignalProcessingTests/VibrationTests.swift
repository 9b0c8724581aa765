import ReproducibleMath
import Testing

@testable import SignalProcessing

@Suite struct VibrationTests {
  /// A decaying ringing at 3 kHz, struck at 100 Hz, sampled at 12 kHz.
  private static let struck: [Float] = (0..<2048).map { index in
    let age = Double(index % 120)
    return Float(ReproducibleMath.exp(-age / 15) * ReproducibleMath.sin(.pi / 2 * age))
  }

  @Test("Channel 0 of a spectrum peaks at the resonance, channel 1 at the rate of the blows")
  func spectrum() throws {
    let frontEnd = try #require(VibrationFrontEnd(.spectrum))
    let features = frontEnd.features(of: Self.struck)
    #expect(features.count == 256 && frontEnd.extents == [128, 1, 2])
    let bands = (0..<128).map { features[2 * $0] }
    let bins = (0..<128).map { features[2 * $0 + 1] }
    let peak = try #require(bands.indices.max { bands[$0] < bands[$1] })
    #expect((62...65).contains(peak), "3 kHz of 6 kHz is the middle of 128 bands: \(peak)")
    // Bin 0 of the channel is the first above zero: 5.86 Hz.
    let blow = try #require(bins.indices.max { bins[$0] < bins[$1] })
    #expect(abs(Double(blow + 1) * 12_000 / 2048 - 100) < 6, "\(blow)")
    let sum = bands.reduce(0, +)
    #expect(abs(sum) < 1e-3)
  }

  @Test("Neither gain nor offset of the sensor matters")
  func gain() throws {
    for kind in VibrationFrontEnd.Kind.allCases {
      let frontEnd = try #require(VibrationFrontEnd(kind))
      let plain = frontEnd.features(of: Self.struck)
      let louder = frontEnd.features(of: Self.struck.map { 4 * $0 + 1 })
      #expect(zip(plain, louder).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test("A raw window has mean 0 and variance 1; a silent one stays silent")
  func raw() throws {
    let frontEnd = try #require(VibrationFrontEnd(.raw, windowSampleCount: 2048))
    let features = frontEnd.features(of: Self.struck)
    let mean = features.reduce(0, +) / 2048
    let square = features.reduce(0) { $0 + $1 * $1 } / 2048
    #expect(abs(mean) < 1e-4 && abs(square - 1) < 1e-3)
    let silence = [Float](repeating: 3, count: 2048)
    #expect(frontEnd.features(of: silence).allSatisfy { $0 == 0 })
    let spectrum = try #require(VibrationFrontEnd(.spectrum))
    #expect(spectrum.features(of: silence).allSatisfy { abs($0) < 1e-6 })
  }

  @Test("The envelope of a modulated tone is its modulation")
  func envelope() {
    let samples = (0..<1200).map { index -> Float in
      let time = Double(index) / 12_000
      let swing = 1 + 0.5 * ReproducibleMath.cos(2 * .pi * 50 * time)
      return Float(swing * ReproducibleMath.cos(2 * .pi * 3000 * time))
    }
    let envelope = AnalyticSignal.envelope(of: samples, fromShare: 0.2)
    for (index, value) in envelope.enumerated() {
      let time = Double(index) / 12_000
      #expect(abs(Double(value) - 1 - 0.5 * ReproducibleMath.cos(2 * .pi * 50 * time)) < 1e-3)
    }
  }

  @Test("Windows follow one another and a rest is left out")
  func windows() throws {
    let frontEnd = try #require(VibrationFrontEnd(.raw, windowSampleCount: 64))
    let recording = (0..<150).map(Float.init)[10...]
    #expect(frontEnd.windows(of: recording).map(\.first) == [10, 74])
    #expect(frontEnd.windows(of: recording[100...]).isEmpty)
    #expect(VibrationFrontEnd(.spectrum, windowSampleCount: 2048, bandCount: 100) == nil)
    #expect(VibrationFrontEnd(.raw, windowSampleCount: 65) == nil)
  }
}
