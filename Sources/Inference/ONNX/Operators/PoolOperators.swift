import NeuralNetworks

/// Windows that are taken together without weights.
enum PoolOperators {
  /// The second output are places of the largest elements in the whole input.
  static func maxPool(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    let plan = try self.plan(call, input)
    let isColumnMajor = try call.flag("storage_order")
    return try input.elementType.numeric(
      MaxPool(plan: plan, input: input, isColumnMajor: isColumnMajor))
  }

  static func averagePool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    return try input.elementType.real(
      AveragePool(
        plan: plan(call, input), input: input,
        countsPadding: call.flag("count_include_pad")))
  }

  static func lpPool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    return try input.elementType.real(
      LpPool(plan: plan(call, input), input: input, power: call.int("p", default: 2)))
  }

  private static func plan(
    _ call: OperatorCall, _ input: TensorValue
  ) throws(ModelError) -> WindowPlan {
    let kernel = try call.required("kernel_shape", call.ints("kernel_shape"))
    let plan = try WindowPlan(call, input.shape, kernel: kernel)
    try call.count(steps: [plan.batch, plan.channels, plan.outputCount, plan.kernelCount])
    return plan
  }

  /// One window over all spatial axes.
  static func global<Kind: Reducer>(_ reducer: Kind) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try call.input(0)
      guard input.rank >= 2 else {
        throw call.problem("input", found: "\(input.shape)", expected: "batch and channels")
      }
      let plan = try ReductionPlan(
        input.shape, axes: Array(2..<max(input.rank, 2)), keepsAxes: true)
      return try ReductionOperators.reduce(input, plan, reducer)
    }
  }

  static func globalLpPool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard input.rank >= 2 else {
      throw call.problem("input", found: "\(input.shape)", expected: "batch and channels")
    }
    let plan = try ReductionPlan(input.shape, axes: Array(2..<max(input.rank, 2)), keepsAxes: true)
    return try NormalizationOperators.norm(input, plan, power: call.int("p", default: 2))
  }

  private struct MaxPool: NumericBody {
    let plan: WindowPlan
    let input: TensorValue
    let isColumnMajor: Bool

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> [ONNXValue] {
      let shape = try checkedShape([plan.batch, plan.channels] + plan.outputExtents)
      let values = try NewTensor<Element>(shape)
      let places = try NewTensor<Int64>(shape)
      let elements = input.elements(as: type)
      plan.forEachWindow { plane, number, window in
        var best = Element.lowest
        var bestPlace = -1
        window.forEachTap { place in
          let x = elements[plane * plan.inputCount + place]
          if bestPlace < 0 || x > best || x.isNotANumber { (best, bestPlace) = (x, place) }
        }
        let target = plane * plan.outputCount + number
        values[target] = best
        places[target] = Int64(
          plane * plan.inputCount
            + (isColumnMajor && bestPlace >= 0 ? columnMajor(bestPlace) : bestPlace))
      }
      return [.tensor(values.value), .tensor(places.value)]
    }

    /// The place if the first spatial axis ran fastest.
    private func columnMajor(_ place: Int) -> Int {
      let (depth, height, width) = (plan.axes[0].input, plan.axes[1].input, plan.axes[2].input)
      let (z, y, x) = (place / (height * width), place / width % height, place % width)
      return z + depth * (y + height * x)
    }
  }

  private struct AveragePool: RealBody {
    let plan: WindowPlan
    let input: TensorValue
    let countsPadding: Bool

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(
        checkedShape([plan.batch, plan.channels] + plan.outputExtents))
      let elements = input.elements(as: type)
      plan.forEachWindow { plane, number, window in
        var (sum, count) = (Element(0), 0)
        window.forEachTap { place in
          sum += elements[plane * plan.inputCount + place]
          count += 1
        }
        let divisor = countsPadding ? window.paddedCount : count
        result[plane * plan.outputCount + number] = divisor == 0 ? 0 : sum / Element(divisor)
      }
      return result.value
    }
  }

  private struct LpPool: RealBody {
    let plan: WindowPlan
    let input: TensorValue
    let power: Int

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(
        checkedShape([plan.batch, plan.channels] + plan.outputExtents))
      let elements = input.elements(as: type)
      plan.forEachWindow { plane, number, window in
        var sum = 0.0
        window.forEachTap { place in
          sum += NormalizationOperators.power(
            elements[plane * plan.inputCount + place].double.magnitude, power)
        }
        result[plane * plan.outputCount + number] = Element(
          NormalizationOperators.root(sum, power))
      }
      return result.value
    }
  }

  /// Puts elements back where `MaxPool` found them; the rest is 0.
  static func maxUnpool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, places) = (try call.input(0), try call.input(1))
    let kernel = try call.required("kernel_shape", call.ints("kernel_shape"))
    let rank = kernel.count
    guard input.rank == rank + 2, places.shape == input.shape else {
      throw call.problem(
        "inputs", found: "shapes \(input.shape), \(places.shape)", expected: "the same, a window")
    }
    let strides = try WindowPlan.list(call, "strides", rank, 1)
    let pads = try WindowPlan.list(call, "pads", 2 * rank, 0)
    guard (kernel + strides + pads).allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else {
      throw call.problem("attributes", found: "numbers out of range", expected: "others")
    }
    let extents = (0..<rank).map { axis in
      (input.shape[axis + 2] - 1) * strides[axis] + kernel[axis] - pads[axis] - pads[axis + rank]
    }
    let natural = try checkedShape(Array(input.shape.dimensions.prefix(2)) + extents)
    let shape = try call.integers(2).map { (dimensions) throws(ModelError) in
      try checkedShape(dimensions)
    }
    guard shape == nil || shape?.rank == natural.rank else {
      throw call.problem("output_shape", found: "another rank", expected: "\(natural.rank) axes")
    }
    return try input.elementType.movement(
      Unpool(
        input: input, places: places.integers(limit: .max), natural: natural,
        output: shape ?? natural))
  }

  private struct Unpool: MovementBody {
    let input: TensorValue
    let places: [Int]
    let natural: Shape
    let output: Shape

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Word>(input.elementType, output)
      result.fill(0)
      let elements = input.elements(as: type)
      for (index, place) in places.enumerated() {
        guard place >= 0, place < natural.elementCount, let target = target(of: place) else {
          throw ModelError(
            place: "indices", found: "\(place)", expected: "a place in \(natural)")
        }
        result[target] = elements[index]
      }
      return result.value
    }

    /// The place in the output's shape, where that is larger than the natural one.
    private func target(of place: Int) -> Int? {
      let (from, to) = (natural.strides, output.strides)
      var target = 0
      for axis in 0..<natural.rank {
        let index = place / from[axis] % natural[axis]
        guard index < output[axis] else { return nil }
        target += index * to[axis]
      }
      return target
    }
  }
}
