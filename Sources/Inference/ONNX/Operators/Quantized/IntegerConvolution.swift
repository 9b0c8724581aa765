import NeuralNetworks

/// A convolution of 8-bit tensors, summed in 32 bits that wrap around: `[batch][channel][spatial]`
/// with weights `[output channel][input channel of the group][kernel]`.
struct IntegerConvolution {
  let shape: Shape
  private let plan: WindowPlan
  private let input: TensorValue
  private let zeroPoint: Int32
  /// Minus their zero points, as in the model: `[output channel][depth]`.
  private let weights: [Int16]
  private let groups: Int
  private let groupInputs: Int
  private let groupOutputs: Int

  init(
    _ call: OperatorCall, _ input: TensorValue, zeroPoint: Int32, _ weights: TensorValue,
    zeroPoints: [Int32]
  ) throws(ModelError) {
    groups = try call.int("group", default: 1)
    plan = try ConvolutionOperators.plan(call, input, weights, groups)
    guard plan.axes.allSatisfy({ $0.padBegin >= 0 && $0.padEnd >= 0 }) else {
      throw call.problem("attribute \"pads\"", found: "a negative one", expected: "0 or more")
    }
    groupInputs = weights.shape[1]
    groupOutputs = weights.shape[0] / groups
    shape = try checkedShape([input.shape[0], weights.shape[0]] + plan.outputExtents)
    self.input = input
    self.zeroPoint = zeroPoint
    var centered = weights.centered(zeroPoints.count == 1 ? zeroPoints[0] : 0)
    if zeroPoints.count > 1 {
      let depth = weights.count / zeroPoints.count
      for place in centered.indices {
        centered[place] &-= Int16(truncatingIfNeeded: zeroPoints[place / depth])
      }
    }
    self.weights = centered
    try call.count(macs: shape.elementCount * groupInputs * plan.kernelCount)
  }

  /// Elements of the patches that are gathered at a time.
  private static let patchElements = 1 << 18

  /// Calls `body` with each output channel of each image: where it begins in the output, the
  /// channel, and its sums. O(macs).
  func forEachRun(
    _ body: (_ place: Int, _ channel: Int, _ count: Int, _ sums: UnsafePointer<Int32>, _ step: Int)
      -> Void
  ) throws(ModelError) {
    let padded = try PaddedImage(plan, channels: input.shape[1], groupChannels: groupInputs)
    let depth = padded.taps.count
    let positions = padded.bases.count
    let chunk = max(1, min(positions, Self.patchElements / max(depth, 1)))
    var patches = [Int16](repeating: 0, count: chunk * depth)
    var sums = [Int32](repeating: 0, count: chunk * groupOutputs)
    let source = input.centered(zeroPoint)
    for image in 0..<input.shape[0] {
      let values = padded.filled(source, image: image)
      for group in 0..<groups {
        for first in stride(from: 0, to: positions, by: chunk) {
          let count = min(chunk, positions - first)
          padded.gather(
            values, channel: group * groupInputs, first..<first + count, &patches)
          multiply(patches, count, group, depth, &sums)
          for output in 0..<groupOutputs {
            let channel = group * groupOutputs + output
            let place = (image * groups * groupOutputs + channel) * positions + first
            sums.withUnsafeBufferPointer { sums in
              guard let base = sums.baseAddress else { return }
              body(place, channel, count, base + output, groupOutputs)
            }
          }
        }
      }
    }
  }

  private func multiply(
    _ patches: [Int16], _ count: Int, _ group: Int, _ depth: Int, _ sums: inout [Int32]
  ) {
    patches.withUnsafeBufferPointer { patches in
      weights.withUnsafeBufferPointer { weights in
        sums.withUnsafeMutableBufferPointer { sums in
          guard let a = patches.baseAddress, let b = weights.baseAddress, let c = sums.baseAddress
          else { return }
          IntegerProduct.multiply(
            a, rows: count, b + group * groupOutputs * depth, columns: groupOutputs, depth: depth,
            into: c)
        }
      }
    }
  }
}

/// An image with its padding, and where the patches of a window lie in it.
private struct PaddedImage {
  private let axes: [WindowPlan.Axis]
  private let strides: [Int]
  private let plane: Int
  private let channels: Int
  /// Where each element of a patch lies from the patch's beginning: channel by channel.
  let taps: [Int]
  /// Where the patch of each output position begins.
  let bases: [Int]

  init(_ plan: WindowPlan, channels: Int, groupChannels: Int) throws(ModelError) {
    axes = plan.axes
    self.channels = channels
    let shape = try checkedShape([channels] + axes.map { $0.input + $0.padBegin + $0.padEnd })
    guard shape.elementCount * 2 <= TensorValue.maximumByteCount else {
      throw ModelError(
        place: "attribute \"pads\"", found: "an image of \(shape.elementCount) elements",
        expected: "at most \(TensorValue.maximumByteCount / 2)")
    }
    let strides = Array(shape.strides.dropFirst())
    let plane = shape.dimensions.dropFirst().reduce(1, *)
    let offsets = Self.places(
      counts: axes.map(\.kernel), steps: zip(axes, strides).map { $0.dilation * $1 })
    taps = (0..<groupChannels).flatMap { channel in offsets.map { channel * plane + $0 } }
    bases = Self.places(
      counts: axes.map(\.output), steps: zip(axes, strides).map { $0.stride * $1 })
    (self.strides, self.plane) = (strides, plane)
  }

  /// The places of a grid of three axes, in row-major order.
  private static func places(counts: [Int], steps: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(counts.reduce(1, *))
    for z in 0..<counts[0] {
      for y in 0..<counts[1] {
        let row = z * steps[0] + y * steps[1]
        for x in 0..<counts[2] { result.append(row + x * steps[2]) }
      }
    }
    return result
  }

  /// Zeros stand for the zero point, which is what is padded.
  func filled(_ source: [Int16], image: Int) -> [Int16] {
    var result = [Int16](repeating: 0, count: channels * plane)
    let (depth, height, width) = (axes[0], axes[1], axes[2])
    var row = image * channels * depth.input * height.input * width.input
    for channel in 0..<channels {
      for z in 0..<depth.input {
        for y in 0..<height.input {
          let place =
            channel * plane + (z + depth.padBegin) * strides[0]
            + (y + height.padBegin) * strides[1] + width.padBegin
          for x in 0..<width.input { result[place + x] = source[row + x] }
          row += width.input
        }
      }
    }
    return result
  }

  /// Patches of the channels from one on, a row each.
  func gather(
    _ values: [Int16], channel: Int, _ positions: Range<Int>, _ patches: inout [Int16]
  ) {
    let start = channel * plane
    values.withUnsafeBufferPointer { values in
      patches.withUnsafeMutableBufferPointer { patches in
        taps.withUnsafeBufferPointer { taps in
          guard let from = values.baseAddress, let to = patches.baseAddress,
            let offsets = taps.baseAddress
          else { return }
          let depth = taps.count
          for (row, position) in positions.enumerated() {
            let (base, target) = (from + start + bases[position], to + row * depth)
            for k in 0..<depth { target[k] = base[offsets[k]] }
          }
        }
      }
    }
  }
}
