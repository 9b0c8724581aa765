import Glibc
import NeuralNetworks

/// Operators that bring elements to a common scale. Statistics are taken in double precision.
enum NormalizationOperators {
  /// Inference, or with `training_mode` the batch's own statistics and their running means.
  static func batch(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    guard input.rank >= 1 else {
      throw call.problem("input", found: "a scalar", expected: "batch and channels")
    }
    let channels = input.rank > 1 ? input.shape[1] : 1
    var parameters: [[Double]] = []
    for index in 1...4 {
      let values = try call.input(index).doubles()
      guard values.count == channels else {
        throw call.problem("input \(index)", found: "\(values.count)", expected: "\(channels)")
      }
      parameters.append(values)
    }
    let epsilon = Double(try call.float("epsilon", default: 1e-5))
    guard try call.flag("training_mode") else {
      return [
        .tensor(
          try input.perChannel(
            mean: parameters[2], deviation: parameters[3].map { ($0 + epsilon).squareRoot() },
            scale: parameters[0], bias: parameters[1]))
      ]
    }
    let (means, variances) = try input.channelStatistics()
    let momentum = Double(try call.float("momentum", default: 0.9))
    let output = try input.perChannel(
      mean: means, deviation: variances.map { ($0 + epsilon).squareRoot() },
      scale: parameters[0], bias: parameters[1])
    var result: [ONNXValue] = [.tensor(output)]
    for (old, new, index) in [(parameters[2], means, 3), (parameters[3], variances, 4)] {
      let running = zip(old, new).map { $0 * momentum + $1 * (1 - momentum) }
      result.append(
        .tensor(try TensorValue(reals: running, like: call.input(index).elementType)))
    }
    return result
  }

  /// Each channel of each image on its own.
  static func instance(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard input.rank >= 3 else {
      throw call.problem("input", found: "\(input.shape)", expected: "batch, channels and axes")
    }
    return try grouped(call, input, groups: input.shape[1], perGroup: false)
  }

  /// Before opset 21 scale and bias are one number for each group.
  static func group(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let groups = try call.required("num_groups", call.optionalInt("num_groups"))
    guard input.rank >= 2, groups > 0, input.shape[1] % groups == 0 else {
      throw call.problem(
        "input", found: "shape \(input.shape), \(groups) groups", expected: "whole groups")
    }
    return try grouped(call, input, groups: groups, perGroup: call.version < 21)
  }

  private static func grouped(
    _ call: OperatorCall, _ input: TensorValue, groups: Int, perGroup: Bool
  ) throws(ModelError) -> TensorValue {
    let channels = input.shape[1]
    let (scale, bias) = (try call.input(1).doubles(), try call.input(2).doubles())
    let expected = perGroup ? groups : channels
    guard scale.count == expected, bias.count == expected else {
      throw call.problem(
        "scale and bias", found: "\(scale.count), \(bias.count)", expected: "\(expected) each")
    }
    let epsilon = Double(try call.float("epsilon", default: 1e-5))
    var values = try input.doubles()
    guard !values.isEmpty else { return input }
    let blocks = input.shape[0] * groups
    let length = values.count / blocks
    let plane = values.count / (input.shape[0] * channels)
    for block in 0..<blocks {
      let range = block * length..<(block + 1) * length
      let (mean, variance) = statistics(values[range])
      let deviation = (variance + epsilon).squareRoot()
      for place in range {
        let index = perGroup ? block % groups : place / plane % channels
        values[place] = (values[place] - mean) / deviation * scale[index] + bias[index]
      }
    }
    return try TensorValue(reals: values, like: input.elementType).reshaped(input.shape)
  }

