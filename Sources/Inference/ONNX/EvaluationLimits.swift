/// What one evaluation of an ONNX model may take: a model of a few bytes can ask for anything.
public struct EvaluationLimits: Sendable {
  /// Loops end, whatever their conditions say.
  public var nodeRuns = 10_000_000
  /// Runs of inner graphs, for loops whose bodies have no nodes.
  public var graphRuns = 1 << 20
  /// Bytes that may be alive, views counted as copies; also the most that one tensor may take.
  public var liveBytes: Int
  /// Multiply-accumulates and the like, so that a machine is not occupied for days.
  public var steps = 1 << 44

  public init(liveBytes: Int) { self.liveBytes = liveBytes }

  /// As `ArenaLimit`: 64 MiB, and 64 bytes for each byte of the file and the inputs.
  public init(fileByteCount: Int, inputByteCount: Int) {
    self.init(liveBytes: ArenaLimit.bytes(fileByteCount: fileByteCount + inputByteCount))
  }
}
