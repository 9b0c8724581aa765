import NeuralNetworks

/// `Col2Im`: adds columns of windows where the windows lie in the image.
enum ColumnsToImage {
  static func columnsToImage(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let image = try call.required("image_shape", call.integers(1))
    let block = try call.required("block_shape", call.integers(2))
    let rank = image.count
    guard (1...3).contains(rank), block.count == rank, input.rank == 3,
      block.allSatisfy({ $0 > 0 }), image.allSatisfy({ $0 > 0 })
    else {
      throw call.problem(
        "inputs", found: "\(input.shape), image \(image), block \(block)", expected: "columns")
    }
    let taps = try checkedShape(block).elementCount
    let plan = try WindowPlan(call, checkedShape([1, 1] + image), kernel: block)
    guard input.shape[1] % taps == 0, input.shape[2] == plan.outputCount else {
      throw call.problem(
        "input", found: "\(input.shape)", expected: "\(plan.outputCount) columns of \(taps)")
    }
    let shape = try checkedShape([input.shape[0], input.shape[1] / taps] + image)
    return try input.elementType.numeric(Body(input: input, plan: plan, output: shape))
  }

  private struct Body: NumericBody {
    let input: TensorValue
    let plan: WindowPlan
    let output: Shape

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(output)
      result.fill(.zero)
      let source = input.elements(as: type)
      let (taps, columns) = (plan.kernelCount, plan.outputCount)
      for plane in 0..<output[0] * output[1] {
        plan.forEachWindow { _, number, window in
          window.forEachNumberedTap { tap, place in
            let target = plane * plan.inputCount + place
            let value = source[(plane * taps + tap) * columns + number]
            result[target] = Element.adding(result[target], value)
          }
        }
      }
      return result.value
    }
  }
}
