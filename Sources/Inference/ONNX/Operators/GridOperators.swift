import NeuralNetworks

/// `GridSample` and the grids of `AffineGrid`.
enum GridOperators {
  /// The input at places of a grid, whose coordinates run from -1 to 1, the last axis first.
  static func gridSample(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, grid) = (try call.input(0), try call.input(1))
    let rank = input.rank - 2
    guard (1...3).contains(rank), grid.rank == input.rank, grid.shape[grid.rank - 1] == rank,
      grid.shape[0] == input.shape[0], input.count > 0
    else {
      throw call.problem(
        "inputs", found: "shapes \(input.shape) and \(grid.shape)",
        expected: "a grid of \(rank) coordinates for each image")
    }
    let sampler = GridSampler(
      mode: try call.choice("mode", default: GridSampler.Mode.linear),
      padding: try call.choice("padding_mode", default: GridSampler.Padding.zeros),
      alignsCorners: try call.flag("align_corners"))
    let places = grid.shape.dimensions[1..<grid.rank - 1]
    let taps = sampler.mode.tapCount
    try call.count(
      steps: [input.shape[0], input.shape[1], places.reduce(1, *)]
        + Array(repeating: taps, count: rank))
    let values = try input.doubles()
    let coordinates = try grid.doubles()
    let extents = Array(input.shape.dimensions.dropFirst(2))
    let count = places.reduce(1, *)
    let plane = extents.reduce(1, *)
    var result: [Double] = []
    for image in 0..<input.shape[0] {
      let points = (0..<count).map { point in
        let start = (image * count + point) * rank
        return sampler.taps(coordinates[start..<start + rank], extents)
      }
      for channel in 0..<input.shape[1] {
        let start = (image * input.shape[1] + channel) * plane
        for point in points {
          result.append(point.reduce(0) { $0 + values[start + $1.index] * $1.weight })
        }
      }
    }
    let shape = try checkedShape(Array(input.shape.dimensions.prefix(2)) + places)
    return try TensorValue(reals: result, like: input.elementType).reshaped(shape)
  }

  /// Coordinates of every pixel, transformed by a matrix for each image.
  static func affineGrid(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let theta = try call.input(0)
    let size = try call.required("size", call.integers(1))
    let rank = size.count - 2
    guard (2...3).contains(rank), theta.shape.dimensions == [size[0], rank, rank + 1] else {
      throw call.problem(
        "inputs", found: "\(theta.shape) for size \(size)", expected: "a matrix for each image")
    }
    let extents = Array(size.dropFirst(2))
    let shape = try checkedShape([size[0]] + extents + [rank], of: theta.elementType)
    let alignsCorners = try call.flag("align_corners")
    let matrices = try theta.doubles()
    var result: [Double] = []
    let strides = Shape(extents).strides
    for image in 0..<size[0] {
      for pixel in 0..<extents.reduce(1, *) {
        // x first: the last axis.
        let point = (0..<rank).reversed().map { axis in
          let (index, extent) = (
            Double(pixel / strides[axis] % extents[axis]), Double(extents[axis])
          )
          if alignsCorners { return extent == 1 ? -1 : index * 2 / (extent - 1) - 1 }
          return (index * 2 + 1) / extent - 1
        }
        for row in 0..<rank {
          let start = (image * rank + row) * (rank + 1)
          result.append(
            point.indices.reduce(matrices[start + rank]) { $0 + matrices[start + $1] * point[$1] })
        }
      }
    }
    return try TensorValue(reals: result, like: theta.elementType).reshaped(shape)
  }
}

/// Which elements, with which weights, a coordinate stands for.
struct GridSampler {
  enum Mode: String, CaseIterable {
    case linear, bilinear, nearest, cubic, bicubic

    var tapCount: Int {
      switch self {
      case .nearest: 1
      case .linear, .bilinear: 2
      case .cubic, .bicubic: 4
      }
    }
  }

  enum Padding: String, CaseIterable {
    case zeros, border, reflection
  }

  struct Tap {
    var index: Int
    var weight: Double
  }

  let mode: Mode
  let padding: Padding
  let alignsCorners: Bool

  /// - Parameter point: coordinates in -1...1, last axis first.
  func taps(_ point: ArraySlice<Double>, _ extents: [Int]) -> [Tap] {
    var result = [Tap(index: 0, weight: 1)]
    for (extent, coordinate) in zip(extents, point.reversed()) {
      let axis = taps(coordinate, extent)
      result = result.flatMap { outer in
        axis.map { Tap(index: outer.index * extent + $0.index, weight: outer.weight * $0.weight) }
      }
    }
    return result
  }

  private func taps(_ coordinate: Double, _ extent: Int) -> [Tap] {
    let size = Double(extent)
    let place =
      alignsCorners ? (coordinate + 1) / 2 * (size - 1) : ((coordinate + 1) * size - 1) / 2
    // Coordinates may be anything: beyond this they are far outside in any case.
    let x = place.isFinite ? min(max(place, -1e9), 1e9) : -1e9
    let base = x.rounded(.down)
    let fraction = x - base
    switch mode {
    case .nearest: return [tap(x.rounded(.toNearestOrEven), 1, extent)]
    case .linear, .bilinear:
      return [tap(base, 1 - fraction, extent), tap(base + 1, fraction, extent)]
    case .cubic, .bicubic:
      return (0..<4).map { number in
        let offset = Double(number - 1)
        return tap(base + offset, Self.cubic(offset - fraction), extent)
      }
    }
  }

  private static func cubic(_ distance: Double) -> Double {
    let (x, a) = (distance.magnitude, -0.75)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }

  private func tap(_ place: Double, _ weight: Double, _ extent: Int) -> Tap {
    let last = Double(extent - 1)
    if place >= 0, place <= last { return Tap(index: Int(place), weight: weight) }
    switch padding {
    case .zeros: return Tap(index: 0, weight: 0)
    case .border: return Tap(index: place < 0 ? 0 : extent - 1, weight: weight)
    case .reflection:
      let mirrored = reflected(place, last).rounded(.towardZero)
      return Tap(index: Int(min(max(mirrored, 0), last)), weight: weight)
    }
  }

  private func reflected(_ place: Double, _ last: Double) -> Double {
    let (low, high) = alignsCorners ? (0, last) : (-0.5, last + 0.5)
    let range = high - low
    guard range > 0 else { return 0 }
    let distance = place < low ? low - place : place - high
    guard distance > 0 else { return place }
    let turns = (distance / range).rounded(.down)
    let rest = distance - turns * range
    let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
    return (place < low) == isEven ? low + rest : high - rest
  }
}
