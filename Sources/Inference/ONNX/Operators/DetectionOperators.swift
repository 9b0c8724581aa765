import NeuralNetworks

/// Operators of object detectors.
enum DetectionOperators {
  /// Takes boxes by falling score, but none that overlaps one that was taken.
  static func nonMaxSuppression(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (boxes, scores) = (try call.input(0), try call.input(1))
    guard boxes.rank == 3, scores.rank == 3, boxes.shape[2] == 4,
      boxes.shape[0] == scores.shape[0], boxes.shape[1] == scores.shape[2]
    else {
      throw call.problem(
        "inputs", found: "shapes \(boxes.shape) and \(scores.shape)",
        expected: "[batch, boxes, 4] and [batch, classes, boxes]")
    }
    let limit = try call.integers(2)?.first ?? 0
    let overlap = try call.optionalInput(3)?.scalar() ?? 0
    let threshold = try call.optionalInput(4)?.scalar() ?? -.infinity
    let isCentered = try call.flag("center_point_box")
    let (values, ranks) = (try boxes.doubles(), try scores.doubles())
    let (count, classes) = (boxes.shape[1], scores.shape[1])
    try call.count(steps: [boxes.shape[0], classes, count, min(max(limit, 1), count)])
    var selected: [Int] = []
    for batch in 0..<boxes.shape[0] {
      let corners = (0..<count).map { box in
        let start = (batch * count + box) * 4
        return Box(values[start..<start + 4], isCentered: isCentered)
      }
      for category in 0..<classes {
        let start = (batch * classes + category) * count
        let order = (0..<count).filter { ranks[start + $0] > threshold }
          .sorted { (ranks[start + $0], $1) > (ranks[start + $1], $0) }
        var taken: [Int] = []
        for box in order where taken.count < limit {
          if taken.allSatisfy({ corners[$0].overlap(corners[box]) <= overlap }) {
            taken.append(box)
          }
        }
        for box in taken { selected += [batch, category, box] }
      }
    }
    return try TensorValue(integers: selected).reshaped(Shape([selected.count / 3, 3]))
  }

  private struct Box {
    var low: (x: Double, y: Double)
    var high: (x: Double, y: Double)

    init(_ values: ArraySlice<Double>, isCentered: Bool) {
      let (a, b, c, d) = (
        values[values.startIndex], values[values.startIndex + 1], values[values.startIndex + 2],
        values[values.startIndex + 3]
      )
      low = isCentered ? (a - c / 2, b - d / 2) : (min(b, d), min(a, c))
      high = isCentered ? (a + c / 2, b + d / 2) : (max(b, d), max(a, c))
    }

    var area: Double { (high.x - low.x) * (high.y - low.y) }

    /// Intersection over union.
    func overlap(_ other: Box) -> Double {
      let width = min(high.x, other.high.x) - max(low.x, other.low.x)
      let height = min(high.y, other.high.y) - max(low.y, other.low.y)
      guard width > 0, height > 0 else { return 0 }
      let common = width * height
      let union = area + other.area - common
      return union > 0 ? common / union : 0
    }
  }

  private enum PoolMode: String, CaseIterable { case avg, max }
  private enum Coordinates: String, CaseIterable {
    case halfPixel = "half_pixel"
    case outputHalfPixel = "output_half_pixel"
  }

