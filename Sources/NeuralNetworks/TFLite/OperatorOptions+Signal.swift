/// Options of custom operators: maps of FlexBuffers.
extension OperatorOptions {
  private static let bits = 0...31
  private static let fractions = Int(Int32.min)...Int(UInt32.max)

  private func map() throws(ModelError) -> FlexBufferMap {
    guard let custom else {
      throw ModelError(place: place, found: "no custom options", expected: "a FlexBuffers map")
    }
    let end = custom.start + custom.count
    return try FlexBufferMap(
      UnsafeRawBufferPointer(rebasing: custom.buffer.bytes[custom.start..<end]), place: place)
  }

  func signalWindow() throws(ModelError) -> SignalOperation {
    .window(shift: try map().integer("shift", in: Self.bits))
  }

  /// The length of a transform or its inverse.
  func transformLength() throws(ModelError) -> Int {
    let map = try map()
    let type = try map.integer("T", in: 0...127)
    guard TFLiteSchema.elementTypes[Int8(type)] == .int16 else {
      throw ModelError(
        place: place, found: "a transform of \(TFLiteSchema.typeName(Int8(type)))",
        expected: "one of int16")
    }
    let length = try map.integer("fft_length", in: 4...32_768)
    guard length & (length - 1) == 0 else {
      throw ModelError(place: place, found: "length \(length)", expected: "a power of two")
    }
    return length
  }

  func energy() throws(ModelError) -> SignalOperation {
    let map = try map()
    let end = try map.integer("end_index", in: 0...Shape.maximumElementCount)
    return .energy(bins: try map.integer("start_index", in: 0...end)..<end)
  }

  func filterBank() throws(ModelError) -> SignalOperation {
    .filterBank(channelCount: try map().integer("num_channels", in: 1...32_767))
  }

  func spectralSubtraction() throws(ModelError) -> SignalOperation {
    let map = try map()
    func fraction(_ name: String) throws(ModelError) -> UInt32 {
      UInt32(truncatingIfNeeded: try map.integer(name, in: Self.fractions))
    }
    return .spectralSubtraction(
      SpectralSubtraction(
        channelCount: try map.integer("num_channels", in: 1...32_767),
        even: .init(new: try fraction("smoothing"), old: try fraction("one_minus_smoothing")),
        odd: .init(
          new: try fraction("alternate_smoothing"),
          old: try fraction("alternate_one_minus_smoothing")),
        smallestRemainder: try fraction("min_signal_remaining"),
        smoothingBits: try map.integer("smoothing_bits", in: Self.bits),
        fractionBits: try map.integer("spectral_subtraction_bits", in: Self.bits),
        isClamped: try map.integer("clamping", in: 0...1) == 1))
  }

  private static let lengths = 1...Shape.maximumElementCount

  func delay() throws(ModelError) -> SignalOperation {
    .delay(length: try map().integer("delay_length", in: Self.lengths))
  }

  func framer() throws(ModelError) -> SignalOperation {
    let map = try map()
    let step = try map.integer("frame_step", in: Self.lengths)
    return .framer(
      Framer(
        size: try map.integer("frame_size", in: step...Shape.maximumElementCount), step: step,
        isPrefilled: try map.integer("prefill", in: 0...1) == 1))
  }

  func overlapAdd() throws(ModelError) -> SignalOperation {
    .overlapAdd(step: try map().integer("frame_step", in: Self.lengths))
  }

  func stacker() throws(ModelError) -> SignalOperation {
    let map = try map()
    let (left, right) = (
      try map.integer("stacker_left_context", in: 0...1000),
      try map.integer("stacker_right_context", in: 0...1000)
    )
    return .stacker(
      Stacker(
        channelCount: try map.integer("num_channels", in: 1...32_767), left: left, right: right,
        step: try map.integer("stacker_step", in: 1...(left + right + 1))))
  }

  func gainControl() throws(ModelError) -> SignalOperation {
    .gainControl(shift: try map().integer("snr_shift", in: 0...63))
  }

  func logarithm() throws(ModelError) -> SignalOperation {
    let map = try map()
    return .logarithm(
      correctionBits: try map.integer("input_correction_bits", in: Self.bits),
      scale: try map.integer("output_scale", in: 0...Int(Int32.max)))
  }
}
