/// The formats a model may come in, recognized by content.
public enum ModelFormat {
  /// Reads a model file of any supported format.
  ///
  /// - Throws: `ModelError` when the file is no supported model or is broken.
  public static func model(path: String) throws(ModelError) -> Model {
    let file = try ModelBytes(mapping: path)
    let isTFLite = file.withBytes { bytes in
      bytes.count >= 8 && bytes[4..<8].elementsEqual(TFLiteSchema.identifier)
    }
    if isTFLite { return .network(try TFLiteReader.read(file, name: name(of: path))) }
    // A broken model is told by its extension, so that the reader can say what is broken.
    if path.hasSuffix(".onnx") || file.withBytes(ONNXReader.isModel) {
      return .onnx(try ONNXReader.read(file, name: name(of: path)))
    }
    throw ModelError(
      place: "file", found: kind(of: file),
      expected: "a LiteRT / TensorFlow Lite model (.tflite) or an ONNX model (.onnx)")
  }

  /// Lists all operators of a `.tflite` file, also of one that cannot be run.
  ///
  /// - Throws: `ModelError` when the file is none, or its tables are broken.
  public static func survey(path: String) throws(ModelError) -> ModelSurvey {
    let file = try ModelBytes(mapping: path)
    if file.withBytes(ONNXReader.isModel) {
      throw ModelError(
        place: "file", found: "an ONNX model", expected: "a .tflite model for a survey")
    }
    return try TFLiteReader.survey(file, name: name(of: path))
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

  private static func kind(of file: ModelBytes) -> String {
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
