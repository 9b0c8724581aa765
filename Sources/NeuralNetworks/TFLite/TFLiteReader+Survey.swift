extension TFLiteReader {
  /// Lists every operator, whether we have it or not. O(file).
  ///
  /// - Throws: `ModelError` when the file is no `.tflite` model, or its tables are broken.
  public static func survey(_ file: ModelBytes, name: String) throws(ModelError) -> ModelSurvey {
    try file.withBytes { (bytes) throws(ModelError) -> ModelSurvey in
      let reader = try TFLiteReader(file, FlatBuffer(bytes: bytes))
      var operators: [SurveyedOperator] = []
      var budget = ReadBudget(fileByteCount: bytes.count)
      var surveys: [SubgraphSurvey] = []
      for index in reader.subgraphTables.indices {
        surveys.append(try SubgraphSurvey(reader, subgraph: index, &budget))
      }
      let network = surveys.map(\.subgraph)
      for survey in surveys { operators += try survey.operators(of: network, &budget) }
      return ModelSurvey(name: name, fileByteCount: bytes.count, operators: operators)
    }
  }
}

/// One subgraph read leniently: a tensor that we cannot read spoils its own operators only.
private struct SubgraphSurvey {
  private let reader: TFLiteReader
  private let number: Int
  private let tables: [FlatBufferTable]
  /// Without operators.
  private(set) var subgraph: Subgraph
  private var typeNames: [String] = []
  /// What is wrong with each tensor.
  private var problems: [Int: String] = [:]
  /// Variables that operators keep outside of the file, as their further inputs.
  private var states: [Int: Int] = [:]

  init(
    _ reader: TFLiteReader, subgraph number: Int, _ budget: inout ReadBudget
  ) throws(ModelError) {
    self.reader = reader
    self.number = number
    let table = reader.subgraphTables[number]
    tables = try table.tables(3, limit: TFLiteReader.maximumCount)
    subgraph = Subgraph(
      name: "", tensors: [],
      inputs: try table.integers(1, of: Int32.self, limit: TFLiteReader.maximumOperands),
      outputs: try table.integers(2, of: Int32.self, limit: TFLiteReader.maximumOperands),
      operators: [])
    for (index, table) in try table.tables(0, limit: TFLiteReader.maximumCount).enumerated() {
      let place = "subgraph \(number), tensor \(index)"
      typeNames.append(TFLiteSchema.typeName(try table.scalar(1, default: Int8(0))))
      do throws(ModelError) {
        let tensor = try reader.tensor(table, place: place, &budget)
        try tensor.validate(place: place)
        subgraph.tensors.append(tensor)
      } catch {
        problems[index] = "tensor \(index): \(error.found), not \(error.expected)"
        subgraph.tensors.append(Tensor(name: "", elementType: .resource, shape: []))
      }
    }
    for (index, table) in tables.enumerated() { try addState(of: table, index, &budget) }
  }

  private mutating func addState(
    of table: FlatBufferTable, _ index: Int, _ budget: inout ReadBudget
  ) throws(ModelError) {
    let name = try reader.operatorName(table, place: place(index, "?"))
    guard OperatorDefinition.signalNames.contains(name),
      let operation = try? OperatorDefinition.named(name)?.operation(
        OperatorOptions(operator: table, place: ""))
    else { return }
    let inputs = try operands(table, field: 1, place: place(index, name), &budget)
    var op = Operator(operation: operation, inputs: inputs, outputs: [])
    subgraph.addState(to: &op)
    guard op.inputs.count > inputs.count, let state = op.inputs.last, let state else { return }
    states[index] = state
    typeNames.append(subgraph.tensors[state].elementType.rawValue)
    try budget.spend(subgraph.tensors[state], place: place(index, name))
  }

