import Glibc
import NeuralNetworks

/// `RFFT2D`, and parts and magnitudes of complex numbers, which lie as pairs of floats.
enum ComplexKernels {
  static func realPart(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    each(context) { real, _ in real }
  }

  static func imaginaryPart(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    each(context) { _, imaginary in imaginary }
  }

  static func magnitude(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    each(context) { hypotf($0, $1) }
  }

  private static func each(
    _ context: KernelContext, _ function: @escaping @Sendable (Float, Float) -> Float
  ) -> KernelBody {
    let count = context.output.shape.elementCount
    return { operands in
      let parts = operands.input(0, as: Float.self)
      let output = operands.output(as: Float.self)
      for index in 0..<count { output[index] = function(parts[2 &* index], parts[2 &* index &+ 1]) }
    }
  }

  /// Sums over both axes in double precision; missing samples count as 0, superfluous ones are left
  /// out. O(n log n).
  static func realTransform2D(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let extents = context.input(0).shape.dimensions.suffix(2)
    guard let height = extents.first, let width = extents.last else { return nil }
    let (rows, columns) = try context.check.transformLengths()
    let bins = columns / 2 + 1
    let imageCount = context.output.shape.elementCount / (rows * bins)
    return { operands in
      let samples = operands.input(0, as: Float.self)
      let output = operands.output(as: Float.self)
      for image in 0..<imageCount {
        let source = samples + image &* height &* width
        let lines = (0..<rows).map { row in
          row < height ? spectrum(source + row &* width, min(width, columns), columns) : []
        }
        for bin in 0..<bins {
          let column = lines.map { $0.isEmpty ? zero : $0[bin] }
          for (row, value) in FourierOperators.transform(column, sign: -1).enumerated() {
            let place = 2 &* ((image &* rows &+ row) &* bins &+ bin)
            output[place] = Float(value.real)
            output[place &+ 1] = Float(value.imaginary)
          }
        }
      }
    }
  }

  private static let zero = FourierOperators.Complex(real: 0, imaginary: 0)

  private static func spectrum(
    _ samples: UnsafePointer<Float>, _ count: Int, _ length: Int
  ) -> [FourierOperators.Complex] {
    FourierOperators.transform(
      (0..<length).map {
        .init(real: $0 < count ? Double(samples[$0]) : 0, imaginary: 0)
      }, sign: -1)
  }
}
