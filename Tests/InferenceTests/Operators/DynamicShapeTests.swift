import NeuralNetworks
import Testing

@testable import Inference

/// Small networks put together in memory.
private struct NetworkBuilder {
  var tensors: [Tensor] = []
  var operators: [Operator] = []

  mutating func value(_ type: ElementType, _ shape: Shape) -> Int {
    tensors.append(Tensor(name: "t\(tensors.count)", elementType: type, shape: shape))
    return tensors.count - 1
  }

  mutating func integers(_ values: [Int32], shape: Shape? = nil) -> Int {
    tensors.append(
      Tensor(
        name: "c\(tensors.count)", elementType: .int32, shape: shape ?? [values.count],
        constant: ConstantData(bytes: values.withUnsafeBytes { Array($0) })))
    return tensors.count - 1
  }

  mutating func add(_ operation: Operation, _ inputs: [Int], _ type: ElementType, _ shape: Shape)
    -> Int
  {
    let output = value(type, shape)
    operators.append(Operator(operation: operation, inputs: inputs, outputs: [output]))
    return output
  }

  func subgraph(inputs: [Int], outputs: [Int]) -> Subgraph {
    Subgraph(
      name: "s", tensors: tensors, inputs: inputs, outputs: outputs, operators: operators)
  }
}

@Suite("Dynamic shapes")
struct DynamicShapeTests {
  private func floats(_ values: [Float], _ shape: Shape) throws -> TensorValue {
    try values.withUnsafeBytes { try TensorValue(.float32, shape, bytes: $0) }
  }

  private func integers(_ values: [Int32], _ shape: Shape) throws -> TensorValue {
    try values.withUnsafeBytes { try TensorValue(.int32, shape, bytes: $0) }
  }

  private func network(_ subgraphs: [Subgraph]) throws -> Network {
    let network = Network(name: "test", subgraphs: subgraphs, fileByteCount: 0)
    try network.validate()
    return network
  }

  /// Flattens all but the batch, by the batch that the input really has.
  private func flattening() throws -> Network {
    var builder = NetworkBuilder()
    let input = builder.value(.float32, [1, 2, 3])
    let shape = builder.add(.plain(.shape), [input], .int32, [3])
    let (zero, one) = (builder.integers([0]), builder.integers([1]))
    let batch = builder.add(
      .stridedSlice(StridedSlice(shrinkAxisMask: 1)), [shape, zero, one, one], .int32, [])
    let rest = builder.integers([-1], shape: [])
    let target = builder.add(.pack(axis: 0), [batch, rest], .int32, [2])
    let flat = builder.add(.reshape(shape: nil), [input, target], .float32, [1, 6])
    let result = builder.add(.unary(.negation), [flat], .float32, [1, 6])
    return try network([builder.subgraph(inputs: [input], outputs: [result])])
  }

  @Test("A shape that is computed from the input's is folded, for any batch")
  func folding() throws {
    let network = try flattening()
    #expect(try !network.valueDependentOperators().isEmpty)
    for batch in 1...3 {
      let resized = try network.resized([Shape([batch, 2, 3])])
      #expect(try resized.valueDependentOperators().isEmpty)
      #expect(resized.main.operators.map(\.operation.name) == ["RESHAPE", "NEG"])
      let input = (0..<batch * 6).map(Float.init)
      var interpreter = Interpreter(try ExecutionPlan(resized, arithmetic: .doubleRounding))
      input.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      let planned = interpreter.withOutput(0) { Array($0) }
      var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
      let output = try dynamic.run([try floats(input, Shape([batch, 2, 3]))])[0]
      #expect(output.shape == Shape([batch, 6]))
      #expect(output.withBytes { Array($0) } == planned)
      #expect(output.elements(as: Float.self)[1] == -1)
    }
  }

