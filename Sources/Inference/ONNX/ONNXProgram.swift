import NeuralNetworks

/// An ONNX model made ready to run.
public struct ONNXProgram: Sendable {
  public let model: ONNXModel
  let main: GraphProgram
  let slotCount: Int

  /// Names every unsupported operator at once, before anything runs. O(model).
  public init(_ model: ONNXModel) throws(ModelError) {
    var compiler = GraphCompiler(model)
    let main = try compiler.compile(model.graph)
    let unsupported = compiler.unsupported
    guard unsupported.isEmpty else {
      let shown = unsupported.prefix(20).joined(separator: ", ")
      let rest = unsupported.count > 20 ? " and \(unsupported.count - 20) more" : ""
      throw ModelError(
        place: "graph", found: "operators that are not supported: \(shown)\(rest)",
        expected: "supported ones (docs/onnx.md)")
    }
    if let error = ModelError(all: compiler.unreadable) { throw error }
    self.model = model
    self.main = main
    slotCount = compiler.slotCount
  }
}
