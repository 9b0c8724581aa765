import NeuralNetworks

/// Operators that run graphs.
enum ControlOperators {
  static func branch(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let isTrue = try LogicOperators.condition(call.value(0))
    return try call.run(isTrue ? "then_branch" : "else_branch", [])
  }

  /// Outputs: the last loop-carried values, then what each iteration gives, stacked.
  static func loop(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let trips = try call.integers(0)?.first ?? .max
    var goes = call.hasInput(1) ? try LogicOperators.condition(call.value(1)) : true
    var carried: [ONNXValue] = []
    for index in 2..<max(call.inputs.count, 2) { carried.append(try call.value(index)) }
    let scanned = call.node.outputs.count - carried.count
    var scans = [[TensorValue]](repeating: [], count: max(scanned, 0))
    var iteration = 0
    while goes, iteration < trips {
      let number = ONNXValue.tensor(try TensorValue(scalar: Int64(iteration)))
      let condition = ONNXValue.tensor(
        try NewTensor<UInt8>.scalar(.bool, 1))
      let outputs = try call.run("body", [number, condition] + carried)
      guard outputs.count == 1 + carried.count + scans.count else {
        throw call.problem(
          "attribute \"body\"", found: "\(outputs.count) outputs",
          expected: "\(1 + carried.count + scans.count)")
      }
      goes = try LogicOperators.condition(outputs[0])
      carried = Array(outputs[1..<1 + carried.count])
      try collect(outputs.dropFirst(1 + carried.count), into: &scans)
      iteration += 1
    }
    var result = carried
    for scan in scans { result.append(.tensor(try stack(scan, axis: 0))) }
    return result
  }

  private static func collect(
    _ outputs: ArraySlice<ONNXValue>, into scans: inout [[TensorValue]]
  ) throws(ModelError) {
    for (index, value) in outputs.enumerated() {
      guard case .tensor(let tensor) = value else {
        throw ModelError(place: "scan output \(index)", found: value.kind, expected: "a tensor")
      }
      scans[index].append(tensor)
      try Evaluation.check(collectedBytes: tensor.byteCount * scans[index].count)
    }
  }

  /// Tensors of one shape along a new axis; no tensors give an empty vector.
  static func stack(_ tensors: [TensorValue], axis: Int) throws(ModelError) -> TensorValue {
    guard let first = tensors.first else { return try NewTensor<Float>([0]).value }
    guard tensors.allSatisfy({ $0.shape == first.shape }) else {
      throw ModelError(
        place: "scan output", found: "different shapes", expected: "the same in each iteration")
    }
    let axis = try normalized(axis, rank: first.rank + 1, place: "axis")
    var dimensions = first.shape.dimensions
    dimensions.insert(1, at: axis)
    let shape = try checkedShape(dimensions)
    return try MovementOperators.concatenate(tensors.map { $0.reshaped(shape) }, axis: axis)
  }

  /// Before opset 9 the first input is the sequences' lengths and the first axis counts batches.
  static func scan(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    guard call.version < 9 else { return try scan(call, Array(call.allInputs())) }
    guard !call.hasInput(0) else {
      throw call.problem("input 0", found: "sequence lengths", expected: "none")
    }
    var inputs: [TensorValue] = []
    for index in 1..<max(call.inputs.count, 1) { inputs.append(try call.input(index)) }
    guard let batches = inputs.first?.shape.dimensions.first,
      inputs.allSatisfy({ $0.shape.dimensions.first == batches }), batches > 0
    else { throw call.problem("inputs", found: "no batch axis", expected: "the same one") }
    var parts: [[TensorValue]] = []
    for batch in 0..<batches {
      var slices: [TensorValue] = []
      for input in inputs { slices.append(try input.part(axis: 0, batch)) }
      let outputs = try scan(call, slices)
      if parts.isEmpty { parts = outputs.map { _ in [] } }
      try collect(outputs[...], into: &parts)
    }
    var result: [ONNXValue] = []
    for part in parts { result.append(.tensor(try stack(part, axis: 0))) }
    return result
  }

