import NeuralNetworks

/// Convolution as a matrix product: weights times windows.
enum ConvolutionOperators {
  static func conv(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, weights) = (try call.input(0), try call.input(1))
    try ArithmeticOperators.sameType(input, weights)
    let bias = try call.optionalInput(2)
    switch input.elementType {
    case .float32: return try convolve(call, input, weights, bias, Float.self)
    case .float64: return try convolve(call, input, weights, bias, Double.self)
    case .float16:
      return try convolve(
        call, input.converted(to: .float32), weights.converted(to: .float32),
        bias.map { (tensor) throws(ModelError) in try tensor.converted(to: .float32) }, Float.self
      ).converted(to: .float16)
    default: throw input.elementType.unsuitable(expected: "float32, float64 or float16")
    }
  }

  /// - Parameter bias: one element for each output channel, in the same type.
  static func convolve<Element: MatrixElement>(
    _ call: OperatorCall, _ input: TensorValue, _ weights: TensorValue, _ bias: TensorValue?,
    _ type: Element.Type
  ) throws(ModelError) -> TensorValue {
    let groups = try call.int("group", default: 1)
    let plan = try self.plan(call, input, weights, groups)
    if let bias {
      guard bias.elementType == weights.elementType, bias.shape == Shape([weights.shape[0]]) else {
        throw call.problem(
          "bias", found: "\(bias.elementType.rawValue) \(bias.shape)",
          expected: "\(weights.elementType.rawValue) [\(weights.shape[0])]")
      }
    }
    let channels = weights.shape[0]
    let result = try NewTensor<Element>(
      checkedShape([plan.batch, channels] + plan.outputExtents))
    try call.count(macs: result.count * weights.shape[1] * plan.kernelCount)
    Convolution(
      plan: plan, groups: groups, input: input.elements(as: type),
      weights: weights.elements(as: type), bias: bias?.elements(as: type), channels: channels
    ).run(into: result.base)
    return result.value
  }

  /// Also of convolutions of integers.
  static func plan(
    _ call: OperatorCall, _ input: TensorValue, _ weights: TensorValue, _ groups: Int
  ) throws(ModelError) -> WindowPlan {
    let kernel = Array(weights.shape.dimensions.dropFirst(2))
    guard weights.rank == input.rank, weights.rank > 2 else {
      throw call.problem(
        "inputs", found: "shapes \(input.shape) and \(weights.shape)", expected: "the same rank")
    }
    if let stated = try call.ints("kernel_shape"), stated != kernel {
      throw call.problem(
        "attribute \"kernel_shape\"", found: "\(stated)", expected: "that of the weights \(kernel)")
    }
    let plan = try WindowPlan(call, input.shape, kernel: kernel)
    guard groups > 0, plan.channels == weights.shape[1] * groups, weights.shape[0] % groups == 0
    else {
      throw call.problem(
        "inputs", found: "\(plan.channels) channels, weights \(weights.shape), \(groups) groups",
        expected: "channels that fit")
    }
    return plan
  }
}

/// One convolution, its operands checked.
private struct Convolution<Element: MatrixElement> {
  /// Elements of windows that are laid out at a time: they should stay in the cache.
  private static var chunkElements: Int { 1 << 16 }

  let plan: WindowPlan
  let groups: Int
  let input: Elements<Element>
  let weights: Elements<Element>
  let bias: Elements<Element>?
  let channels: Int

  func run(into out: UnsafeMutablePointer<Element>) {
    let (pixels, groupInputs) = (plan.outputCount, plan.channels / groups)
    let (depth, rows) = (groupInputs * plan.kernelCount, channels / groups)
    let chunk = min(pixels, max(64, Self.chunkElements / max(depth, 1)))
    let windows = AlignedMemory<Element>(count: plan.isPointwise ? 0 : depth * chunk)
    for image in 0..<plan.batch {
      for group in 0..<groups {
        let source = input.base + (image * plan.channels + group * groupInputs) * plan.inputCount
        let target = out + (image * channels + group * rows) * pixels
        let factors = MatrixFactor(base: weights.base + group * rows * depth, rowStep: depth)
        for start in stride(from: 0, to: pixels, by: chunk) {
          let count = min(chunk, pixels - start)
          var right = MatrixFactor(base: source + start, rowStep: pixels)
          if !plan.isPointwise {
            lay(source, channels: groupInputs, start..<start + count, windows.base)
            right = MatrixFactor(base: UnsafePointer(windows.base), rowStep: count)
          }
          Element.multiply(
            factors, right, rows: rows, depth: depth, columns: count, into: target + start,
            rowStep: pixels)
        }
        addBias(target, from: group * rows, rows: rows, pixels: pixels)
      }
    }
  }

  /// Lays out windows: a row for each tap, a column for each pixel; the padding is 0.
  private func lay(
    _ source: UnsafePointer<Element>, channels: Int, _ pixels: Range<Int>,
    _ windows: UnsafeMutablePointer<Element>
  ) {
    let (depth, height, width) = (plan.axes[0], plan.axes[1], plan.axes[2])
    var target = windows
    for channel in 0..<channels {
      let plane = source + channel &* plan.inputCount
      for kz in 0..<depth.kernel {
        for ky in 0..<height.kernel {
          for kx in 0..<width.kernel {
            var pixel = pixels.lowerBound
            while pixel < pixels.upperBound {
              let x = pixel % width.output
              let count = min(width.output - x, pixels.upperBound - pixel)
              let row = pixel / width.output
              let iy = height.input(row % height.output, ky)
              let iz = depth.input(row / height.output, kz)
              let isInside = iz >= 0 && iz < depth.input && iy >= 0 && iy < height.input
              layRow(
                isInside ? plane + (iz &* height.input &+ iy) &* width.input : nil, width,
                from: x, tap: kx, count: count, target)
              target += count
              pixel += count
            }
          }
        }
      }
    }
  }

  /// One tap of neighbouring pixels of a row; `source` is nil in the padding.
  @inline(__always)
  private func layRow(
    _ source: UnsafePointer<Element>?, _ axis: WindowPlan.Axis, from x: Int, tap: Int, count: Int,
    _ target: UnsafeMutablePointer<Element>
  ) {
    guard let source else { return target.update(repeating: .zero, count: count) }
    let first = axis.input(x, tap)
    if axis.stride == 1, first >= 0, first + count <= axis.input {
      return target.update(from: source + first, count: count)
    }
    for i in 0..<count {
      let ix = first &+ i &* axis.stride
      target[i] = ix >= 0 && ix < axis.input ? source[ix] : .zero
    }
  }

  private func addBias(
    _ target: UnsafeMutablePointer<Element>, from channel: Int, rows: Int, pixels: Int
  ) {
    guard let bias else { return }
    for row in 0..<rows {
      let (value, line) = (bias[channel + row], target + row &* pixels)
      for pixel in 0..<pixels { line[pixel] = Element.adding(line[pixel], value) }
    }
  }
}
