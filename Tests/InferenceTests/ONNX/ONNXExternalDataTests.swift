import Glibc
import NeuralNetworks
import Testing

@testable import Inference

@Suite("Constants of ONNX models in other files")
struct ONNXExternalDataTests {
  private typealias Bytes = ONNXModelBytes

  /// y = x + w, where w is in a file of the floats 1, 2, 3, 4 beside the model.
  private static func sum(_ entries: [(String, String)], count: Int = 2) throws -> [Float] {
    var template = Array("/tmp/edgesim-test-XXXXXX".utf8CString)
    guard let base = mkdtemp(&template) else { preconditionFailure("no folder") }
    let folder = String(cString: base)
    let weights: [Float] = [1, 2, 3, 4]
    let graph =
      Bytes.graph(
        [.init(type: "Add", inputs: ["x", "w"], outputs: ["y"])], inputs: ["x"], outputs: ["y"])
      + Bytes.external("w", count: count, entries)
    let files = [
      ("\(folder)/w.bin", weights.withUnsafeBytes { Array($0) }),
      ("\(folder)/model.onnx", Bytes.model(graph: graph)),
    ]
    defer {
      for file in files { unlink(file.0) }
      rmdir(folder)
    }
    for (path, bytes) in files {
      guard let file = fopen(path, "w") else { preconditionFailure("no file") }
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
    guard case .onnx(let model) = try ModelFormat.model(path: "\(folder)/model.onnx") else {
      return []
    }
    #expect(model.fileByteCount == files[0].1.count + files[1].1.count)
    let x = try TensorValue(.float32, [1], bytes: [0, 0, 0, 0])
    guard case .tensor(let y) = try ONNXEvaluator(ONNXProgram(model)).run([.tensor(x)])[0] else {
      return []
    }
    return try y.floats()
  }

  @Test("A constant is a range of the file that it names")
  func ranges() throws {
    #expect(try Self.sum([("location", "w.bin"), ("offset", "4"), ("length", "8")]) == [2, 3])
    #expect(try Self.sum([("location", "w.bin")], count: 3) == [1, 2, 3])
  }

  @Test(
    "Paths that leave the model's folder, and ranges that leave the file, are refused",
    arguments: [
      ("/etc/passwd", "0", "8", "a path below"), ("../w.bin", "0", "8", "a path below"),
      ("a/../w.bin", "0", "8", "a path below"), ("./w.bin", "0", "8", "a path below"),
      ("", "0", "8", "a path below"), ("w.bin/", "0", "8", "a path below"),
      ("v.bin", "0", "8", "a file beside the model"), ("w.bin", "12", "8", "inside the file"),
      ("w.bin", "0", "4", "8 bytes inside"), ("w.bin", "-4", "8", "bytes from 0 on"),
      ("w.bin", "9223372036854775807", "8", "inside the file"),
      ("w.bin", "99999999999999999999", "8", "bytes from 0 on"),
    ])
  func refused(location: String, offset: String, length: String, expected: String) {
    do {
      _ = try Self.sum([("location", location), ("offset", offset), ("length", length)])
      Issue.record("it was read")
    } catch { #expect("\(error)".contains(expected), "\(error)") }
  }
}
