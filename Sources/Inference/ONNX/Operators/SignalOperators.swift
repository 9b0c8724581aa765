import Glibc
import NeuralNetworks

/// Windows and filter banks of spectral front ends.
enum SignalOperators {
  /// A sum of cosines: coefficients of 1, cos, cos of the double angle.
  static func window(_ coefficients: [Double]) -> OperatorBody {
    one { call throws(ModelError) in
      let size = try call.integers(0)?.first ?? 0
      guard size >= 0, size <= Int(Int32.max) else {
        throw call.problem("size", found: "\(size)", expected: "a length")
      }
      let type = try outputType(call)
      let shape = try checkedShape([size], of: type)
      let periods = try call.flag("periodic", default: true) ? size : size - 1
      let values = (0..<shape[0]).map { index in
        coefficients.enumerated().reduce(0.0) { sum, term in
          sum + term.element * cos(2 * .pi * Double(term.offset * index) / Double(max(periods, 1)))
        }
      }
      return try TensorValue(reals: values, like: type)
    }
  }

  private static func outputType(_ call: OperatorCall) throws(ModelError) -> ElementType {
    let code = try call.int("output_datatype", default: 1)
    guard let type = ElementType(onnxCode: code) else {
      throw call.problem("attribute \"output_datatype\"", found: "\(code)", expected: "a number")
    }
    return type
  }

  /// Triangular filters on the mel scale: spectrum bins by mel bins.
  static func melWeightMatrix(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    var numbers: [Double] = []
    for index in 0..<5 { numbers.append(try call.input(index).scalar()) }
    let (bands, length, rate) = (numbers[0], numbers[1], numbers[2])
    guard bands >= 0, length >= 0, rate > 0, bands < 1e6, length < 1e9, numbers[3] >= 0 else {
      throw call.problem("inputs", found: "\(numbers)", expected: "counts and frequencies")
    }
    let (count, bins) = (Int(bands), Int(length) / 2 + 1)
    let type = try outputType(call)
    let shape = try checkedShape([bins, count], of: type)
    let (low, high) = (mel(numbers[3]), mel(numbers[4]))
    let places = (0..<count + 2).map { index in
      let frequency = hertz(low + Double(index) * (high - low) / Double(count + 2))
      return ((length + 1) * frequency / rate).rounded(.down)
    }
    guard places.allSatisfy({ $0 >= 0 && $0 <= Double(bins) }) else {
      throw call.problem(
        "inputs", found: "\(numbers)", expected: "edges from 0 to half the sample rate")
    }
    let edges = places.map { Int($0) }
    var values = [Double](repeating: 0, count: shape.elementCount)
    for band in 0..<count {
      let (left, center, right) = (edges[band], edges[band + 1], edges[band + 2])
      func set(_ bin: Int, _ value: Double) {
        if (0..<bins).contains(bin) { values[bin * count + band] = value }
      }
      if center == left {
        set(center, 1)
      } else {
        for bin in left...max(left, center) {
          set(bin, Double(bin - left) / Double(center - left))
        }
      }
      if right > center {
        for bin in center..<right { set(bin, Double(right - bin) / Double(right - center)) }
      }
    }
    return try TensorValue(reals: values, like: type).reshaped(shape)
  }

  private static func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
  private static func hertz(_ mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }
}
