import NeuralNetworks

/// How one axis is resized: for each output index the input indices it is made of.
struct ResizeAxis {
  struct Tap {
    var index: Int
    var weight: Double
  }

  enum Mode: String, CaseIterable {
    case nearest, linear, cubic
  }

  enum Coordinates: String, CaseIterable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pyTorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case halfPixelForNearest = "tf_half_pixel_for_nn"
    case cropAndResize = "tf_crop_and_resize"
  }

  enum Rounding: String, CaseIterable {
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
    case floor, ceil
  }

  /// How weights follow from the distance.
  struct Kernel {
    var mode: Mode
    var rounding: Rounding
    var cubicCoefficient: Double
    var excludesOutside: Bool
    /// Below 1 the kernel is stretched, so that shrinking averages.
    var scale: Double
  }

  let taps: [[Tap]]
  /// Output indices that the extrapolation value belongs to.
  let isOutside: [Bool]
  let isIdentity: Bool
  var hasOutside: Bool { isOutside.contains(true) }

  init(
    input: Int, output: Int, scale: Double, region: ClosedRange<Double>?,
    coordinates: Coordinates, kernel: Kernel
  ) {
    let places = (0..<output).map { index in
      Self.coordinate(index, coordinates, input, output, scale, region)
    }
    taps = places.map { kernel.taps(at: $0, extent: input) }
    isOutside = places.map {
      coordinates == .cropAndResize && ($0 < 0 || $0 > Double(input - 1))
    }
    isIdentity =
      input == output
      && zip(0..., taps).allSatisfy { index, taps in
        taps.allSatisfy { $0.weight == ($0.index == index ? 1 : 0) }
      }
  }

  /// Where an output element lies in the input.
  private static func coordinate(
    _ index: Int, _ kind: Coordinates, _ input: Int, _ output: Int, _ scale: Double,
    _ region: ClosedRange<Double>?
  ) -> Double {
    let x = Double(index)
    let length = scale * Double(input)
    switch kind {
    case .asymmetric: return x / scale
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .halfPixelForNearest: return (x + 0.5) / scale
    case .pyTorchHalfPixel: return output > 1 ? (x + 0.5) / scale - 0.5 : 0
    case .halfPixelSymmetric:
      let adjustment = Double(output) / length
      let center = Double(input) / 2
      return center * (1 - adjustment) + (x + 0.5) / scale - 0.5
    case .alignCorners:
      return length == 1 || output == 1 ? 0 : x * Double(input - 1) / (length - 1)
    case .cropAndResize:
      let region = region ?? 0...1
      let last = Double(input - 1)
      guard output > 1 else { return 0.5 * (region.lowerBound + region.upperBound) * last }
      let step = (region.upperBound - region.lowerBound) * last / Double(output - 1)
      return region.lowerBound * last + x * step
    }
  }
}

extension ResizeAxis.Kernel {
  /// The elements around a place; indices beyond the edge are those at the edge.
  func taps(at place: Double, extent: Int) -> [ResizeAxis.Tap] {
    let last = extent - 1
    if mode == .nearest {
      return [ResizeAxis.Tap(index: clamp(nearest(place), last), weight: 1)]
    }
    let radius = mode == .linear ? 1.0 : 2.0
    let base = place.rounded(.down)
    let reach = min((radius / scale).rounded(.up), Double(extent) + 2)
    var taps: [ResizeAxis.Tap] = []
    var total = 0.0
    for offset in stride(from: 1 - reach, through: reach, by: 1) {
      let isInside = base + offset >= 0 && base + offset <= Double(last)
      let weight =
        excludesOutside && !isInside ? 0 : self.weight((base + offset - place) * scale)
      guard weight != 0 else { continue }
      total += weight
      taps.append(.init(index: clamp(base + offset, last), weight: weight))
    }
    if total != 0, excludesOutside || scale < 1 {
      for index in taps.indices { taps[index].weight /= total }
    }
    return taps
  }

  private func clamp(_ place: Double, _ last: Int) -> Int {
    place >= Double(last) ? last : place > 0 ? Int(place) : 0
  }

  private func nearest(_ place: Double) -> Double {
    switch rounding {
    case .floor: place.rounded(.down)
    case .ceil: place.rounded(.up)
    case .roundPreferFloor: (place - 0.5).rounded(.up)
    case .roundPreferCeil: (place + 0.5).rounded(.down)
    }
  }

  private func weight(_ distance: Double) -> Double {
    let x = distance.magnitude
    guard mode == .cubic else { return max(0, 1 - x) }
    let a = cubicCoefficient
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
