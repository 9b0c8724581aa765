import Testing

@testable import NeuralNetworks

@Suite struct ModelSurveyTests {
  private func survey(_ model: SmallModel) throws -> [SurveyedOperator] {
    try TFLiteReader.survey(ModelBytes(model.file()), name: "small").operators
  }

  private func problem(_ op: SurveyedOperator) -> String? {
    if case .unreadable(let problem) = op.finding { problem } else { nil }
  }

  @Test("A model with operators that we lack is listed whole")
  func unknownOperators() throws {
    var model = SmallModel()
    model.codes = [
      .table([0: .int8(9)]), .table([0: .int8(32), 1: .string("Fft")]), .table([0: .int8(16)]),
    ]
    #expect(throws: ModelError.self) { try TFLiteReader.read(ModelBytes(model.file()), name: "") }
    let operators = try survey(model)
    #expect(operators.map(\.name) == ["FULLY_CONNECTED", "custom operator Fft", "LSTM"])
    #expect(operators.map(\.index) == [0, 1, 2])
    #expect(operators[0].inputTypes == ["int8", "int8", "int32"])
    #expect(problem(operators[0]) == nil)
    #expect(problem(operators[1]) != nil && problem(operators[2]) != nil)
  }

  @Test("A tensor that we cannot read is named by its type")
  func unknownType() throws {
    var model = SmallModel()
    model.biasType = 5
    let op = try #require(try survey(model).first)
    #expect(op.inputTypes == ["int8", "int8", "string"])
    #expect(problem(op)?.contains("tensor 2") == true)
  }

  @Test("Operands that are not there are no crash")
  func missingOperands() throws {
    var model = SmallModel()
    model.operands = [0, 99, 2]
    let op = try #require(try survey(model).first)
    #expect(op.inputTypes[1] == "no tensor 99" && problem(op) != nil)
  }
}
