import NeuralNetworks

/// Extents of an operator that slides a window over NHWC activations.
struct WindowGeometry: Sendable {
  let batches: Int
  let inputHeight, inputWidth, inputChannels: Int
  let outputHeight, outputWidth, outputChannels: Int
  let filterHeight, filterWidth: Int
  let strideHeight, strideWidth: Int
  let dilationHeight, dilationWidth: Int
  let paddingTop, paddingLeft: Int

  /// - Precondition: the operator is valid.
  init(_ context: KernelContext, _ convolution: Convolution2D) {
    let weights = context.input(1).shape
    self.init(
      context, filterHeight: weights[1], filterWidth: weights[2], convolution: convolution)
  }

  init(_ context: KernelContext, _ window: Window2D) {
    self.init(
      context, filterHeight: window.filterHeight, filterWidth: window.filterWidth,
      convolution: Convolution2D(
        padding: window.padding, strideHeight: window.strideHeight,
        strideWidth: window.strideWidth))
  }

  private init(
    _ context: KernelContext, filterHeight: Int, filterWidth: Int, convolution: Convolution2D
  ) {
    let (input, output) = (context.input(0).shape, context.output.shape)
    let vertical = WindowAxis(
      input: input[1], filter: filterHeight, stride: convolution.strideHeight,
      dilation: convolution.dilationHeight, padding: convolution.padding)
    let horizontal = WindowAxis(
      input: input[2], filter: filterWidth, stride: convolution.strideWidth,
      dilation: convolution.dilationWidth, padding: convolution.padding)
    guard let vertical, let horizontal else { preconditionFailure("an invalid window") }
    batches = input[0]
    (inputHeight, inputWidth, inputChannels) = (input[1], input[2], input[3])
    (outputHeight, outputWidth, outputChannels) = (output[1], output[2], output[3])
    (self.filterHeight, self.filterWidth) = (filterHeight, filterWidth)
    (strideHeight, strideWidth) = (convolution.strideHeight, convolution.strideWidth)
    (dilationHeight, dilationWidth) = (convolution.dilationHeight, convolution.dilationWidth)
    (paddingTop, paddingLeft) = (vertical.paddingBefore, horizontal.paddingBefore)
  }

  /// Calls `body` for every position of the window: index of the output pixel, and the batch, row
  /// and column of the input where the window begins, which may lie in the padding.
  @inline(__always)
  func forEachPosition(_ body: (_ pixel: Int, _ batch: Int, _ top: Int, _ left: Int) -> Void) {
    var pixel = 0
    for batch in 0..<batches {
      for row in 0..<outputHeight {
        for column in 0..<outputWidth {
          body(
            pixel, batch, row &* strideHeight &- paddingTop, column &* strideWidth &- paddingLeft)
          pixel &+= 1
        }
      }
    }
  }

  /// Calls `body` for every tap of a window that lies inside the input: index of the tap in the
  /// filter, and of the input pixel.
  @inline(__always)
  func forEachTap(
    batch: Int, top: Int, left: Int, _ body: (_ tap: Int, _ pixel: Int) -> Void
  ) {
    for y in 0..<filterHeight {
      let row = top &+ y &* dilationHeight
      guard row >= 0, row < inputHeight else { continue }
      for x in 0..<filterWidth {
        let column = left &+ x &* dilationWidth
        guard column >= 0, column < inputWidth else { continue }
        body(y &* filterWidth &+ x, (batch &* inputHeight &+ row) &* inputWidth &+ column)
      }
    }
  }
}