  func operators(
    of network: [Subgraph], _ budget: inout ReadBudget
  ) throws(ModelError) -> [SurveyedOperator] {
    var result: [SurveyedOperator] = []
    var reads = ConstantReads(of: subgraph.tensors)
    for (index, table) in tables.enumerated() {
      let name = try reader.operatorName(table, place: place(index, "?"))
      let inputs = try operands(table, field: 1, place: place(index, name), &budget)
      let outputs = try operands(table, field: 2, place: place(index, name), &budget)
      try budget.spend(bytes: 160 + name.utf8.count, place: place(index, name))
      try reads.add(inputs, &budget, place: place(index, name))
      result.append(
        SurveyedOperator(
          subgraph: number, index: index, name: name, inputTypes: inputs.map(typeName),
          outputTypes: outputs.map(typeName),
          finding: finding(
            table, name, inputs + (states[index].map { [$0] } ?? []), outputs, network, &budget,
            place: place(index, name))))
    }
    return result
  }

  private func place(_ index: Int, _ name: String) -> String {
    "subgraph \(number), operator \(index) (\(name))"
  }

  private func operands(
    _ table: FlatBufferTable, field: Int, place: String, _ budget: inout ReadBudget
  ) throws(ModelError) -> [Int?] {
    let numbers = try table.integers(field, of: Int32.self, limit: TFLiteReader.maximumOperands)
    // The number, and the name of its type.
    try budget.spend(bytes: 32 * numbers.count, place: place)
    return numbers.map { $0 == -1 ? nil : $0 }
  }

  private func typeName(_ tensor: Int?) -> String {
    guard let tensor else { return "-" }
    return typeNames.indices.contains(tensor) ? typeNames[tensor] : "no tensor \(tensor)"
  }

  private func isCallable(_ callee: Int, _ network: [Subgraph]) -> Bool {
    network.indices.contains(callee)
      && (network[callee].inputs + network[callee].outputs).allSatisfy {
        network[callee].tensors.indices.contains($0)
      }
  }

  private func finding(
    _ table: FlatBufferTable, _ name: String, _ inputs: [Int?], _ outputs: [Int?],
    _ network: [Subgraph], _ budget: inout ReadBudget, place: String
  ) -> SurveyedOperator.Finding {
    do throws(ModelError) {
      guard let definition = OperatorDefinition.named(name) else {
        return .unreadable("the operator")
      }
      let operation = try definition.operation(
        try OperatorOptions(operator: table, place: place))
      try budget.spend(bytes: operation.tableBytes, place: place)
      let intermediates = try TFLiteReader.intermediates(table, of: name)
      for tensor in inputs.compactMap({ $0 }) + outputs.map({ $0 ?? -1 }) + intermediates {
        guard subgraph.tensors.indices.contains(tensor) else {
          return .unreadable("tensor \(tensor): one of \(subgraph.tensors.count)")
        }
        if let problem = problems[tensor] { return .unreadable(problem) }
      }
      guard Set(inputs.compactMap { $0 }).isDisjoint(with: outputs.compactMap { $0 }) else {
        return .unreadable("outputs other than its inputs")
      }
      guard operation.callees.allSatisfy({ isCallable($0, network) }) else {
        return .unreadable("a subgraph that is there, with operands that are there")
      }
      let op = Operator(
        operation: operation, inputs: inputs, outputs: outputs.compactMap { $0 },
        intermediates: intermediates)
      let check = OperatorCheck(network: network, subgraph: subgraph, op: op, place: place)
      guard let types = try check.inferredTypes() else { return .dependent(operation) }
      for (index, type) in types.enumerated()
      where check.output(index).elementType != type.elementType {
        return .unreadable("\(check.output(index).type) as output \(index), not \(type)")
      }
      return .readable(
        .init(network: network, subgraph: subgraph.with(types, of: op.outputs), op: op))
    } catch {
      return .unreadable("\(error.found), not \(error.expected)")
    }
  }
}

extension Subgraph {
  /// With outputs of the shapes that an operator's rule infers: a file may state any.
  fileprivate func with(_ types: [TensorType], of outputs: [Int]) -> Subgraph {
    var subgraph = self
    for (type, output) in zip(types, outputs) {
      subgraph.tensors[output].shape = type.shape
    }
    return subgraph
  }
}
