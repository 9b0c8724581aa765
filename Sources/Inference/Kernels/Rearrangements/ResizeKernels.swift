import NeuralNetworks

/// `RESIZE_BILINEAR` and `RESIZE_NEAREST_NEIGHBOR`.
enum ResizeKernels {
  static func nearest(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .resize(_, let alignsCorners, let usesHalfPixelCenters) = context.op.operation
    else { return nil }
    let (source, result) = (context.input(0), context.output.shape)
    let axes = (0..<4).map { axis in
      guard axis == 1 || axis == 2 else { return IndexedCopy.Axis(extent: result[axis]) { $0 } }
      let places = nearestPlaces(
        source.shape[axis], result[axis], alignsCorners: alignsCorners,
        usesHalfPixelCenters: usesHalfPixelCenters)
      return IndexedCopy.Axis(extent: result[axis]) { places[$0] }
    }
    return IndexedCopy(source, axes)?.body
  }

  private static func nearestPlaces(
    _ inputExtent: Int, _ outputExtent: Int, alignsCorners: Bool, usesHalfPixelCenters: Bool
  ) -> [Int] {
    let scale =
      alignsCorners && outputExtent > 1
      ? Float(inputExtent - 1) / Float(outputExtent - 1)
      : Float(inputExtent) / Float(outputExtent)
    let offset: Float = usesHalfPixelCenters ? 0.5 : 0
    return (0..<outputExtent).map { index in
      let place = (Float(index) + offset) * scale
      let rounded = place.rounded(alignsCorners ? .toNearestOrAwayFromZero : .down)
      return max(0, min(Int(rounded), inputExtent - 1))
    }
  }

  /// float32, and uint8 rounded half up.
  static func bilinearReal(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .float32:
      bilinearReal(context, Float.self) {
        $0
      } finish: {
        $0
      }
    case .uint8:
      bilinearReal(context, UInt8.self) {
        Float($0)
      } finish: {
        UInt8(clampingReal: $0 + 0.5)
      }
    default: nil
    }
  }

  private static func bilinearReal<Element>(
    _ context: KernelContext, _ type: Element.Type,
    _ real: @escaping @Sendable (Element) -> Float,
    finish: @escaping @Sendable (Float) -> Element
  ) -> KernelBody? {
    guard context.hasOperandTypes(context.output.elementType), let axes = ResizeAxes(context)
    else { return nil }
    let rows = axes.places(1) { (scale: Float, index) in axes.real(index, scale) }
    let columns = axes.places(2) { (scale: Float, index) in axes.real(index, scale) }
    return axes.body { (source: UnsafePointer<Element>, row, column, channel) -> Element in
      let (y, x) = (rows[row], columns[column])
      let (dy, dx) = (y.fraction, x.fraction)
      let left =
        real(source[axes.offset(y.low, x.low, channel)]) * (1 - dy) * (1 - dx)
        + real(source[axes.offset(y.high, x.low, channel)]) * dy * (1 - dx)
      return finish(
        left + real(source[axes.offset(y.low, x.high, channel)]) * (1 - dy) * dx
          + real(source[axes.offset(y.high, x.high, channel)]) * dy * dx)
    }
  }

  /// 8 bits as XNNPACK interpolates them, with weights of 11 bits (`ibilinear`).
  static func bilinearOfXNNPACK(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.arithmetic == .singleRounding else { return nil }
    return switch context.output.elementType {
    case .int8: bilinearOfXNNPACK(context, Int8.self)
    case .uint8: bilinearOfXNNPACK(context, UInt8.self)
    default: nil
    }
  }

  private static func bilinearOfXNNPACK<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody? {
    guard context.hasOperandTypes(context.output.elementType), let axes = ResizeAxes(context)
    else { return nil }
    let (rows, columns) = (axes.elevenBitPlaces(1), axes.elevenBitPlaces(2))
    return axes.body { (source: UnsafePointer<Element>, row, column, channel) -> Element in
      let (y, x) = (rows[row], columns[column])
      func along(_ line: Int) -> Int {
        let left = Int(source[axes.offset(line, x.low, channel)])
        let right = Int(source[axes.offset(line, x.high, channel)])
        return left << 11 &+ (right &- left) &* x.fraction
      }
      let (top, bottom) = (along(y.low), along(y.high))
      let sum = top << 11 &+ (bottom &- top) &* y.fraction
      return Element(truncatingIfNeeded: (sum &+ 1 << 21) >> 22)
    }
  }

  static func bilinearInteger(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .int8: bilinearInteger(context, Int8.self)
    case .int16: bilinearInteger(context, Int16.self)
    default: nil
    }
  }

  /// Weights have 10 bits, so that sums stay below 2^36.
  private static func bilinearInteger<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody? {
    guard context.hasOperandTypes(context.output.elementType),
      let axes = ResizeAxes(context)
    else { return nil }
    let rows = axes.places(1) { (scale: Int, index) in axes.fixed(index, scale) }
    let columns = axes.places(2) { (scale: Int, index) in axes.fixed(index, scale) }
    return axes.body { (source: UnsafePointer<Element>, row, column, channel) -> Element in
      let (y, x) = (rows[row], columns[column])
      func weighted(_ place: Int, _ weight: Int) -> Int { Int(source[place]) &* weight }
      let (dy, dx) = (y.fraction, x.fraction)
      let sum =
        weighted(axes.offset(y.low, x.low, channel), (1024 &- dy) &* (1024 &- dx))
        &+ weighted(axes.offset(y.high, x.low, channel), dy &* (1024 &- dx))
        &+ weighted(axes.offset(y.low, x.high, channel), (1024 &- dy) &* dx)
        &+ weighted(axes.offset(y.high, x.high, channel), dy &* dx)
      let half = sum > 0 ? 1 << 19 : -(1 << 19)
      return Element(truncatingIfNeeded: (sum &+ half) / (1 << 20))
    }
  }
}

