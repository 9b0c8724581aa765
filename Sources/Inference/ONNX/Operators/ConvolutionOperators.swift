import NeuralNetworks

/// Convolution as a matrix product: weights times windows, eight windows at a time.
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
  let plan: WindowPlan
  let groups: Int
  let input: Elements<Element>
  let weights: Elements<Element>
  let bias: Elements<Element>?
  let channels: Int

  func run(into out: UnsafeMutablePointer<Element>) {
    let (pixels, groupInputs) = (plan.outputCount, plan.channels / groups)
    let (depth, rows) = (groupInputs * plan.kernelCount, channels / groups)
    let panel = Panel<Element>(depth: depth)
    for image in 0..<plan.batch {
      for group in 0..<groups {
        let source = input.base + (image * plan.channels + group * groupInputs) * plan.inputCount
        let target = out + (image * channels + group * rows) * pixels
        for start in stride(from: 0, to: pixels, by: 8) {
          let width = min(8, pixels - start)
          for lane in 0..<width {
            pack(source, channels: groupInputs, pixel: start + lane, panel.base + lane)
          }
          Element.multiply(
            weights.base + group * rows * depth, rows: rows, depth: depth, panel: panel.base,
            out: target + start, stride: pixels, columns: width)
        }
        addBias(target, from: group * rows, rows: rows, pixels: pixels)
      }
    }
  }

  /// Copies a window to one column of the panel; the padding is 0.
  private func pack(
    _ source: UnsafePointer<Element>, channels: Int, pixel: Int,
    _ column: UnsafeMutablePointer<Element>
  ) {
    let (depth, height, width) = (plan.axes[0], plan.axes[1], plan.axes[2])
    let x = pixel % width.output
    let y = pixel / width.output % height.output
    let z = pixel / (width.output * height.output)
    var target = column
    for channel in 0..<channels {
      let plane = source + channel &* plan.inputCount
      for kz in 0..<depth.kernel {
        let iz = depth.input(z, kz)
        for ky in 0..<height.kernel {
          let iy = height.input(y, ky)
          let isInside = iz >= 0 && iz < depth.input && iy >= 0 && iy < height.input
          let row = plane + (iz &* height.input &+ iy) &* width.input
          for kx in 0..<width.kernel {
            let ix = width.input(x, kx)
            target.pointee = isInside && ix >= 0 && ix < width.input ? row[ix] : .zero
            target += 8
          }
        }
      }
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
