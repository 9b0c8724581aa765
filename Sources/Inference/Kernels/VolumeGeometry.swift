import NeuralNetworks

/// One axis along which a filter moves, forwards or transposed.
struct FilterAxis: Sendable {
  let input: Int
  let output: Int
  let filter: Int
  let stride: Int
  let dilation: Int
  let padding: Int

  /// The input element under a tap at a position of the output; nil in the padding.
  @inline(__always)
  func source(at position: Int, tap: Int) -> Int? {
    let index = position &* stride &- padding &+ tap &* dilation
    return index >= 0 && index < input ? index : nil
  }

  /// The input element that a transposed filter spreads to a position by a tap.
  @inline(__always)
  func transposedSource(at position: Int, tap: Int) -> Int? {
    let index = position &+ padding &- tap &* dilation
    guard index >= 0, index % stride == 0, index / stride < input else { return nil }
    return index / stride
  }
}

/// Filters that move along three axes, depth, height and width; a plane has depth 1.
struct VolumeGeometry: Sendable {
  let batches: Int
  let inputChannels, outputChannels: Int
  let depth, height, width: FilterAxis
  let isTransposed: Bool

  /// Calls `body` for every output position.
  @inline(__always)
  func forEachPosition(
    _ body: (_ index: Int, _ batch: Int, _ z: Int, _ y: Int, _ x: Int) -> Void
  ) {
    var index = 0
    for batch in 0..<batches {
      for z in 0..<depth.output {
        for y in 0..<height.output {
          for x in 0..<width.output {
            body(index, batch, z, y, x)
            index &+= 1
          }
        }
      }
    }
  }

  /// Calls `body` for every tap over an input element, in the order of the input.
  @inline(__always)
  func forEachTap(
    batch: Int, _ z: Int, _ y: Int, _ x: Int, _ body: (_ tap: Int, _ source: Int) -> Void
  ) {
    for a in 0..<depth.filter {
      guard let plane = source(depth, z, a) else { continue }
      for b in 0..<height.filter {
        guard let row = source(height, y, b) else { continue }
        for c in 0..<width.filter {
          guard let column = source(width, x, c) else { continue }
          let taps = (tap(depth, a) &* height.filter &+ tap(height, b)) &* width.filter
          let rows = (batch &* depth.input &+ plane) &* height.input &+ row
          body(taps &+ tap(width, c), rows &* width.input &+ column)
        }
      }
    }
  }

  /// Transposed filters run backwards, so that the input is walked forwards.
  @inline(__always)
  private func tap(_ axis: FilterAxis, _ step: Int) -> Int {
    isTransposed ? axis.filter &- 1 &- step : step
  }

  @inline(__always)
  private func source(_ axis: FilterAxis, _ position: Int, _ step: Int) -> Int? {
    isTransposed
      ? axis.transposedSource(at: position, tap: tap(axis, step))
      : axis.source(at: position, tap: step)
  }
}

extension VolumeGeometry {
  /// `TRANSPOSE_CONV`: weights OHWI, activations are input 2. The window is that of the forward
  /// convolution from the output to the input.
  ///
  /// - Precondition: the operator is valid.
  init(_ context: KernelContext, transposed convolution: Convolution2D) {
    let (weights, input) = (context.input(1).shape, context.input(2).shape)
    let output = context.output.shape
    func axis(_ index: Int, stride: Int, dilation: Int) -> FilterAxis {
      guard
        let window = WindowAxis(
          input: output[index], filter: weights[index], stride: stride, dilation: dilation,
          padding: convolution.padding)
      else { preconditionFailure("an invalid window") }
      return FilterAxis(
        input: input[index], output: output[index], filter: weights[index], stride: stride,
        dilation: dilation, padding: window.paddingBefore)
    }
    self.init(
      batches: input[0], inputChannels: input[3], outputChannels: output[3],
      depth: FilterAxis(input: 1, output: 1, filter: 1, stride: 1, dilation: 1, padding: 0),
      height: axis(
        1, stride: convolution.strideHeight, dilation: convolution.dilationHeight),
      width: axis(2, stride: convolution.strideWidth, dilation: convolution.dilationWidth),
      isTransposed: true)
  }

  /// `CONV_3D` (weights DHWIO) and `CONV_3D_TRANSPOSE` (weights DHWOI, activations are input 2).
  ///
  /// - Precondition: the operator is valid.
  init(_ context: KernelContext, _ convolution: Convolution3D, isTransposed: Bool) {
    let weights = context.input(1).shape
    let input = context.input(isTransposed ? 2 : 0).shape
    let output = context.output.shape
    func axis(_ index: Int, _ stride: Int, _ dilation: Int) -> FilterAxis {
      let moved = isTransposed ? output : input
      guard
        let window = WindowAxis(
          input: moved[index + 1], filter: weights[index], stride: stride, dilation: dilation,
          padding: convolution.padding)
      else { preconditionFailure("an invalid window") }
      return FilterAxis(
        input: input[index + 1], output: output[index + 1], filter: weights[index],
        stride: stride, dilation: dilation, padding: window.paddingBefore)
    }
    self.init(
      batches: input[0], inputChannels: input[4], outputChannels: output[4],
      depth: axis(0, convolution.strideDepth, convolution.dilationDepth),
      height: axis(1, convolution.strideHeight, convolution.dilationHeight),
      width: axis(2, convolution.strideWidth, convolution.dilationWidth),
      isTransposed: isTransposed)
  }
}
