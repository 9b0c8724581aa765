import NeuralNetworks
import Testing

@testable import EdgeSimCore

@Suite("edgesim infer")
struct InferCommandTests {
  /// y = -x, [1, 2] as stated, with any second extent.
  private static func negation() -> Network {
    var tensors = ["x", "y"].map {
      Tensor(name: $0, elementType: .float32, shape: [1, 2])
    }
    for index in tensors.indices { tensors[index].isDynamic = [false, true] }
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [1],
      operators: [Operator(operation: .unary(.negation), inputs: [0], outputs: [1])])
    return Network(name: "negation", subgraphs: [main], fileByteCount: 0)
  }

  @Test("Samples may have other extents where the model's signature leaves them open")
  func dynamicAxes() throws {
    try withTemporaryFolder { folder in
      let model = "\(folder)/m.tflite"
      let bytes = try TFLiteWriter.bytes(of: Self.negation())
      let read = try TFLiteReader.read(ModelBytes(bytes), name: "negation")
      #expect(read.main.tensors.map(\.isDynamic) == [[false, true], [false, true]])
      #expect(read.main.tensors[0].takes([1, 7]) && !read.main.tensors[0].takes([2, 2]))
      try AtomicFile.write(bytes, to: model)
      for (extents, code) in [([3, 4], 0), ([3, 2], 0), ([2, 3, 4], 2)] as [([Int], Int32)] {
        let values = (0..<extents.reduce(1, *)).map(Float.init)
        let array = NPYFile(
          elementType: .float32, shape: extents, bytes: values.withUnsafeBytes { Array($0) })
        try array.write(to: "\(folder)/x.npy")
        let exit = CommandLineTool.run([
          "infer", model, "--input", "\(folder)/x.npy", "--output", "\(folder)/y.npy",
        ])
        #expect(exit == code)
        guard exit == 0 else { continue }
        let result = try NPYFile.read(path: "\(folder)/y.npy")
        #expect(result.shape == extents && result.bytes.floats == values.map { -$0 })
      }
    }
  }
}