/// Where the pixels of a result lie between those of an image.
private struct ResizeAxes: Sendable {
  private let source, result: Shape
  private let alignsCorners, usesHalfPixelCenters: Bool

  struct Place<Number: Sendable>: Sendable {
    let low, high: Int
    /// The way from low to high, of 1, of 1024 or of 2048.
    let fraction: Number
  }

  init?(_ context: KernelContext) {
    guard case .resize(_, let alignsCorners, let usesHalfPixelCenters) = context.op.operation
    else { return nil }
    self.alignsCorners = alignsCorners
    self.usesHalfPixelCenters = usesHalfPixelCenters
    source = context.input(0).shape
    result = context.output.shape
  }

  func places(
    _ axis: Int, _ position: (Float, Int) -> Float
  ) -> [Place<Float>] {
    let (from, to) = (source[axis], result[axis])
    let scale =
      alignsCorners && to > 1 ? Float(from - 1) / Float(to - 1) : Float(from) / Float(to)
    return (0..<to).map { index in
      let value = position(scale, index)
      let low = min(max(Int(value.rounded(.down)), 0), from - 1)
      return Place(
        low: low, high: min(Int(value.rounded(.up)), from - 1), fraction: value - Float(low))
    }
  }

  func places(_ axis: Int, _ position: (Int, Int) -> Int) -> [Place<Int>] {
    let (from, to) = (source[axis], result[axis])
    let scale =
      alignsCorners && to > 1
      ? (1024 * (from - 1) + (to - 1) / 2) / (to - 1) : (1024 * from + to / 2) / to
    return (0..<to).map { index in
      let value = position(scale, index)
      // A scale that was rounded up leads beyond the last pixel of small images.
      let low = min(max(value / 1024, 0), from - 1)
      return Place(
        low: low, high: min((value + 1023) / 1024, from - 1), fraction: value - 1024 * low)
    }
  }

  /// As XNNPACK places pixels, the way in 2048ths.
  func elevenBitPlaces(_ axis: Int) -> [Place<Int>] {
    let (from, to) = (source[axis], result[axis])
    let adjustment = alignsCorners && to != 1 ? 1 : 0
    let scale = Float(from - adjustment) / Float(to - adjustment)
    return (0..<to).map { index in
      var position = Float(index) * scale
      if usesHalfPixelCenters {
        position = min(max(position + (0.5 * scale - 0.5), 0), Float(from - 1))
      }
      let low = min(Int(position), from - 1)
      let fraction = ((position - Float(low)) * 2048).rounded(.toNearestOrEven)
      return Place(low: low, high: min(low + 1, from - 1), fraction: Int(fraction))
    }
  }

  func real(_ index: Int, _ scale: Float) -> Float {
    usesHalfPixelCenters ? (Float(index) + 0.5) * scale - 0.5 : Float(index) * scale
  }

  func fixed(_ index: Int, _ scale: Int) -> Int {
    usesHalfPixelCenters ? index * scale + scale / 2 - 512 : index * scale
  }

  @inline(__always)
  func offset(_ row: Int, _ column: Int, _ channel: Int) -> Int {
    (row &* source[2] &+ column) &* source[3] &+ channel
  }

  func body<Element>(
    _ pixel: @escaping @Sendable (UnsafePointer<Element>, Int, Int, Int) -> Element
  ) -> KernelBody {
    let sourceCount = source.elementCount / max(source[0], 1)
    return { operands in
      var next = operands.output(as: Element.self)
      for batch in 0..<result[0] {
        let image = operands.input(0, as: Element.self) + batch &* sourceCount
        for row in 0..<result[1] {
          for column in 0..<result[2] {
            for channel in 0..<result[3] {
              next.pointee = pixel(image, row, column, channel)
              next += 1
            }
          }
        }
      }
    }
  }
}

extension KernelContext {
  /// Whether the first input and the first output have an element type.
  func hasOperandTypes(_ type: ElementType) -> Bool {
    input(0).elementType == type && output.elementType == type
  }
}
