import Testing

@testable import NeuralNetworks

@Suite struct TFLiteReaderTests {
  private func read(_ model: SmallModel) throws -> Network {
    try TFLiteReader.read(ModelBytes(model.file()), name: "small")
  }

  private func message(_ change: (inout SmallModel) -> Void) -> String {
    var model = SmallModel()
    change(&model)
    do {
      _ = try read(model)
      return "it was read"
    } catch { return "\(error)" }
  }

  @Test("A small model is read as it was written")
  func small() throws {
    let network = try read(SmallModel())
    #expect(network.main.operators.map(\.operation.name) == ["FULLY_CONNECTED"])
    #expect(network.main.tensors[1].constant?.elements(as: Int8.self) == [1, 2, 3, 4, 5, 6])
    #expect(network.workload().macs == 6)
  }

  @Test("All operators that we lack are listed by name and index")
  func unsupported() {
    let found = message {
      $0.codes = [
        .table([0: .int8(32), 1: .string("Magic")]), .table([0: .int8(9)]),
        .table([0: .int8(127), 3: .int32(146)]),
      ]
    }
    #expect(found.contains("subgraph 0, operator 0: custom operator Magic"))
    #expect(found.contains("subgraph 0, operator 2: RANDOM_STANDARD_NORMAL"))
    #expect(!found.contains("operator 1:"))
  }

  @Test("Each broken rule is named")
  func rules() {
    #expect(message { $0.version = 4 }.contains("schema version 4"))
    #expect(message { $0.weightBytes = [1] }.contains("a buffer of 1 bytes"))
    #expect(message { $0.weightScales = [0] }.contains("positive, finite"))
    #expect(message { $0.weightScales = [.infinity] }.contains("positive, finite"))
    #expect(message { $0.weightScales = [1, 1] }.contains("2 scales"))
    #expect(message { $0.weightZeroPoints = [1 << 40] }.contains("zero point"))
    #expect(
      message {
        $0.weightScales = [1, 1]
        $0.weightAxis = 1
      }.contains("scales along axis 0"))
    #expect(message { $0.biasType = 0 }.contains("int32 or int64 bias"))
    #expect(message { $0.inputShape = [1, 3] }.contains("a multiple of 2"))
    #expect(message { $0.inputShape = [-1, 2] }.contains("not negative"))
    #expect(message { $0.outputShape = [1, 4] }.contains("int8 [1, 3]"))
    #expect(message { $0.operands = [0, 99, 2] }.contains("tensor 99"))
    #expect(message { $0.operands = [3, 1, 2] }.contains("without a value"))
    #expect(message { $0.results = [0] }.contains("a second value"))
    #expect(message { $0.operands = [0] }.contains("1 inputs"))
  }

  @Test("A small model cut at any length is an error")
  func truncation() {
    let file = SmallModel().file()
    for length in 0..<file.count {
      let cut = ModelBytes(Array(file.prefix(length)))
      #expect(throws: ModelError.self, "\(length)") {
        try TFLiteReader.read(cut, name: "cut")
      }
    }
  }
}