  /// Pools interpolated samples of regions to a fixed size.
  static func roiAlign(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, rois) = (try call.input(0), try call.input(1))
    let images = try call.required("batch_indices", call.integers(2, limit: .max))
    guard input.rank == 4, rois.rank == 2, rois.shape[1] == 4, images.count == rois.shape[0],
      images.allSatisfy({ (0..<input.shape[0]).contains($0) }), input.count > 0
    else {
      throw call.problem(
        "inputs", found: "shapes \(input.shape) and \(rois.shape)",
        expected: "an image batch and regions of it")
    }
    let height = try call.int("output_height", default: 1)
    let width = try call.int("output_width", default: 1)
    let ratio = try call.int("sampling_ratio", default: 0)
    let isMax = try call.choice("mode", default: PoolMode.avg) == .max
    let mode = try call.choice(
      "coordinate_transformation_mode",
      default: call.version < 16 ? Coordinates.outputHalfPixel : .halfPixel)
    let scale = Double(try call.float("spatial_scale", default: 1))
    let shape = try checkedShape(
      [rois.shape[0], input.shape[1], height, width], of: input.elementType)
    let (values, regions) = (try input.doubles(), try rois.doubles())
    let plane = input.shape[2] * input.shape[3]
    // A region without samples has outputs all the same.
    try call.count(steps: [shape.elementCount])
    var result: [Double] = []
    result.reserveCapacity(shape.elementCount)
    for (number, image) in images.enumerated() {
      let corners = regions[number * 4..<number * 4 + 4].map {
        $0 * scale - (mode == .halfPixel ? 0.5 : 0)
      }
      let region = AlignedRegion(
        corners, height: height, width: width, ratio: ratio,
        extents: (input.shape[2], input.shape[3]),
        hasMinimum: mode == .outputHalfPixel)
      try call.count(
        steps: [input.shape[1], height, width, region.samples.y, region.samples.x])
      for channel in 0..<input.shape[1] {
        let start = (image * input.shape[1] + channel) * plane
        for row in 0..<height {
          for column in 0..<width {
            result.append(region.pool(values[start..<start + plane], row, column, isMax: isMax))
          }
        }
      }
    }
    return try TensorValue(reals: result, like: input.elementType).reshaped(shape)
  }
}

/// One region of `RoiAlign` and where it is sampled.
private struct AlignedRegion {
  let start: (y: Double, x: Double)
  let bin: (y: Double, x: Double)
  /// Samples of a bin along each axis.
  let samples: (y: Int, x: Int)
  let extents: (y: Int, x: Int)

  /// - Parameter corners: x1, y1, x2, y2 in pixels.
  init(
    _ corners: [Double], height: Int, width: Int, ratio: Int, extents: (Int, Int), hasMinimum: Bool
  ) {
    let low = hasMinimum ? 1.0 : -.infinity
    let size = (y: max(corners[3] - corners[1], low), x: max(corners[2] - corners[0], low))
    start = (corners[1], corners[0])
    bin = (size.y / Double(max(height, 1)), size.x / Double(max(width, 1)))
    func count(_ extent: Double) -> Int {
      // Corners that are no numbers give a region without samples.
      ratio > 0 ? ratio : extent > 0 ? Int(min(extent.rounded(.up), 1e9)) : 0
    }
    samples = (count(bin.y), count(bin.x))
    self.extents = extents
  }

  func pool(_ plane: ArraySlice<Double>, _ row: Int, _ column: Int, isMax: Bool) -> Double {
    var (sum, largest) = (0.0, -Double.infinity)
    for iy in 0..<samples.y {
      let y = start.y + (Double(row) + (Double(iy) + 0.5) / Double(samples.y)) * bin.y
      for ix in 0..<samples.x {
        let x = start.x + (Double(column) + (Double(ix) + 0.5) / Double(samples.x)) * bin.x
        let parts = parts(plane, y, x)
        sum += parts.reduce(0, +)
        largest = max(largest, parts.max() ?? 0)
      }
    }
    let count = samples.y * samples.x
    return isMax ? (count == 0 ? 0 : largest) : sum / Double(max(count, 1))
  }

  /// The four weighted neighbours of a sample.
  private func parts(_ plane: ArraySlice<Double>, _ y: Double, _ x: Double) -> [Double] {
    guard y >= -1, y <= Double(extents.y), x >= -1, x <= Double(extents.x) else { return [0] }
    let (rows, columns) = (neighbours(y, extents.y), neighbours(x, extents.x))
    return rows.flatMap { row in
      columns.map { column in
        plane[plane.startIndex + row.index * extents.x + column.index] * row.weight * column.weight
      }
    }
  }

  private func neighbours(_ place: Double, _ extent: Int) -> [(index: Int, weight: Double)] {
    let place = max(place, 0)
    let low = Int(place)
    guard low < extent - 1 else { return [(extent - 1, 1)] }
    let fraction = place - Double(low)
    return [(low, 1 - fraction), (low + 1, fraction)]
  }
}
