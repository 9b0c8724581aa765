/// Reads `.onnx` files. Constants stay in the mapped file.
///
/// Source: onnx.proto3 (IR versions 3 and later).
public enum ONNXReader {
  /// - Throws: `ModelError` with the byte, and the node's index, where the file is broken or uses
  ///   what is not supported. Allocates at most a fixed multiple of the file's size. O(file).
  public static func read(_ file: ModelBytes, name: String) throws(ModelError) -> ONNXModel {
    try file.withBytes { (bytes) throws(ModelError) -> ONNXModel in
      try model(file, bytes, name: name)
    }
  }

  /// Reads a file that is one `TensorProto`, as ONNX's test data are.
  public static func tensor(_ file: ModelBytes) throws(ModelError) -> ONNXTensor {
    try file.withBytes { (bytes) throws(ModelError) -> ONNXTensor in
      try ONNXTensorReader(file, bytes, 0..<bytes.count).tensor()
    }
  }

  /// Protobuf has no magic number: a model is a whole number of well-formed fields, among them one
  /// graph and an operator set. O(top-level fields).
  static func isModel(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var cursor = ProtobufCursor(bytes, range: 0..<bytes.count)
    var (hasGraph, hasOperatorSet) = (false, false)
    do throws(ModelError) {
      while let field = try cursor.next() {
        guard field.number <= 25 else { return false }
        if case .bytes = field.value {
          hasGraph = hasGraph || field.number == 7
          hasOperatorSet = hasOperatorSet || field.number == 8
        }
      }
    } catch { return false }
    return hasGraph && hasOperatorSet
  }

  private static func model(
    _ file: ModelBytes, _ bytes: UnsafeRawBufferPointer, name: String
  ) throws(ModelError) -> ONNXModel {
    var graph: ONNXGraph?
    var sets: [ONNXModel.OperatorSet] = []
    var cursor = ProtobufCursor(bytes, range: 0..<bytes.count)
    while let field = try cursor.next() {
      switch field.number {
      case 7: graph = try ONNXGraphReader(file: file, bytes: bytes).graph(field.range())
      case 8: sets.append(try operatorSet(bytes, field.range()))
      case 25:
        throw ModelError(
          place: "byte \(field.place)", found: "a model-local function",
          expected: "a model with its functions inlined (onnx.inliner)")
      default: break
      }
    }
    guard let graph else {
      throw ModelError(place: "file", found: "no graph", expected: "an ONNX model")
    }
    return ONNXModel(
      name: name, operatorSets: sets, graph: graph, fileByteCount: bytes.count)
  }

  private static func operatorSet(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) throws(ModelError) -> ONNXModel.OperatorSet {
    var set = ONNXModel.OperatorSet(domain: "", version: 0)
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1:
        let domain = try field.string(in: bytes)
        set.domain = domain == "ai.onnx" ? "" : domain
      case 2: set.version = try field.integer()
      default: break
      }
    }
    return set
  }
}
