import NeuralNetworks

/// A convolution of 8-bit tensors, summed in 32 bits that wrap around: `[batch][channel][spatial]`
/// with weights `[output channel][input channel of the group][kernel]`.
struct IntegerConvolution {
  let shape: Shape
  private let window: SpatialWindow
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
    guard input.rank >= 3, weights.rank == input.rank, groups > 0,
      input.shape[1] % groups == 0, weights.shape[0] % groups == 0,
      weights.shape[1] == input.shape[1] / groups
    else {
      throw call.problem(
        "inputs", found: "shapes \(input.shape) and \(weights.shape) in \(groups) groups",
        expected: "a batch of images and weights for their channels")
    }
    let kernel = Array(weights.shape.dimensions[2...])
    window = try SpatialWindow(call, input: Array(input.shape.dimensions[2...]), kernel: kernel)
    guard window.kernel == kernel else {
      throw call.problem(
        "attribute \"kernel_shape\"", found: "\(window.kernel)", expected: "\(kernel)")
    }
    groupInputs = weights.shape[1]
    groupOutputs = weights.shape[0] / groups
    shape = try checkedShape([input.shape[0], weights.shape[0]] + window.output)
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
    try call.count(macs: shape.elementCount * groupInputs * kernel.reduce(1, *))
  }

  /// Elements of the patches that are gathered at a time.
  private static let patchElements = 1 << 18

  /// Calls `body` with each output channel of each image: where it begins in the output, the
  /// channel, and its sums. O(macs).
  func forEachRun(
    _ body: (_ place: Int, _ channel: Int, _ count: Int, _ sums: UnsafePointer<Int32>, _ step: Int)
      -> Void
  ) throws(ModelError) {
    let padded = try PaddedImage(window, channels: input.shape[1], groupChannels: groupInputs)
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
  private let window: SpatialWindow
  private let extents: [Int]
  private let strides: [Int]
  private let plane: Int
  private let channels: Int
  /// Where each element of a patch lies from the patch's beginning: channel by channel.
  let taps: [Int]
  /// Where the patch of each output position begins.
  let bases: [Int]

  init(_ window: SpatialWindow, channels: Int, groupChannels: Int) throws(ModelError) {
    self.window = window
    self.channels = channels
    extents = window.input.indices.map { window.input[$0] + window.begins[$0] + window.ends[$0] }
    let shape = try checkedShape([channels] + extents)
    guard shape.elementCount * 2 <= TensorValue.maximumByteCount else {
      throw ModelError(
        place: "attribute \"pads\"", found: "an image of \(shape.elementCount) elements",
        expected: "at most \(TensorValue.maximumByteCount / 2)")
    }
    strides = Array(shape.strides.dropFirst())
    plane = extents.reduce(1, *)
    let (strides, plane) = (strides, plane)
    var offsets: [Int] = []
    SpatialWindow.forEachPosition(in: window.kernel) { position, _ in
      offsets.append(
        position.indices.reduce(0) { $0 + position[$1] * window.dilations[$1] * strides[$1] })
    }
    taps = (0..<groupChannels).flatMap { channel in offsets.map { channel * plane + $0 } }
    var bases: [Int] = []
    SpatialWindow.forEachPosition(in: window.output) { position, _ in
      bases.append(
        position.indices.reduce(0) { $0 + position[$1] * window.strides[$1] * strides[$1] })
    }
    self.bases = bases
  }

  /// Zeros stand for the zero point, which is what is padded.
  func filled(_ source: [Int16], image: Int) -> [Int16] {
    var result = [Int16](repeating: 0, count: channels * plane)
    let size = window.input.reduce(1, *)
    guard let width = window.input.last, width > 0 else { return result }
    let rows = Array(window.input.dropLast())
    for channel in 0..<channels {
      let start = (image * channels + channel) * size
      SpatialWindow.forEachPosition(in: rows) { position, index in
        var place = channel * plane + (window.begins.last ?? 0)
        for axis in position.indices {
          place += (position[axis] + window.begins[axis]) * strides[axis]
        }
        let row = start + index * width
        for i in 0..<width { result[place + i] = source[row + i] }
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
