import CKernels

extension OutputStage {
  /// The stage as `CKernels` takes it; nil when a factor is not finite in 32 bits.
  func withCStage<Result>(_ body: (UnsafePointer<ck_stage>) -> Result?) -> Result? {
    let scales = multipliers.indices.map { channel in
      ck_scale(multipliers[channel], family(of: channel))
    }
    guard scales.allSatisfy({ $0.factor.isFinite }) else { return nil }
    return scales.withUnsafeBufferPointer { scales in
      var stage = ck_stage(
        scales: scales.baseAddress, zero_point: zeroPoint, low: range.low, high: range.high)
      return body(&stage)
    }
  }
}

extension ck_scale {
  init(_ multiplier: FixedPointMultiplier, _ arithmetic: Arithmetic) {
    let rounding =
      switch arithmetic {
      case .doubleRounding: CK_ROUND_DOUBLE
      case .doubleRoundingHalfUp: CK_ROUND_DOUBLE_HALF_UP
      case .singleRounding: CK_ROUND_SINGLE
      }
    self.init(
      significand: multiplier.significand, left_shift: multiplier.leftShift,
      right_shift: multiplier.rightShift, factor: multiplier.factor,
      rounding: Int32(rounding.rawValue))
  }
}

extension ck_window {
  /// Nil when an extent is 0 or does not fit.
  init?(_ geometry: WindowGeometry) {
    let extents = [
      geometry.inputHeight, geometry.inputWidth, geometry.inputChannels,
      geometry.outputHeight, geometry.outputWidth, geometry.outputChannels,
      geometry.filterHeight, geometry.filterWidth, geometry.strideHeight, geometry.strideWidth,
      geometry.dilationHeight, geometry.dilationWidth,
    ]
    guard extents.allSatisfy({ (1...0x3fff_ffff).contains($0) }),
      (0...0x3fff_ffff).contains(geometry.paddingTop),
      (0...0x3fff_ffff).contains(geometry.paddingLeft)
    else { return nil }
    let e = extents.map { Int32($0) }
    self.init(
      input_height: e[0], input_width: e[1], input_channels: e[2],
      output_height: e[3], output_width: e[4], output_channels: e[5],
      filter_height: e[6], filter_width: e[7], stride_height: e[8], stride_width: e[9],
      dilation_height: e[10], dilation_width: e[11],
      padding_top: Int32(geometry.paddingTop), padding_left: Int32(geometry.paddingLeft))
  }

  /// Rows of a matrix as pixels of an image one pixel high and wide: each is a sample.
  init?(depth: Int, units: Int) {
    let extents = 1...0x3fff_ffff
    guard extents.contains(depth), extents.contains(units) else { return nil }
    self.init(
      input_height: 1, input_width: 1, input_channels: Int32(depth), output_height: 1,
      output_width: 1, output_channels: Int32(units), filter_height: 1, filter_width: 1,
      stride_height: 1, stride_width: 1, dilation_height: 1, dilation_width: 1, padding_top: 0,
      padding_left: 0)
  }
}
