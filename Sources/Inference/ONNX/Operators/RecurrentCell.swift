import NeuralNetworks

/// One step of each recurrent operator, and the functions its gates may take.
enum RecurrentCell {
  static func rnn(_ state: inout RecurrentState) { state.h = state.apply(0, state.sum(0)) }

  /// Gates: update, reset, hidden.
  static func gru(_ state: inout RecurrentState, resetsAfter: Bool) {
    let update = state.apply(0, state.sum(0))
    let reset = state.apply(0, state.sum(1))
    let recurrent: [Float]
    if resetsAfter {
      recurrent = zip(reset, state.fromState(2, state.h)).map { $0 * $1 }
    } else {
      recurrent = state.fromState(2, zip(reset, state.h).map { $0 * $1 })
    }
    let hidden = state.apply(1, zip(state.fromInput(2), recurrent).map { $0 + $1 })
    for unit in state.h.indices {
      state.h[unit] = (1 - update[unit]) * hidden[unit] + update[unit] * state.h[unit]
    }
  }

  /// Gates: input, output, forget, cell.
  static func lstm(_ state: inout RecurrentState, couplesForget: Bool) {
    func peephole(_ index: Int, _ cell: [Float]) -> [Float] {
      guard let weights = state.peephole else { return Array(repeating: 0, count: cell.count) }
      return zip(weights[(index * cell.count)...], cell).map { $0 * $1 }
    }
    func gate(_ index: Int, _ extra: [Float]) -> [Float] {
      state.apply(0, zip(state.sum(index), extra).map { $0 + $1 })
    }
    let input = gate(0, peephole(0, state.c))
    let forget = couplesForget ? input.map { 1 - $0 } : gate(2, peephole(2, state.c))
    let candidate = state.apply(1, state.sum(3))
    let cell = state.c.indices.map { forget[$0] * state.c[$0] + input[$0] * candidate[$0] }
    let output = gate(1, peephole(1, cell))
    state.c = cell
    state.h = zip(output, cell.map(state.functions[2])).map { $0 * $1 }
  }

  /// The functions of one direction: names, with the parameters of those that have some.
  static func functions(
    _ call: OperatorCall, _ direction: Int, defaults: [String]
  ) throws(ModelError) -> [@Sendable (Float) -> Float] {
    let names = try call.strings("activations") ?? defaults + defaults
    var alphas = (try call.floats("activation_alpha") ?? [])[...]
    var betas = (try call.floats("activation_beta") ?? [])[...]
    guard names.count >= (direction + 1) * defaults.count else {
      throw call.problem(
        "attribute \"activations\"", found: "\(names.count)",
        expected: "\(defaults.count) for each direction")
    }
    var functions: [@Sendable (Float) -> Float] = []
    for name in names.prefix((direction + 1) * defaults.count) {
      functions.append(try function(call, name, &alphas, &betas))
    }
    return Array(functions.suffix(defaults.count))
  }

  private static func function(
    _ call: OperatorCall, _ name: String, _ alphas: inout ArraySlice<Float>,
    _ betas: inout ArraySlice<Float>
  ) throws(ModelError) -> @Sendable (Float) -> Float {
    switch name.lowercased() {
    case "sigmoid": return { Activations.Sigmoid().apply($0) }
    case "tanh": return { Activations.Tanh().apply($0) }
    case "relu": return { Activations.Relu().apply($0) }
    case "softsign": return { Activations.Softsign().apply($0) }
    case "softplus": return { Activations.Softplus().apply($0) }
    case "elu":
      let alpha = alphas.popFirst() ?? 1
      return { Activations.Elu(alpha: alpha).apply($0) }
    case "leakyrelu":
      let alpha = alphas.popFirst() ?? 0.01
      return { Activations.LeakyRelu(alpha: alpha).apply($0) }
    case "thresholdedrelu":
      let alpha = alphas.popFirst() ?? 1
      return { Activations.ThresholdedRelu(alpha: alpha).apply($0) }
    case "hardsigmoid":
      let (alpha, beta) = (alphas.popFirst() ?? 0.2, betas.popFirst() ?? 0.5)
      return { Activations.HardSigmoid(alpha: alpha, beta: beta).apply($0) }
    case "affine":
      let (alpha, beta) = (alphas.popFirst() ?? 1, betas.popFirst() ?? 0)
      return { Activations.Affine(alpha: alpha, beta: beta).apply($0) }
    case "scaledtanh":
      let (alpha, beta) = (alphas.popFirst() ?? 1, betas.popFirst() ?? 1)
      return { Activations.ScaledTanh(alpha: alpha, beta: beta).apply($0) }
    default:
      throw call.problem(
        "attribute \"activations\"", found: "\"\(name)\"", expected: "a function of ONNX")
    }
  }
}
