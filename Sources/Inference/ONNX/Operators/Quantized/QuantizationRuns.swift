import NeuralNetworks

/// Which scale belongs to which element: one for the tensor, one for each index of an axis, or one
/// for each block along an axis.
struct QuantizationRuns {
  private let scaleShape: Shape
  /// The tensor as `outer` x `extent` x `inner` elements, the axis in the middle.
  private let outer: Int
  private let extent: Int
  private let inner: Int
  /// Elements along the axis that share a scale; 0 when not blocked.
  private let block: Int

  /// Reads the attributes `axis` and `block_size`.
  init(_ call: OperatorCall, _ shape: Shape, _ scale: Shape) throws(ModelError) {
    scaleShape = scale
    block = try call.int("block_size", default: 0)
    guard scale.elementCount > 1 || block > 0 else {
      guard scale.elementCount == 1, block == 0 else { throw Self.misfit(scale, shape) }
      (outer, extent, inner) = (1, 1, shape.elementCount)
      return
    }
    let axis = try call.axis("axis", default: 1, rank: shape.rank)
    let dimensions = shape.dimensions
    outer = dimensions[..<axis].reduce(1, *)
    extent = dimensions[axis]
    inner = dimensions[(axis + 1)...].reduce(1, *)
    var expected = Shape([extent])
    if block > 0 {
      var blocks = dimensions
      blocks[axis] = extent / block + (extent % block > 0 ? 1 : 0)
      expected = Shape(blocks)
    }
    guard scale == expected else { throw Self.misfit(scale, expected) }
  }

  /// A zero point has the shape of the scale.
  func check(_ zeroPoint: TensorValue?) throws(ModelError) {
    guard let zeroPoint, zeroPoint.shape != scaleShape else { return }
    guard zeroPoint.count == 1, scaleShape.elementCount == 1 else {
      throw ModelError(
        place: "input 2 (zero point)", found: "shape \(zeroPoint.shape)",
        expected: "the scale's, \(scaleShape)")
    }
  }

  private static func misfit(_ scale: Shape, _ expected: Shape) -> ModelError {
    ModelError(
      place: "input 1 (scale)", found: "shape \(scale)",
      expected: "one element, one for each index of the axis, or of each block: \(expected)")
  }

  /// Calls `body` with the first element and length of each run, the number of the first scale, and
  /// whether the scale stays (0) or is another for each element (1).
  @inline(__always)
  func forEach(_ body: (_ start: Int, _ count: Int, _ scale: Int, _ step: Int) -> Void) {
    let blocks = block > 0 ? extent / block + (extent % block > 0 ? 1 : 0) : 0
    for row in 0..<outer {
      if inner == 1, block == 0, extent > 1 {
        body(row * extent, extent, 0, 1)
        continue
      }
      for index in 0..<extent {
        let start = (row * extent + index) * inner
        if block > 0 {
          body(start, inner, (row * blocks + index / block) * inner, 1)
        } else {
          body(start, inner, index, 0)
        }
      }
    }
  }
}
