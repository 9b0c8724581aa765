import CKernels

/// Where the patches of a window lie on one sample, which is copied between zeros if need be.
///
/// Invariant: `product` points to run offsets that the object owns.
final class PaddedPatches {
  let height, width, channels: Int
  /// Whether the patches can be read from the sample itself.
  let isInPlace: Bool
  private let sourceHeight, sourceWidth, top, left: Int
  private let offsets: UnsafeMutablePointer<Int64>
  private(set) var product: ck_float_product

  deinit { offsets.deallocate() }

  /// - Parameters:
  ///   - top, left: zeros in front.
  ///   - isDepthwise: whether a run is one tap rather than a row of the filter.
  init(
    source: (height: Int, width: Int, channels: Int), output: (height: Int, width: Int),
    window: PatchGeometry, stride: (height: Int, width: Int), top: Int, left: Int, outputs: Int,
    isDepthwise: Bool = false
  ) {
    let reach = (
      height: (output.height - 1) * stride.height
        + (window.filterHeight - 1) * window.dilationHeight + 1,
      width: (output.width - 1) * stride.width
        + (window.filterWidth - 1) * window.dilationWidth + 1
    )
    (sourceHeight, sourceWidth, channels) = source
    (self.top, self.left) = (top, left)
    isInPlace =
      top == 0 && left == 0 && reach.height <= source.height && reach.width <= source.width
    (height, width) = isInPlace ? (source.height, source.width) : reach
    let joins = !isDepthwise && window.dilationWidth == 1
    let columns = joins ? 1 : window.filterWidth
    offsets = .allocate(capacity: window.filterHeight * columns)
    for row in 0..<window.filterHeight {
      for column in 0..<columns {
        let place =
          row * window.dilationHeight * width + column * window.dilationWidth
        offsets[row * columns + column] = Int64(place * channels)
      }
    }
    product = ck_float_product(
      patch_rows: Int64(output.height), patch_columns: Int64(output.width),
      row_step: Int64(stride.height * width * channels),
      column_step: Int64(stride.width * channels),
      run_count: Int64(window.filterHeight * columns),
      run_length: Int64(joins ? window.filterWidth * channels : channels), run_offsets: offsets,
      columns: Int64(outputs), output_step: Int64(outputs), bias: nil, low: -.infinity,
      high: .infinity)
    // One row, so that samples can be joined.
    if window.isPointwise {
      product.patch_columns *= product.patch_rows
      product.patch_rows = 1
    }
  }

  /// Of a convolution's input.
  convenience init(_ window: PatchGeometry, outputs: Int, isDepthwise: Bool = false) {
    self.init(
      source: (window.inputHeight, window.inputWidth, window.channels),
      output: (window.outputHeight, window.outputWidth), window: window,
      stride: (window.strideHeight, window.strideWidth), top: window.paddingTop,
      left: window.paddingLeft, outputs: outputs, isDepthwise: isDepthwise)
  }

  /// Of the output's gradient, for the gradient of the input of a window that moves by 1: a
  /// convolution with the filter turned around.
  convenience init(upstreamOf window: PatchGeometry, outputs: Int, isDepthwise: Bool = false) {
    self.init(
      source: (window.outputHeight, window.outputWidth, outputs),
      output: (window.inputHeight, window.inputWidth), window: window, stride: (1, 1),
      top: (window.filterHeight - 1) * window.dilationHeight - window.paddingTop,
      left: (window.filterWidth - 1) * window.dilationWidth - window.paddingLeft,
      outputs: window.channels, isDepthwise: isDepthwise)
  }

  /// Floats of a padded sample.
  var count: Int { height * width * channels }

  private var copiedRows: Int { min(sourceHeight, height - top) }
  private var copiedFloats: Int { min(sourceWidth, width - left) * channels }

  /// The sample, or its copy in `room`, whose borders are zero and stay so.
  func padded(_ sample: UnsafePointer<Float>, _ room: FloatMemory) -> UnsafePointer<Float> {
    guard !isInPlace else { return sample }
    for row in 0..<copiedRows {
      (room.base + ((row + top) * width + left) * channels)
        .update(from: sample + row * sourceWidth * channels, count: copiedFloats)
    }
    return UnsafePointer(room.base)
  }

  /// What lies on the sample; zero where no patch was.
  func unpad(_ padded: UnsafePointer<Float>, into sample: UnsafeMutablePointer<Float>) {
    let rowFloats = sourceWidth * channels
    for row in 0..<sourceHeight {
      let target = sample + row * rowFloats
      let copied = row < copiedRows ? copiedFloats : 0
      target.update(
        from: padded + ((row + top) * width + left) * channels, count: copied)
      (target + copied).update(repeating: 0, count: rowFloats - copied)
    }
  }
}
