/// The formats a model may come in, recognized by content.
public enum ModelFormat {
  /// Reads a model file of any supported format.
  ///
  /// - Throws: `ModelError` when the file is no supported model or is broken.
  public static func model(path: String) throws(ModelError) -> Model {
    let file = try ModelBytes(mapping: path)
    switch try kind(of: file, path: path) {
    case .tflite: return .network(try TFLiteReader.read(file, name: name(of: path)))
    case .onnx: return .onnx(try onnx(file, path: path))
    }
  }

  /// What can be told of a model that cannot be run.
  public enum Survey: Sendable {
    case tflite(ModelSurvey)
    /// Reading lists the operators that we lack, too.
    case onnx(ONNXModel)
  }

  /// Lists all operators of a file, also of one that cannot be run.
  ///
  /// - Throws: `ModelError` when the file is no supported model, or is broken.
  public static func survey(path: String) throws(ModelError) -> Survey {
    let file = try ModelBytes(mapping: path)
    switch try kind(of: file, path: path) {
    case .tflite: return .tflite(try TFLiteReader.survey(file, name: name(of: path)))
    case .onnx: return .onnx(try onnx(file, path: path))
    }
  }

  /// Reads a model whose shapes are fixed.
  ///
  /// - Throws: `ModelError` when the file is none or is broken.
  public static func read(path: String) throws(ModelError) -> Network {
    switch try model(path: path) {
    case .network(let network): return network
    case .onnx:
      throw ModelError(
        place: "file", found: "an ONNX model",
        expected: "a LiteRT / TensorFlow Lite model (.tflite) for this")
    }
  }

  private static func onnx(
    _ file: ModelBytes, path: String
  ) throws(ModelError) -> ONNXModel {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    // The root's folder is "/", which splits into one empty part.
    return try ONNXReader.read(
      file, name: name(of: path), folder: folder == [""] ? "/" : folder.joined(separator: "/"))
  }

  private enum Kind { case tflite, onnx }

  /// A broken ONNX model is told by its extension, so that its reader can say what is broken.
  private static func kind(of file: ModelBytes, path: String) throws(ModelError) -> Kind {
    let isTFLite = file.withBytes { bytes in
      bytes.count >= 8 && bytes[4..<8].elementsEqual(TFLiteSchema.identifier)
    }
    if isTFLite { return .tflite }
    if path.hasSuffix(".onnx") || file.withBytes(ONNXReader.isModel) { return .onnx }
    throw ModelError(
      place: "file", found: content(of: file),
      expected: "a LiteRT / TensorFlow Lite model (.tflite) or an ONNX model (.onnx)")
  }

  private static func content(of file: ModelBytes) -> String {
    file.withBytes { bytes in
      if bytes.count >= 8, bytes[4..<8].elementsEqual("ET12".utf8) {
        return "an ExecuTorch program, which is not supported"
      }
      if bytes.starts(with: "PK".utf8) { return "a zip archive (PyTorch, Keras?)" }
      return "other content"
    }
  }

  /// The file's name without folder and extension.
  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(
      file.split(separator: ".", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "."))
  }
}
