/// Types of the signal operators that keep samples from one invocation to the next.
extension OperatorCheck {
  /// Samples of int16, and how many rows of them there are.
  private func samples() throws(ModelError) -> (tensor: Tensor, width: Int, rows: Int) {
    let tensor = try input(0)
    guard tensor.elementType == .int16, let width = tensor.shape.dimensions.last, width > 0 else {
      throw failure(found: "\(tensor.type)", expected: "samples of int16")
    }
    return (tensor, width, tensor.shape.elementCount / width)
  }

  func delayedType() throws(ModelError) -> [TensorType]? {
    guard case .signal(.delay(let length)) = op.operation else { return nil }
    let samples = try samples()
    try requireState(1, count: try product(samples.rows, length), [.int16])
    return [samples.tensor.type]
  }

  func framedTypes() throws(ModelError) -> [TensorType]? {
    guard case .signal(.framer(let framer)) = op.operation else { return nil }
    let samples = try samples()
    try require(samples.width % framer.step == 0, "whole steps of \(framer.step) samples")
    try requireState(1, count: try product(samples.rows, framer.capacity + 1), [.int16])
    let outer = samples.tensor.shape.dimensions.dropLast()
    let frames = outer + [samples.width / framer.step, framer.size]
    return [.init(.int16, try shape(Array(frames))), .init(.bool, [])]
  }

  func addedType() throws(ModelError) -> [TensorType]? {
    guard case .signal(.overlapAdd(let step)) = op.operation else { return nil }
    let frames = try input(0)
    let dimensions = frames.shape.dimensions
    guard frames.elementType == .int16 || frames.elementType == .float32, dimensions.count >= 2,
      frames.shape.elementCount > 0, let size = dimensions.last, step <= size
    else {
      throw failure(
        found: "\(frames.type)", expected: "frames of at least \(step) int16 or float32")
    }
    let count = dimensions[dimensions.count - 2]
    try requireState(1, count: frames.shape.elementCount / count, [frames.elementType])
    let samples = dimensions.dropLast(2) + [try product(count, step)]
    return [.init(frames.elementType, try shape(Array(samples)))]
  }

  func stackedTypes() throws(ModelError) -> [TensorType]? {
    guard case .signal(.stacker(let stacker)) = op.operation else { return nil }
    try require(
      try input(0).type == .init(.int16, [stacker.channelCount]),
      "\(stacker.channelCount) channels of int16")
    let count = try product(stacker.channelCount, stacker.depth)
    try requireState(1, count: count + 1, [.int16])
    return [.init(.int16, try shape([count])), .init(.bool, [])]
  }
}
