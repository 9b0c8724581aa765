import NeuralNetworks

/// What a `Resize` node asks for: attributes, and for each axis its scale and output extent.
struct ResizeRequest {
  let mode: ResizeAxis.Mode
  private(set) var coordinates = ResizeAxis.Coordinates.asymmetric
  private(set) var rounding = ResizeAxis.Rounding.floor
  private(set) var extrapolation: Float = 0
  private var cubicCoefficient = -0.75
  private var excludesOutside = false
  private var antialiases = false
  private var regions: [ClosedRange<Double>?]
  private var scales: [Double]
  private var outputs: [Int]

  private enum AspectRatio: String, CaseIterable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  /// One scale for each axis, asymmetric coordinates.
  init(_ input: TensorValue, scales: [Double], mode: ResizeAxis.Mode) throws(ModelError) {
    self.mode = mode
    self.scales = scales
    regions = Array(repeating: nil, count: input.rank)
    outputs = try Self.outputs(input.shape, scales)
  }

  init(_ call: OperatorCall, _ input: TensorValue) throws(ModelError) {
    mode = try call.choice("mode", default: .nearest)
    coordinates = try call.choice("coordinate_transformation_mode", default: .halfPixel)
    rounding = try call.choice("nearest_mode", default: .roundPreferFloor)
    extrapolation = try call.float("extrapolation_value", default: 0)
    cubicCoefficient = Double(try call.float("cubic_coeff_a", default: -0.75))
    excludesOutside = try call.flag("exclude_outside")
    antialiases = try call.flag("antialias")
    let rank = input.rank
    var axes = Array(0..<rank)
    if let given = try call.ints("axes") {
      axes = []
      for axis in given { axes.append(try normalized(axis, rank: rank, place: "axes")) }
    }
    regions = Array(repeating: nil, count: rank)
    scales = Array(repeating: 1, count: rank)
    outputs = input.shape.dimensions
    let sizes = try call.integers(3) ?? []
    if !sizes.isEmpty {
      try take(
        sizes: sizes, axes, input, call.choice("keep_aspect_ratio_policy", default: .stretch))
    } else {
      let given = try call.input(2).floats()
      guard given.count == axes.count else {
        throw call.problem("scales", found: "\(given.count)", expected: "\(axes.count)")
      }
      for (axis, scale) in zip(axes, given) { scales[axis] = Double(scale) }
      outputs = try Self.outputs(input.shape, scales)
    }
    if coordinates == .cropAndResize {
      let roi = try call.input(1).doubles()
      guard roi.count == 2 * axes.count else {
        throw call.problem("roi", found: "\(roi.count)", expected: "\(2 * axes.count)")
      }
      for (index, axis) in axes.enumerated() {
        let (start, end) = (roi[index], roi[index + axes.count])
        guard start <= end else {
          throw call.problem("roi", found: "\(start) to \(end)", expected: "a range")
        }
        regions[axis] = start...end
      }
    }
  }

  private mutating func take(
    sizes: [Int], _ axes: [Int], _ input: TensorValue, _ policy: AspectRatio
  ) throws(ModelError) {
    guard sizes.count == axes.count, sizes.allSatisfy({ $0 > 0 && $0 <= Int(Int32.max) }) else {
      throw ModelError(place: "sizes", found: "\(sizes)", expected: "\(axes.count) extents")
    }
    let ratios = zip(sizes, axes).map { Double($0) / Double(max(input.shape[$1], 1)) }
    let common = (policy == .notLarger ? ratios.min() : ratios.max()) ?? 1
    for (index, axis) in axes.enumerated() {
      scales[axis] = policy == .stretch ? ratios[index] : common
      outputs[axis] =
        policy == .stretch
        ? sizes[index] : Int((common * Double(input.shape[axis])).rounded())
    }
    outputs = try checkedShape(outputs).dimensions
  }

  private static func outputs(_ shape: Shape, _ scales: [Double]) throws(ModelError) -> [Int] {
    guard scales.count == shape.rank,
      scales.allSatisfy({ $0 > 0 && $0 < Double(Int32.max) })
    else {
      throw ModelError(
        place: "scales", found: "\(scales)", expected: "\(shape.rank) positive numbers")
    }
    return try checkedShape(
      zip(shape.dimensions, scales).map { extent, scale in
        Int(min((Double(extent) * scale).rounded(.down), Double(Int32.max)))
      }
    ).dimensions
  }

  /// The weights of every axis.
  func resizeAxes(_ type: ElementType, _ shape: Shape) throws(ModelError) -> [ResizeAxis] {
    guard shape.elementCount > 0 else {
      throw ModelError(place: "input", found: "\(shape)", expected: "elements")
    }
    _ = try checkedShape(outputs, of: type)
    return (0..<shape.rank).map { axis in
      ResizeAxis(
        input: shape[axis], output: outputs[axis], scale: scales[axis], region: regions[axis],
        coordinates: coordinates,
        kernel: ResizeAxis.Kernel(
          mode: mode, rounding: rounding, cubicCoefficient: cubicCoefficient,
          excludesOutside: excludesOutside, scale: antialiases ? min(scales[axis], 1) : 1))
    }
  }
}
