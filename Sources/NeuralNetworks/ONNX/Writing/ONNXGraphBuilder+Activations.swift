/// Activations that take several nodes.
extension ONNXGraphBuilder {
  /// `x / 2 (1 + erf(x / sqrt(2)))`, or with the hyperbolic tangent of
  /// `sqrt(2 / pi) (x + 0.044715 x^3)`: an operator of its own only from opset 20 on.
  mutating func addGELU(_ op: Operator, isApproximate: Bool) {
    guard let input = op.inputs[0] else { return }
    let layout = nativeLayout(of: input)
    let value = real(input, layout)
    let gate: String
    if isApproximate {
      let cube = append("Mul", [append("Mul", [value, value]), value])
      let sum = append("Add", [value, append("Mul", [cube, scalar(0.044715)])])
      gate = append("Tanh", [append("Mul", [sum, scalar(0.797_884_56)])])
    } else {
      gate = append("Erf", [append("Mul", [value, scalar(0.707_106_77)])])
    }
    let half = append("Mul", [value, scalar(0.5)])
    write(
      append("Mul", [half, append("Add", [gate, scalar(1)])]), to: op.outputs[0], layout)
  }

  mutating func addParametricReLU(_ op: Operator) {
    guard let input = op.inputs[0], let slope = op.inputs[1] else { return }
    write(append("PRelu", [real(input, .rows), real(slope, .rows)]), to: op.outputs[0], .rows)
  }
}
