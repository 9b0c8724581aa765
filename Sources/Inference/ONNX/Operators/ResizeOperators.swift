import NeuralNetworks

/// `Resize` and `Upsample`: each axis on its own, as a sparse matrix of weights.
enum ResizeOperators {
  /// Before opset 11 there are scales only; indices are rounded down.
  static func resize(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    if call.version < 11 {
      let mode = try call.choice("mode", default: ResizeAxis.Mode.nearest)
      return try upsample(input, scales: call.input(1).floats(), mode: mode)
    }
    return try apply(ResizeRequest(call, input), to: input)
  }

  static func upsample(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let scales =
      call.hasInput(1)
      ? try call.input(1).floats() : try call.required("scales", call.floats("scales"))
    let mode = try call.choice("mode", default: ResizeAxis.Mode.nearest)
    return try upsample(call.input(0), scales: scales, mode: mode)
  }

  private static func upsample(
    _ input: TensorValue, scales: [Float], mode: ResizeAxis.Mode
  ) throws(ModelError) -> TensorValue {
    try apply(ResizeRequest(input, scales: scales.map(Double.init), mode: mode), to: input)
  }

  private static func apply(
    _ request: ResizeRequest, to input: TensorValue
  ) throws(ModelError) -> TensorValue {
    let axes = try request.resizeAxes(input.elementType, input.shape)
    if request.mode == .nearest, axes.allSatisfy({ axis in !axis.hasOutside }) {
      return try AxisGather(input: input, maps: axes.map { $0.taps.map { $0[0].index } })()
    }
    let type = input.elementType
    var result = try input.converted(to: type == .float64 ? .float64 : .float32)
    for (axis, plan) in axes.enumerated() where !plan.isIdentity {
      result = try result.elementType.real(Interpolation(input: result, axis: axis, plan: plan))
    }
    if axes.contains(where: \.hasOutside) {
      result = try result.elementType.real(
        Extrapolation(input: result, axes: axes, value: request.extrapolation))
    }
    if [.float16, .float32, .float64].contains(type) { return try result.converted(to: type) }
    let rounded = try UnaryOperators.map(result, Activations.Rounding(rule: .toNearestOrEven))
    return try rounded.converted(to: type)
  }

  private struct Interpolation: RealBody {
    let input: TensorValue
    let axis: Int
    let plan: ResizeAxis

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let lines = AxisLines(input.shape, axis: axis)
      var dimensions = input.shape.dimensions
      dimensions[axis] = plan.taps.count
      let result = try NewTensor<Element>(checkedShape(dimensions))
      let elements = input.elements(as: type)
      for block in 0..<lines.outer {
        for (index, taps) in plan.taps.enumerated() {
          let target = result.base + (block * plan.taps.count + index) * lines.inner
          for i in 0..<lines.inner { target[i] = 0 }
          for tap in taps {
            let source = elements.base + (block * lines.length + tap.index) * lines.inner
            let weight = Element(tap.weight)
            for i in 0..<lines.inner { target[i] += source[i] * weight }
          }
        }
      }
      return result.value
    }
  }

  private struct Extrapolation: RealBody {
    let input: TensorValue
    let axes: [ResizeAxis]
    let value: Float

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      let strides = input.shape.strides
      for index in 0..<result.count {
        let isOutside = axes.indices.contains { axis in
          axes[axis].isOutside[index / strides[axis] % input.shape[axis]]
        }
        result[index] = isOutside ? Element(value) : elements[index]
      }
      return result.value
    }
  }
}
