import Glibc
import Testing

/// Models of wheels, which `make real-models` fetches with the outputs of ONNX Runtime.
@Suite struct RealONNXModelTests {
  private static let path =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    .joined(separator: "/") + "/.cache/real-models/cases.bin"

  @Test(
    "Real ONNX models give the outputs of ONNX Runtime, within the bounds of the page",
    .enabled(if: access(path, R_OK) == 0, "needs make real-models"))
  func models() throws {
    for item in try ONNXOperatorCase.read(Self.path) {
      if let problem = item.problem() { Issue.record("\(item.name): \(problem)") }
    }
  }
}
