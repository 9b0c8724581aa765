/// Reads `.onnx` files. Constants stay in the mapped file.
///
/// Source: onnx.proto3 (IR versions 3 and later).
public enum ONNXReader {
  /// - Parameter folder: where files with external data are; nil when there may be none.
  /// - Throws: `ModelError` with the byte, and the node's index, where the file is broken or uses
  ///   what is not supported. Allocates at most a fixed multiple of the file's size. O(file).
  public static func read(
    _ file: ModelBytes, name: String, folder: String? = nil
  ) throws(ModelError) -> ONNXModel {
    try file.withBytes { (bytes) throws(ModelError) -> ONNXModel in
      let external = folder.map { ONNXExternalFiles(folder: $0) }
      var model = try model(
        ONNXGraphReader(file: file, bytes: bytes, external: external), bytes, name: name)
      model.fileByteCount += external?.byteCount ?? 0
      return model
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
    _ reader: ONNXGraphReader, _ bytes: UnsafeRawBufferPointer, name: String
  ) throws(ModelError) -> ONNXModel {
    var graph: ONNXGraph?
    var functions: [ONNXFunction] = []
    var sets: [ONNXModel.OperatorSet] = []
    var cursor = ProtobufCursor(bytes, range: 0..<bytes.count)
    while let field = try cursor.next() {
      switch field.number {
      case 7: graph = try reader.graph(field.range())
      case 8: sets.append(try operatorSet(bytes, field.range()))
      case 25:
        do { functions.append(try function(reader, bytes, field.range())) } catch {
          throw error.inside("function \(functions.count)")
        }
      default: break
      }
    }
    guard let graph else {
      throw ModelError(place: "file", found: "no graph", expected: "an ONNX model")
    }
    var inliner = try ONNXInliner(functions, fileByteCount: bytes.count)
    return ONNXModel(
      name: name, operatorSets: sets, graph: try inliner.inlined(graph),
      fileByteCount: bytes.count)
  }

  private static func function(
    _ reader: ONNXGraphReader, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) throws(ModelError) -> ONNXFunction {
    var function = ONNXFunction()
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: function.name.type = try field.string(in: bytes)
      case 4: function.inputs.append(try field.string(in: bytes))
      case 5: function.outputs.append(try field.string(in: bytes))
      case 7: function.nodes.append(try reader.node(field.range()))
      case 9: function.operatorSets.append(try operatorSet(bytes, field.range()))
      case 10:
        let domain = try field.string(in: bytes)
        function.name.domain = domain == "ai.onnx" ? "" : domain
      case 11: function.defaults.append(try reader.attribute(field.range()))
      case 13: function.name.overload = try field.string(in: bytes)
      default: break
      }
    }
    return function
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
