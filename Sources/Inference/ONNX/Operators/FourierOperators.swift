import Glibc
import NeuralNetworks

/// `DFT` and `STFT`, in double precision.
enum FourierOperators {
  struct Complex {
    var real: Double
    var imaginary: Double
  }

  /// The last axis holds real and imaginary parts, or the real part only. The axis is an attribute
  /// before opset 20.
  static func dft(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard input.rank >= 2, input.count > 0, [1, 2].contains(input.shape[input.rank - 1]) else {
      throw call.problem(
        "input", found: "\(input.shape)", expected: "a last axis of 1 or 2 elements")
    }
    let stated = try call.int("axis", default: call.version < 20 ? 1 : -2)
    let axis = try normalized(
      call.integers(2)?.first ?? stated, rank: input.rank, place: "axis")
    let (isInverse, isOneSided) = (try call.flag("inverse"), try call.flag("onesided"))
    guard axis < input.rank - 1, !isInverse || !isOneSided else {
      throw call.problem(
        "attributes", found: "axis \(axis), inverse and onesided", expected: "a signal's axis")
    }
    let length = try call.integers(1)?.first ?? input.shape[axis]
    guard length > 0, length <= Int(Int32.max) else {
      throw call.problem("dft_length", found: "\(length)", expected: "a length")
    }
    let bins = isOneSided ? length / 2 + 1 : length
    var dimensions = input.shape.dimensions
    let parts = dimensions[input.rank - 1]
    dimensions[axis] = max(bins, length)
    dimensions[input.rank - 1] = 2
    _ = try checkedShape(dimensions, of: input.elementType)
    dimensions[axis] = bins
    let shape = try checkedShape(dimensions)
    let lines = AxisLines(Shape(Array(input.shape.dimensions.dropLast())), axis: axis)
    try call.count(steps: [lines.outer * lines.inner, length, oddPart(length)])
    let values = try input.doubles()
    var result = [Double](repeating: 0, count: shape.elementCount)
    lines.forEachLine { line, start in
      let signal = (0..<length).map { index in
        guard index < lines.length else { return Complex(real: 0, imaginary: 0) }
        let place = (start + index * lines.inner) * parts
        return Complex(real: values[place], imaginary: parts == 2 ? values[place + 1] : 0)
      }
      let spectrum = transform(signal, sign: isInverse ? 1 : -1)
      let scale = isInverse ? 1 / Double(length) : 1
      for bin in 0..<bins {
        let target = ((line / lines.inner * bins + bin) * lines.inner + line % lines.inner) * 2
        result[target] = spectrum[bin].real * scale
        result[target + 1] = spectrum[bin].imaginary * scale
      }
    }
    return try TensorValue(reals: result, like: input.elementType).reshaped(shape)
  }

  /// Spectra of windowed frames: batch, frames, bins, parts.
  static func stft(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let signal = try call.input(0)
    let step = try call.integers(1)?.first ?? 0
    let window = try call.optionalInput(2)?.doubles()
    let stated = try call.integers(3)?.first
    guard let length = stated ?? window?.count, (2...3).contains(signal.rank), length > 0,
      step > 0, window.map({ $0.count == length }) ?? true, signal.count > 0,
      signal.rank == 2 || [1, 2].contains(signal.shape[2])
    else {
      throw call.problem(
        "inputs", found: "signal \(signal.shape), step \(step)", expected: "frames of a signal")
    }
    let parts = signal.rank == 3 ? signal.shape[2] : 1
    let (batch, samples) = (signal.shape[0], signal.shape[1])
    guard length <= samples else {
      throw call.problem("frame_length", found: "\(length)", expected: "at most \(samples)")
    }
    let frames = (samples - length) / step + 1
    let bins = try call.flag("onesided", default: true) ? length / 2 + 1 : length
    let shape = try checkedShape([batch, frames, bins, 2], of: signal.elementType)
    try call.count(steps: [batch * frames, length, oddPart(length)])
    let values = try signal.doubles()
    var result: [Double] = []
    result.reserveCapacity(shape.elementCount)
    for image in 0..<batch {
      for frame in 0..<frames {
        let points = (0..<length).map { index in
          let place = (image * samples + frame * step + index) * parts
          let weight = window?[index] ?? 1
          return Complex(
            real: values[place] * weight, imaginary: parts == 2 ? values[place + 1] * weight : 0)
        }
        for bin in transform(points, sign: -1).prefix(bins) {
          result += [bin.real, bin.imaginary]
        }
      }
    }
    return try TensorValue(reals: result, like: signal.elementType).reshaped(shape)
  }

  /// What halving leaves: the length of the sums that are not shared.
  private static func oddPart(_ length: Int) -> Int { length >> length.trailingZeroBitCount }

  /// Sum of x[n] e^(sign 2 pi i k n / N): halved as long as the length is even (Cooley and Tukey).
  static func transform(_ x: [Complex], sign: Double) -> [Complex] {
    let count = x.count
    guard count > 1 else { return x }
    guard count % 2 == 0 else { return direct(x, sign: sign) }
    let half = count / 2
    let even = transform((0..<half).map { x[2 * $0] }, sign: sign)
    let odd = transform((0..<half).map { x[2 * $0 + 1] }, sign: sign)
    var result = x
    for k in 0..<half {
      let angle = sign * 2 * .pi * Double(k) / Double(count)
      let (c, s) = (cos(angle), sin(angle))
      let turned = Complex(
        real: odd[k].real * c - odd[k].imaginary * s,
        imaginary: odd[k].real * s + odd[k].imaginary * c)
      result[k] = Complex(
        real: even[k].real + turned.real, imaginary: even[k].imaginary + turned.imaginary)
      result[k + half] = Complex(
        real: even[k].real - turned.real, imaginary: even[k].imaginary - turned.imaginary)
    }
    return result
  }

  private static func direct(_ x: [Complex], sign: Double) -> [Complex] {
    let count = x.count
    let turns = (0..<count).map { index in
      let angle = sign * 2 * .pi * Double(index) / Double(count)
      return Complex(real: cos(angle), imaginary: sin(angle))
    }
    return (0..<count).map { k in
      var sum = Complex(real: 0, imaginary: 0)
      for n in 0..<count {
        let turn = turns[n * k % count]
        sum.real += x[n].real * turn.real - x[n].imaginary * turn.imaginary
        sum.imaginary += x[n].real * turn.imaginary + x[n].imaginary * turn.real
      }
      return sum
    }
  }
}