  static func statistics(_ values: ArraySlice<Double>) -> (mean: Double, variance: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count)
  }

  /// `LayerNormalization` and `RMSNormalization`, over all axes from `axis` on.
  static func layer(centered: Bool) -> OperatorBody {
    { (call) throws(ModelError) in
      let input = try call.input(0)
      let axis = try call.axis("axis", default: -1, rank: input.rank)
      let epsilon = Double(try call.float("epsilon", default: 1e-5))
      let parts = AxisLines(input.shape, from: axis)
      var values = try input.doubles()
      var (means, inverses) = ([Double](), [Double]())
      for block in 0..<parts.outer {
        let range = block * parts.length..<(block + 1) * parts.length
        var (mean, variance) = statistics(values[range])
        if !centered {
          (mean, variance) = (0, values[range].reduce(0) { $0 + $1 * $1 } / Double(parts.length))
        }
        let inverse = 1 / (variance + epsilon).squareRoot()
        for place in range { values[place] = (values[place] - mean) * inverse }
        means.append(mean)
        inverses.append(inverse)
      }
      let normal = try TensorValue(reals: values, like: .float64).reshaped(input.shape)
      let scaled = try affine(normal, call.input(1), call.optionalInput(2))
      let dimensions = input.shape.dimensions
      let shape = Shape(dimensions[..<axis] + dimensions[axis...].map { _ in 1 })
      return [
        .tensor(try scaled.converted(to: input.elementType)),
        .tensor(try TensorValue(reals: means, like: .float32).reshaped(shape)),
        .tensor(try TensorValue(reals: inverses, like: .float32).reshaped(shape)),
      ]
    }
  }

  private static func affine(
    _ normal: TensorValue, _ scale: TensorValue, _ bias: TensorValue?
  ) throws(ModelError) -> TensorValue {
    let scaled = try ArithmeticOperators.apply(
      ArithmeticOperators.Multiply(), to: normal, scale.converted(to: .float64))
    guard let bias else { return scaled }
    return try ArithmeticOperators.apply(
      ArithmeticOperators.Add(), to: scaled, bias.converted(to: .float64))
  }

  /// Over neighbouring channels.
  static func localResponse(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let size = try call.required("size", call.optionalInt("size"))
    guard input.rank >= 2, size > 0, size < 1 << 31 else {
      throw call.problem("input", found: "\(input.shape), size \(size)", expected: "channels")
    }
    let alpha = Double(try call.float("alpha", default: 1e-4)) / Double(size)
    let beta = Double(try call.float("beta", default: 0.75))
    let bias = Double(try call.float("bias", default: 1))
    let parts = AxisLines(input.shape, axis: 1)
    let values = try input.doubles()
    var result = values
    try call.count(steps: [values.count, min(size, parts.length)])
    parts.forEachLine { _, start in
      for channel in 0..<parts.length {
        let first = max(0, channel - (size - 1) / 2)
        let last = min(parts.length - 1, channel + size / 2)
        var sum = 0.0
        for other in first...last {
          let x = values[start + other * parts.inner]
          sum += x * x
        }
        let place = start + channel * parts.inner
        result[place] = values[place] / pow(bias + alpha * sum, beta)
      }
    }
    return try TensorValue(reals: result, like: input.elementType).reshaped(input.shape)
  }

  static func meanVariance(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let axes = try call.ints("axes") ?? [0, 2, 3]
    let plan = try ReductionPlan(input.shape, axes: axes, keepsAxes: true)
    var values = try input.doubles()
    for start in plan.kept {
      let (mean, variance) = statistics(plan.reduced.map { values[start + $0] }[...])
      for offset in plan.reduced {
        values[start + offset] = (values[start + offset] - mean) / (variance.squareRoot() + 1e-9)
      }
    }
    return try TensorValue(reals: values, like: input.elementType).reshaped(input.shape)
  }

  static func lpNormalization(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let axis = try call.axis("axis", default: -1, rank: input.rank)
    let plan = try ReductionPlan(input.shape, axes: [axis], keepsAxes: true)
    let lengths = try norm(input, plan, power: call.int("p", default: 2)).doubles()
    // Where all elements are 0 they stay so.
    let divisors = try TensorValue(
      reals: lengths.map { $0 == 0 ? 1 : $0 }, like: input.elementType)
    return try ArithmeticOperators.apply(
      ArithmeticOperators.Divide(), to: input, divisors.reshaped(plan.output))
  }

  /// The p-th root of the sum of |x|^p.
  static func norm(
    _ input: TensorValue, _ plan: ReductionPlan, power: Int
  ) throws(ModelError) -> TensorValue {
    let values = try input.doubles()
    let lengths = plan.kept.map { start in
      root(
        plan.reduced.reduce(0) { $0 + self.power(values[start + $1].magnitude, power) }, power)
    }
    return try TensorValue(reals: lengths, like: input.elementType).reshaped(plan.output)
  }

  static func power(_ x: Double, _ exponent: Int) -> Double {
    exponent == 1 ? x : exponent == 2 ? x * x : pow(x, Double(exponent))
  }

  static func root(_ x: Double, _ exponent: Int) -> Double {
    exponent == 1 ? x : exponent == 2 ? x.squareRoot() : pow(x, 1 / Double(exponent))
  }

  /// Inference passes the input on; training with a ratio above 0 is random and is refused.
  static func dropout(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    let isTraining = call.hasInput(2) ? try LogicOperators.condition(call.value(2)) : false
    let ratio = try call.optionalInput(1)?.scalar() ?? 0.5
    guard !isTraining || ratio == 0 else {
      throw call.problem("training_mode", found: "true", expected: "inference (it is random)")
    }
    let mask = try NewTensor<UInt8>(.bool, input.shape)
    mask.fill(1)
    return [.tensor(input), .tensor(mask.value)]
  }
}

extension TensorValue {
  /// A vector of numbers in an element type.
  init(reals values: [Double], like type: ElementType) throws(ModelError) {
    let result = try NewTensor<Double>(Shape([values.count]))
    for (index, value) in values.enumerated() { result[index] = value }
    self = try result.value.converted(to: type)
  }

  /// Mean and variance of each channel (axis 1) over everything else.
  fileprivate func channelStatistics() throws(ModelError) -> ([Double], [Double]) {
    let values = try doubles()
    let plan = try ReductionPlan(
      shape, axes: (0..<rank).filter { $0 != 1 }, keepsAxes: false)
    let pairs = plan.kept.map { start in
      NormalizationOperators.statistics(plan.reduced.map { values[start + $0] }[...])
    }
    return (pairs.map(\.mean), pairs.map(\.variance))
  }

  /// (x - mean) / deviation * scale + bias, with one of each for a channel (axis 1).
  fileprivate func perChannel(
    mean: [Double], deviation: [Double], scale: [Double], bias: [Double]
  ) throws(ModelError) -> TensorValue {
    try elementType.real(
      ChannelMap(
        input: self, factors: zip(scale, deviation).map { $0 / $1 },
        offsets: zip(bias, zip(mean, zip(scale, deviation))).map { $0 - $1.0 * $1.1.0 / $1.1.1 }))
  }
}

private struct ChannelMap: RealBody {
  let input: TensorValue
  let factors: [Double]
  let offsets: [Double]

  func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
    let result = try NewTensor<Element>(input.shape)
    let elements = input.elements(as: type)
    let plane = input.shape.dimensions.dropFirst(2).reduce(1, *)
    for block in 0..<(plane == 0 ? 0 : input.count / plane) {
      let channel = block % factors.count
      let (factor, offset) = (Element(factors[channel]), Element(offsets[channel]))
      for place in block * plane..<(block + 1) * plane {
        result.base[place] = elements.base[place] * factor + offset
      }
    }
    return result.value
  }
}
