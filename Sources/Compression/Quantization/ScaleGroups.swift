import NeuralNetworks
import Training

/// Which tensors of a network must have one scale, and which scale that is.
struct ScaleGroups {
  private var parents: [Int]
  /// By first tensor of a group.
  private var quantizations: [Int: Quantization] = [:]
  /// By tensor: the scale in which an operator with a fixed range writes, where that is not its
  /// group's.
  private(set) var fixedOutputs: [Int: Quantization] = [:]

  /// - Parameter isInt16: of the activations.
  /// - Throws: `ModelError` with the layer that has no range, or none that can be used.
  init(_ graph: Subgraph, _ ranges: ActivationRanges, isInt16: Bool) throws(ModelError) {
    parents = Array(graph.tensors.indices)
    var moved: Set<Int> = []
    for op in graph.operators {
      guard case .sameScale = QuantizableOperator(op.operation) else { continue }
      let operands = (op.inputs.compactMap { $0 } + op.outputs).filter(graph.isReal)
      for operand in operands.dropFirst() { join(operands[0], operand) }
      moved.formUnion(op.outputs)
    }
    let fixed = Self.fixedOutputs(graph, isInt16: isInt16)
    for (tensor, quantization) in fixed.sorted(by: { $0.key < $1.key }) {
      let group = root(tensor)
      let sources = graph.tensors.indices.filter {
        graph.isReal($0) && root($0) == group && !moved.contains($0)
      }
      if sources == [tensor] {
        quantizations[group] = quantization
      } else {
        fixedOutputs[tensor] = quantization
      }
    }
    try measure(graph, ranges, isInt16: isInt16)
  }

  private static func fixedOutputs(_ graph: Subgraph, isInt16: Bool) -> [Int: Quantization] {
    var result: [Int: Quantization] = [:]
    for op in graph.operators {
      guard case .fixed(let int8, let int16) = QuantizableOperator(op.operation) else { continue }
      result[op.outputs[0]] = isInt16 ? int16 : int8
    }
    return result
  }

  /// Groups without a fixed scale take the range of all their members together.
  private mutating func measure(
    _ graph: Subgraph, _ ranges: ActivationRanges, isInt16: Bool
  ) throws(ModelError) {
    let operands = graph.activationOperands
    var bounds: [Int: ClosedRange<Float>] = [:]
    for tensor in operands {
      let group = root(tensor)
      guard quantizations[group] == nil else { continue }
      guard let range = graph.tensors[tensor].floatRange ?? ranges[tensor] else {
        throw ModelError(
          place: graph.place(ofTensor: tensor), found: "no calibrated range",
          expected: "one for each activation")
      }
      guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw ModelError(
          place: graph.place(ofTensor: tensor), found: "the range \(range)",
          expected: "finite values"
        )
      }
      let known = bounds[group] ?? range
      bounds[group] =
        min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    }
    for (group, range) in bounds {
      quantizations[group] =
        isInt16 ? Quantization(symmetric: range) : Quantization(asymmetric: range)
    }
  }

  /// The scale of a tensor; nil when no operator sees it as an activation.
  func quantization(of tensor: Int) -> Quantization? { quantizations[root(tensor)] }

  private func root(_ tensor: Int) -> Int {
    var tensor = tensor
    while parents[tensor] != tensor { tensor = parents[tensor] }
    return tensor
  }

  private mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    // The smaller index leads, whatever the order of joining.
    parents[max(a, b)] = min(a, b)
  }
}

extension Quantization {
  /// int8 over a range that is widened to hold 0 exactly.
  init(asymmetric range: ClosedRange<Float>) {
    let (low, high) = (Double(min(range.lowerBound, 0)), Double(max(range.upperBound, 0)))
    let scale = Float((high - low) / 255)
    guard scale >= .leastNormalMagnitude else {
      self.init(scale: 1, zeroPoint: 0)
      return
    }
    let zeroPoint = (-128 - low / ((high - low) / 255)).rounded(.toNearestOrAwayFromZero)
    self.init(scale: scale, zeroPoint: Int(max(-128, min(127, zeroPoint))))
  }

  /// int16 around 0.
  init(symmetric range: ClosedRange<Float>) {
    let scale = max(abs(range.lowerBound), abs(range.upperBound)) / 32_767
    self.init(scale: scale >= .leastNormalMagnitude ? scale : 1, zeroPoint: 0)
  }
}

extension Subgraph {
  /// Whether a tensor holds real numbers that quantization is about.
  func isReal(_ tensor: Int) -> Bool { tensors[tensor].elementType == .float32 }

  /// Real tensors that operators see as activations, or that enter or leave the network; ascending.
  var activationOperands: [Int] {
    var operands = Set(inputs + outputs)
    for op in operators {
      operands.formUnion(op.outputs)
      for (place, input) in op.inputs.enumerated() {
        guard let input else { continue }
        if let places = WeightPlaces(op.operation), place != places.value { continue }
        operands.insert(input)
      }
    }
    return operands.filter(isReal).sorted()
  }

  /// For messages: the tensor, and who writes it.
  func place(ofTensor tensor: Int) -> String {
    let name = "tensor \(tensor) \"\(tensors[tensor].name)\""
    guard let index = operators.firstIndex(where: { $0.outputs.contains(tensor) }) else {
      return name
    }
    return "\(place(ofOperator: index)), \(name)"
  }

  func place(ofOperator index: Int) -> String {
    "operator \(index) (\(operators[index].operation.name))"
  }
}

extension Tensor {
  /// Of a float32 constant that is not empty. O(elements).
  var floatRange: ClosedRange<Float>? {
    guard let floats, let first = floats.first else { return nil }
    let (low, high) = floats.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
    return low <= high ? low...high : nil
  }
}