  @Test("An output may have as many elements as the values say")
  func nonzero() throws {
    var builder = NetworkBuilder()
    let input = builder.value(.int32, [5])
    let places = builder.add(.plain(.nonzeroIndices), [input], .int64, [0, 1])
    let result = builder.add(.plain(.gatherND), [input, places], .int32, [0])
    let network = try network([builder.subgraph(inputs: [input], outputs: [result])])
    #expect(throws: ModelError.self) {
      _ = try ExecutionPlan(network, arithmetic: .doubleRounding)
    }
    var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
    for (values, expected) in [([0, 7, 0, -2, 3], [7, -2, 3]), ([0, 0, 0, 0, 0], [])]
      as [([Int32], [Int32])]
    {
      let output = try dynamic.run([try integers(values, [5])])[0]
      #expect((0..<output.count).map { output.elements(as: Int32.self)[$0] } == expected)
    }
  }

  /// Doubles a vector, or adds 1 to it, while its first element is under 100.
  private func loop(growing: Bool, endless: Bool = false) throws -> Network {
    var main = NetworkBuilder()
    let state = main.value(.int32, [2])
    let result = main.add(.whileLoop(condition: 1, body: 2), [state], .int32, [2])
    var condition = NetworkBuilder()
    let tested = condition.value(.int32, [2])
    let axis = condition.integers([0])
    let first = condition.add(
      .reduce(.maximum, keepsDimensions: true), [tested, axis], .int32, [1])
    let limit = condition.integers([endless ? .max : 100])
    let holds = condition.add(.compare(.less), [first, limit], .bool, [1])
    var body = NetworkBuilder()
    let old = body.value(.int32, [2])
    let next =
      growing
      ? body.add(.concatenation(axis: 0, activation: .none), [old, old], .int32, [4])
      : body.add(.binary(.add, activation: .none), [old, old], .int32, [2])
    let step = body.integers([endless ? 0 : 30])
    let new = body.add(
      .binary(growing ? .add : .multiply, activation: .none),
      [next, growing ? step : body.integers([endless ? 0 : 1])], .int32, growing ? [4] : [2])
    return try network([
      main.subgraph(inputs: [state], outputs: [result]),
      condition.subgraph(inputs: [tested], outputs: [holds]),
      body.subgraph(inputs: [old], outputs: [new]),
    ])
  }

  @Test("A loop runs until its condition fails, planned or not")
  func loops() throws {
    let network = try loop(growing: false)
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: .doubleRounding))
    let input: [Int32] = [3, 1]
    input.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
    try interpreter.invoke()
    #expect(interpreter.withOutput(0) { $0.load(as: Int32.self) } == 192)
    var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
    let output = try dynamic.run([try integers(input, [2])])[0]
    #expect(output.elements(as: Int32.self)[0] == 192)
    #expect(output.elements(as: Int32.self)[1] == 64)
  }

  @Test("The state of a loop may grow")
  func growth() throws {
    let network = try loop(growing: true)
    #expect(try !network.valueDependentOperators().isEmpty)
    var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
    let output = try dynamic.run([try integers([3, 1], [2])])[0]
    #expect(output.shape == [32])
    #expect(output.elements(as: Int32.self)[0] == 123)
  }

  @Test("A loop without an end is an error, planned or not")
  func endless() throws {
    let network = try loop(growing: false, endless: true)
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: .doubleRounding))
    #expect(throws: ModelError.self) { try interpreter.invoke() }
  }

  @Test("A condition chooses the subgraph")
  func conditional() throws {
    var main = NetworkBuilder()
    let (condition, value) = (main.value(.bool, []), main.value(.float32, [2]))
    let result = main.add(
      .conditional(then: 1, otherwise: 2), [condition, value], .float32, [2])
    func branch(_ operation: UnaryOperation) -> Subgraph {
      var builder = NetworkBuilder()
      let input = builder.value(.float32, [2])
      let output = builder.add(.unary(operation), [input], .float32, [2])
      return builder.subgraph(inputs: [input], outputs: [output])
    }
    let network = try network([
      main.subgraph(inputs: [condition, value], outputs: [result]), branch(.negation),
      branch(.square),
    ])
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: .doubleRounding))
    for (flag, expected) in [(UInt8(1), Float(-3)), (0, 9)] {
      [flag].withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      [Float(3), 4].withUnsafeBytes { interpreter.setInput(1, bytes: $0) }
      try interpreter.invoke()
      #expect(interpreter.withOutput(0) { $0.load(as: Float.self) } == expected)
      var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
      let flagValue = try [flag].withUnsafeBytes { try TensorValue(.bool, [], bytes: $0) }
      let output = try dynamic.run([flagValue, try floats([3, 4], [2])])[0]
      #expect(output.elements(as: Float.self)[0] == expected)
    }
  }

  @Test("Subgraphs that call each other in a circle are refused")
  func recursion() throws {
    var main = NetworkBuilder()
    let value = main.value(.float32, [2])
    let result = main.add(.whileLoop(condition: 1, body: 1), [value], .float32, [2])
    let subgraph = main.subgraph(inputs: [value], outputs: [result])
    let error = #expect(throws: ModelError.self) { try self.network([subgraph, subgraph]) }
    #expect("\(try #require(error))".contains("does not call back"))
  }

  @Test("An index out of range is an error of the invocation, planned or not")
  func indices() throws {
    var builder = NetworkBuilder()
    let (table, places) = (builder.value(.float32, [3]), builder.value(.int32, [1]))
    let result = builder.add(
      .gather(axis: 0, batchAxisCount: 0), [table, places], .float32, [1])
    let network = try network([
      builder.subgraph(inputs: [table, places], outputs: [result])
    ])
    let plan = try ExecutionPlan(network, arithmetic: .doubleRounding)
    #expect(plan.mayFail)
    var interpreter = Interpreter(plan)
    for (place, isFine) in [(Int32(2), true), (3, false), (-1, false), (.max, false), (0, true)] {
      [place].withUnsafeBytes { interpreter.setInput(1, bytes: $0) }
      let isRun = (try? interpreter.invoke()) != nil
      #expect(isRun == isFine)
      var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
      let output = try? dynamic.run([
        try floats([1, 2, 3], [3]), try integers([place], [1]),
      ])
      #expect((output != nil) == isFine)
    }
  }

  @Test(
    "Operator by operator, every case computes what a plan computes",
    arguments: [
      "binary", "comparisons", "indexing", "rearrangements", "reductions", "selections", "unary",
    ])
  func cases(family: String) throws {
    for operatorCase in try OperatorCase.all(of: family) {
      let network = try TFLiteReader.read(ModelBytes(operatorCase.model), name: operatorCase.name)
      let main = network.main
      var dynamic = try DynamicInterpreter(network, arithmetic: .doubleRounding)
      let outputs = try operatorCase.inputs.map { invocation in
        var values: [TensorValue] = []
        for (tensor, bytes) in zip(main.inputs, invocation) {
          values.append(
            try bytes.withUnsafeBytes {
              try TensorValue(
                main.tensors[tensor].elementType, main.tensors[tensor].shape, bytes: $0)
            })
        }
        return try dynamic.run(values).map { output in output.withBytes { Array($0) } }
      }
      #expect(try operatorCase.outputs(.doubleRounding) == outputs, "\(operatorCase.name)")
    }
  }
}
