/// Options of custom operators, as `FlexBufferMap` reads them.
extension SignalOperation {
  /// The bytes of a FlexBuffers map; nil for an operator without options.
  var customOptions: [UInt8]? {
    switch self {
    case .window(let shift): Self.map(["shift": shift])
    case .autoScale, .squareRoot: nil
    case .realTransform(let length), .inverseRealTransform(let length):
      Self.map(["T": TFLiteSchema.code(of: .int16), "fft_length": length])
    case .energy(let bins):
      Self.map(["start_index": bins.lowerBound, "end_index": bins.upperBound])
    case .filterBank(let channelCount): Self.map(["num_channels": channelCount])
    case .spectralSubtraction(let options): Self.map(options.fields)
    case .gainControl(let shift): Self.map(["snr_shift": shift])
    case .logarithm(let correctionBits, let scale):
      Self.map(["input_correction_bits": correctionBits, "output_scale": scale])
    case .delay(let length): Self.map(["delay_length": length])
    case .framer(let framer):
      Self.map([
        "frame_size": framer.size, "frame_step": framer.step,
        "prefill": framer.isPrefilled ? 1 : 0,
      ])
    // Runtimes find the step behind a type, which they do not read.
    case .overlapAdd(let step):
      Self.map(["T": TFLiteSchema.code(of: .int16), "frame_step": step])
    case .stacker(let stacker):
      Self.map([
        "num_channels": stacker.channelCount, "stacker_left_context": stacker.left,
        "stacker_right_context": stacker.right, "stacker_step": stacker.step,
      ])
    }
  }

  /// Source: the FlexBuffers internals document. Every number takes 8 bytes: keys, the places of
  /// keys, the places' count, the map, its types, and the root.
  private static func map(_ fields: [String: Int]) -> [UInt8] {
    let names = fields.keys.sorted()
    var bytes: [UInt8] = []
    var places: [Int] = []
    for name in names {
      places.append(bytes.count)
      bytes += Array(name.utf8) + [0]
    }
    while bytes.count % 8 != 0 { bytes.append(0) }
    func append(_ value: Int) {
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    append(names.count)
    let keys = bytes.count
    for place in places { append(bytes.count - place) }
    append(bytes.count - keys)
    append(8)
    append(names.count)
    let start = bytes.count
    for name in names { append(fields[name] ?? 0) }
    // Signed integers (1) of 8 bytes (3); the root is a map (9) of 8-byte values.
    bytes += names.map { _ in 1 << 2 | 3 }
    let distance = bytes.count - start
    return bytes + [UInt8(distance), 9 << 2 | 3, 1]
  }
}

extension SpectralSubtraction {
  fileprivate var fields: [String: Int] {
    [
      "num_channels": channelCount, "smoothing": Int(even.new),
      "one_minus_smoothing": Int(even.old), "alternate_smoothing": Int(odd.new),
      "alternate_one_minus_smoothing": Int(odd.old),
      "min_signal_remaining": Int(smallestRemainder), "smoothing_bits": smoothingBits,
      "spectral_subtraction_bits": fractionBits, "clamping": isClamped ? 1 : 0,
    ]
  }
}
