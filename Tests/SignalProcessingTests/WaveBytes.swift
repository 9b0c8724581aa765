/// Writes WAV files in memory, right or wrong.
struct WaveBytes {
  var formatTag: UInt16 = 1
  var channels: UInt16 = 1
  var sampleRate: UInt32 = 16_000
  var bitsPerSample: UInt16 = 16
  /// What the data chunk claims to hold; by default what it holds.
  var claimedByteCount: UInt32?
  var data: [UInt8] = []

  init(_ samples: [Int16], channels: UInt16 = 1, sampleRate: UInt32 = 16_000) {
    self.channels = channels
    self.sampleRate = sampleRate
    data = samples.flatMap { WaveBytes.littleEndian($0) }
  }

  init(floats: [Float]) {
    formatTag = 3
    bitsPerSample = 32
    data = floats.flatMap { WaveBytes.littleEndian($0.bitPattern) }
  }

  var bytes: [UInt8] {
    let frame = channels * bitsPerSample / 8
    let count = claimedByteCount ?? UInt32(data.count)
    var header = Array("RIFF".utf8) + WaveBytes.littleEndian(36 &+ count)
    header += Array("WAVEfmt ".utf8) + WaveBytes.littleEndian(UInt32(16))
    header += WaveBytes.littleEndian(formatTag) + WaveBytes.littleEndian(channels)
    header += WaveBytes.littleEndian(sampleRate)
    header += WaveBytes.littleEndian(sampleRate &* UInt32(frame))
    header += WaveBytes.littleEndian(frame) + WaveBytes.littleEndian(bitsPerSample)
    header += Array("data".utf8) + WaveBytes.littleEndian(count)
    return header + data
  }

  private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
