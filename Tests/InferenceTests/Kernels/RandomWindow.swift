import NeuralNetworks

@testable import Inference

/// Extents of a random, valid convolution.
struct RandomWindow {
  var batches: Int
  var inputHeight, inputWidth, inputChannels: Int
  var outputChannels: Int
  var filterHeight, filterWidth: Int
  var convolution: Convolution2D

  init(_ random: inout SplitMix, maximumChannels: Int) {
    let isPointwise = random.integer(in: 0...3) == 0
    (filterHeight, filterWidth) =
      isPointwise ? (1, 1) : (random.integer(in: 1...5), random.integer(in: 1...5))
    batches = random.integer(in: 1...2)
    convolution = Convolution2D(
      padding: random.integer(in: 0...1) == 0 ? .same : .valid,
      strideHeight: random.integer(in: 1...3), strideWidth: random.integer(in: 1...3),
      dilationHeight: random.integer(in: 0...3) == 0 ? 2 : 1,
      dilationWidth: random.integer(in: 0...3) == 0 ? 3 : 1, activation: random.activation)
    inputHeight =
      random.integer(in: 0...8) + (filterHeight - 1) * convolution.dilationHeight + 1
    inputWidth = random.integer(in: 0...8) + (filterWidth - 1) * convolution.dilationWidth + 1
    inputChannels = random.integer(in: 1...maximumChannels)
    outputChannels = random.integer(in: 1...maximumChannels)
  }

  var taps: Int { filterHeight * filterWidth }
  var inputShape: [Int] { [batches, inputHeight, inputWidth, inputChannels] }
  var inputCount: Int { batches * inputHeight * inputWidth * inputChannels }

  var outputShape: [Int] {
    [
      batches,
      extent(inputHeight, filterHeight, convolution.strideHeight, convolution.dilationHeight),
      extent(inputWidth, filterWidth, convolution.strideWidth, convolution.dilationWidth),
      outputChannels,
    ]
  }

  private func extent(_ input: Int, _ filter: Int, _ stride: Int, _ dilation: Int) -> Int {
    let reach = convolution.padding == .same ? 0 : (filter - 1) * dilation
    return (input - reach + stride - 1) / stride
  }
}

extension RandomWindow {
  /// A pool over the same window.
  var pool: Window2D {
    Window2D(
      padding: convolution.padding, strideHeight: convolution.strideHeight,
      strideWidth: convolution.strideWidth, filterHeight: filterHeight, filterWidth: filterWidth,
      activation: convolution.activation)
  }
}

extension SplitMix {
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// In -2..<2, one in sixteen 0.
  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      let bits = next()
      return bits % 16 == 0 ? 0 : Float(bits >> 40) * 0x1p-22 - 2
    }
  }

  mutating func int8s(_ count: Int) -> [Int8] {
    (0..<count).map { _ in Int8(truncatingIfNeeded: next() >> 56) }
  }

  var activation: Activation {
    mutating get { [.none, .relu, .relu6, .reluMinus1To1][integer(in: 0...3)] }
  }
}