  private static func scan(
    _ call: OperatorCall, _ inputs: [TensorValue]
  ) throws(ModelError) -> [ONNXValue] {
    let plan = try ScanPlan(call, inputs)
    var states = inputs[..<plan.stateCount].map(ONNXValue.tensor)
    var scans = [[TensorValue]](repeating: [], count: plan.outputAxes.count)
    for step in 0..<plan.length {
      var elements: [ONNXValue] = []
      for (index, input) in inputs[plan.stateCount...].enumerated() {
        let place = plan.inputsReversed[index] ? plan.length - 1 - step : step
        elements.append(.tensor(try input.part(axis: plan.inputAxes[index], place)))
      }
      let outputs = try call.run("body", states + elements)
      guard outputs.count == plan.stateCount + scans.count else {
        throw call.problem(
          "attribute \"body\"", found: "\(outputs.count) outputs",
          expected: "\(plan.stateCount + scans.count)")
      }
      states = Array(outputs[..<plan.stateCount])
      try collect(outputs[plan.stateCount...], into: &scans)
    }
    for (index, scan) in scans.enumerated() {
      let tensors = plan.outputsReversed[index] ? scan.reversed() : scan
      states.append(.tensor(try stack(tensors, axis: plan.outputAxes[index])))
    }
    return states
  }
}

/// The attributes of `Scan`, held against its inputs.
private struct ScanPlan {
  var stateCount: Int
  var length: Int
  var inputAxes: [Int] = []
  var inputsReversed: [Bool]
  var outputAxes: [Int]
  var outputsReversed: [Bool]

  init(_ call: OperatorCall, _ inputs: [TensorValue]) throws(ModelError) {
    let scanned = try call.required("num_scan_inputs", call.optionalInt("num_scan_inputs"))
    guard scanned >= 1, scanned <= inputs.count,
      inputs.count - scanned <= call.node.outputs.count
    else {
      throw call.problem(
        "attribute \"num_scan_inputs\"", found: "\(scanned)", expected: "1...\(inputs.count)")
    }
    stateCount = inputs.count - scanned
    let outputCount = call.node.outputs.count - stateCount
    let axes = try call.ints("scan_input_axes") ?? Array(repeating: 0, count: scanned)
    inputsReversed = try Self.flags(
      call, call.version < 9 ? "directions" : "scan_input_directions", scanned)
    outputAxes =
      try call.ints("scan_output_axes") ?? Array(repeating: 0, count: outputCount)
    outputsReversed = try Self.flags(call, "scan_output_directions", outputCount)
    guard axes.count == scanned, outputAxes.count == outputCount else {
      throw call.problem("axes", found: "\(axes.count)", expected: "one for each scanned value")
    }
    length = 0
    for (axis, input) in zip(axes, inputs[stateCount...]) {
      inputAxes.append(try normalized(axis, rank: input.rank, place: "scan_input_axes"))
    }
    let lengths = zip(inputAxes, inputs[stateCount...]).map { $1.shape[$0] }
    guard Set(lengths).count == 1 else {
      throw call.problem("inputs", found: "lengths \(lengths)", expected: "the same")
    }
    length = lengths[0]
  }

  private static func flags(
    _ call: OperatorCall, _ name: String, _ count: Int
  ) throws(ModelError) -> [Bool] {
    let values = try call.ints(name) ?? Array(repeating: 0, count: count)
    guard values.count == count else {
      throw call.problem("attribute \"\(name)\"", found: "\(values.count)", expected: "\(count)")
    }
    return values.map { $0 != 0 }
  }
}

extension NewTensor {
  static func scalar(_ type: ElementType, _ element: Element) throws(ModelError) -> TensorValue {
    let result = try NewTensor(type, [])
    result[0] = element
    return result.value
  }
}
