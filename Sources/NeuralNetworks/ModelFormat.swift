/// The formats a model may come in, recognized by content.
public enum ModelFormat {
  /// Reads a model file.
  ///
  /// - Throws: `ModelError` when the file is no supported model or is broken.
  public static func read(path: String) throws(ModelError) -> Network {
    try TFLiteReader.read(try openTFLite(path), name: name(of: path))
  }

  /// Lists all operators of a model file, also of one that cannot be run.
  ///
  /// - Throws: `ModelError` when the file is no supported model or its tables are broken.
  public static func survey(path: String) throws(ModelError) -> ModelSurvey {
    try TFLiteReader.survey(try openTFLite(path), name: name(of: path))
  }

  private static func openTFLite(_ path: String) throws(ModelError) -> ModelBytes {
    let file = try ModelBytes(mapping: path)
    let isTFLite = file.withBytes { bytes in
      bytes.count >= 8 && bytes[4..<8].elementsEqual(TFLiteSchema.identifier)
    }
    guard isTFLite else {
      throw ModelError(
        place: "file", found: kind(of: file, path: path),
        expected: "a LiteRT / TensorFlow Lite model (.tflite)")
    }
    return file
  }

  /// Reads an ONNX model file.
  ///
  /// - Throws: `ModelError` when the file is none or is broken.
  public static func onnx(path: String) throws(ModelError) -> ONNXModel {
    try ONNXReader.read(ModelBytes(mapping: path), name: name(of: path))
  }

  private static func kind(of file: ModelBytes, path: String) -> String {
    file.withBytes { bytes in
      if path.hasSuffix(".onnx") { return "an ONNX model, which is not supported" }
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
