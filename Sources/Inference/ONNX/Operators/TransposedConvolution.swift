import NeuralNetworks

/// `ConvTranspose`: every input element adds its multiple of the weights to a window of the
/// output.
enum TransposedConvolution {
  static func convTranspose(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, weights) = (try call.input(0), try call.input(1))
    try ArithmeticOperators.sameType(input, weights)
    let plan = try Plan(call, input.shape, weights.shape)
    let bias = try call.optionalInput(2)
    if let bias, bias.shape != Shape([plan.outputChannels]) {
      throw call.problem("bias", found: "\(bias.shape)", expected: "[\(plan.outputChannels)]")
    }
    try call.count(
      macs: input.count * weights.shape.dimensions.dropFirst().reduce(1, *))
    let sum = try input.elementType.real(Scatter(plan: plan, input: input, weights: weights))
    guard let bias else { return sum }
    let shape = Shape([plan.outputChannels] + Array(repeating: 1, count: input.rank - 2))
    return try ArithmeticOperators.apply(
      ArithmeticOperators.Add(), to: sum, bias.reshaped(shape))
  }

  /// The window is over the output here: `Axis.input` is the output's extent and the other way.
  struct Plan {
    var axes: [WindowPlan.Axis] = []
    let batch: Int
    let groups: Int
    let inputChannels: Int
    let outputChannels: Int
    let output: Shape

    init(_ call: OperatorCall, _ input: Shape, _ weights: Shape) throws(ModelError) {
      let rank = input.rank - 2
      groups = try call.int("group", default: 1)
      guard (1...3).contains(rank), weights.rank == input.rank, groups > 0,
        weights[0] == input[1], input[1] % groups == 0
      else {
        throw call.problem(
          "inputs", found: "shapes \(input) and \(weights), \(groups) groups",
          expected: "matching channels and one to three axes")
      }
      batch = input[0]
      inputChannels = input[1]
      let (channels, overflow) = weights[1].multipliedReportingOverflow(by: groups)
      guard !overflow else {
        throw call.problem("group", found: "\(groups)", expected: "fewer groups")
      }
      outputChannels = channels
      let strides = try WindowPlan.list(call, "strides", rank, 1)
      let dilations = try WindowPlan.list(call, "dilations", rank, 1)
      let pads = try WindowPlan.list(call, "pads", 2 * rank, 0)
      let extra = try WindowPlan.list(call, "output_padding", rank, 0)
      let limit = 1 << 31
      let kernel = Array(weights.dimensions.dropFirst(2))
      guard (strides + dilations + kernel).allSatisfy({ $0 > 0 && $0 < limit }),
        (pads + extra).allSatisfy({ abs($0 | 1) < limit })
      else { throw call.problem("attributes", found: "numbers out of range", expected: "others") }
      let automatic = try call.choice("auto_pad", default: WindowPlan.AutoPad.notSet)
      let asked = try call.ints("output_shape")
      axes = Array(repeating: .init(input: 1, kernel: 1), count: 3 - rank)
      for index in 0..<rank {
        var axis = WindowPlan.Axis(
          input: 0, kernel: kernel[index], stride: strides[index], dilation: dilations[index],
          padBegin: pads[index], padEnd: pads[index + rank], output: input[index + 2])
        let full = axis.stride * (axis.output - 1) + extra[index] + axis.span
        let isSame = automatic == .sameUpper || automatic == .sameLower
        let target =
          asked?.suffix(rank).dropFirst(index).first
          ?? (isSame ? axis.output * axis.stride : full - axis.padBegin - axis.padEnd)
        guard target > 0, target < limit else {
          throw call.problem("output shape", found: "\(target)", expected: "positive extents")
        }
        if asked != nil || isSame {
          let total = max(0, full - target)
          axis.padBegin = automatic == .sameUpper ? total / 2 : total - total / 2
        }
        axis.input = target
        axes.append(axis)
      }
      output = try checkedShape([batch, channels] + axes.suffix(rank).map(\.input))
    }
  }

  private struct Scatter: RealBody {
    let plan: Plan
    let input: TensorValue
    let weights: TensorValue

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(plan.output)
      result.fill(0)
      let (source, factors) = (input.elements(as: type), weights.elements(as: type))
      let (depth, height, width) = (plan.axes[0], plan.axes[1], plan.axes[2])
      let pixels = depth.output * height.output * width.output
      let taps = depth.kernel * height.kernel * width.kernel
      let plane = depth.input * height.input * width.input
      let (groupInputs, groupOutputs) = (
        plan.inputChannels / plan.groups, plan.outputChannels / plan.groups
      )
      for image in 0..<plan.batch {
        for channel in 0..<plan.inputChannels {
          for number in 0..<groupOutputs {
            let target = channel / groupInputs * groupOutputs + number
            scatter(
              source.base + (image * plan.inputChannels + channel) * pixels,
              factors.base + (channel * groupOutputs + number) * taps,
              result.base + (image * plan.outputChannels + target) * plane)
          }
        }
      }
      return result.value
    }

    private func scatter<Element: RealElement>(
      _ source: UnsafePointer<Element>, _ factors: UnsafePointer<Element>,
      _ plane: UnsafeMutablePointer<Element>
    ) {
      let (depth, height, width) = (plan.axes[0], plan.axes[1], plan.axes[2])
      for z in 0..<depth.output {
        for y in 0..<height.output {
          for x in 0..<width.output {
            let value = source[(z &* height.output &+ y) &* width.output &+ x]
            var factor = factors
            for kz in 0..<depth.kernel {
              let oz = depth.input(z, kz)
              for ky in 0..<height.kernel {
                let oy = height.input(y, ky)
                let isInside = oz >= 0 && oz < depth.input && oy >= 0 && oy < height.input
                let row = plane + (oz &* height.input &+ oy) &* width.input
                for kx in 0..<width.kernel {
                  let ox = width.input(x, kx)
                  if isInside, ox >= 0, ox < width.input { row[ox] += value * factor.pointee }
                  factor += 1
                }
              }
            }
          }
        }
      }
    }
  }
}
