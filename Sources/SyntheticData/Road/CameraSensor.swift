import ReproducibleMath

/// Turns linear light into the 8-bit pixels of a camera: lens blur, automatic exposure, shot and
/// read noise, and a gamma of 2.
struct CameraSensor: Sendable {
  let width: Int
  let height: Int
  /// Radius of the lens' blur.
  let blurPixels: Double
  /// Standard deviation of the noise at full light.
  let noise: Double
  /// Over the automatic exposure, which brings the mean to 0.2 of full light.
  let exposure: Double

  /// RGB, row by row.
  ///
  /// - Precondition: `light` has `width * height` pixels.
  func pixels(_ light: [Light], stream: inout RandomStream) -> [UInt8] {
    precondition(light.count == width * height)
    let blurred = blurred(light)
    let sum = blurred.reduce(0.0) { $0 + $1.sum() }
    let gain = exposure * 0.2 * Double(3 * blurred.count) / max(sum, 1e-9)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * blurred.count)
    for value in blurred {
      for channel in 0..<3 {
        let exact = value[channel] * gain
        let grain = noise * (0.3 + 0.7 * max(exact, 0).squareRoot()) * bell(&stream)
        let code = min(max(exact + grain, 0), 1).squareRoot()
        bytes.append(UInt8((code * 255).rounded()))
      }
    }
    return bytes
  }

  /// About normal, of variance 1: the sum of four uniform numbers (Irwin and Hall).
  private func bell(_ stream: inout RandomStream) -> Double {
    let bits = stream.next()
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + bits >> 48
    return (Double(sum) / 65_536 - 2) * 1.7320508
  }

  /// Three taps along rows, then along columns.
  private func blurred(_ light: [Light]) -> [Light] {
    let side = min(blurPixels * blurPixels / 3, 0.33)
    let middle = 1 - 2 * side
    func pass(_ source: [Light], _ stride: (row: Int, column: Int)) -> [Light] {
      var result = source
      for row in 0..<height {
        for column in 0..<width {
          let (r0, c0) = (max(row - stride.row, 0), max(column - stride.column, 0))
          let r1 = min(row + stride.row, height - 1)
          let c1 = min(column + stride.column, width - 1)
          let neighbors = source[r0 * width + c0] + source[r1 * width + c1]
          result[row * width + column] = source[row * width + column] * middle + neighbors * side
        }
      }
      return result
    }
    return pass(pass(light, (0, 1)), (1, 0))
  }
}
