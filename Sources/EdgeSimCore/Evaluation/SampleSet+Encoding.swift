import NeuralNetworks
import Training

extension SampleSet {
  /// All samples as bytes of an input tensor, sample after sample; integers are rounded to the
  /// nearest stored value, halves away from zero, and clamped. O(elements).
  ///
  /// - Throws: `ModelError` when the tensor holds other extents or a type that no sample becomes.
  func encoded(for tensor: Tensor) throws(ModelError) -> [UInt8] {
    guard tensor.shape.elementCount == shape.elementCount else {
      throw ModelError(
        place: "input \(tensor.name)", found: "the shape \(tensor.shape)",
        expected: "one of \(shape.elementCount) elements, as the samples' \(shape)")
    }
    switch tensor.elementType {
    case .float32: return values.withUnsafeBytes { Array($0) }
    case .int8: return try stored(tensor, as: Int8.self)
    case .uint8: return try stored(tensor, as: UInt8.self)
    case .int16: return try stored(tensor, as: Int16.self)
    default:
      throw ModelError(
        place: "input \(tensor.name)", found: "the type \(tensor.elementType)",
        expected: "float32, int8, uint8 or int16")
    }
  }

  private func stored<Stored: FixedWidthInteger>(
    _ tensor: Tensor, as type: Stored.Type
  ) throws(ModelError) -> [UInt8] {
    guard let quantization = tensor.quantization else {
      throw ModelError(
        place: "input \(tensor.name)", found: "no quantization", expected: "a scale")
    }
    let (scale, zeroPoint) = (quantization.scale, Float(quantization.zeroPoint))
    let (low, high) = (Float(Stored.min), Float(Stored.max))
    let elements = values.map { value -> Stored in
      let stored = (value / scale).rounded(.toNearestOrAwayFromZero) + zeroPoint
      return Stored(min(max(stored.isNaN ? zeroPoint : stored, low), high))
    }
    return elements.withUnsafeBytes { Array($0) }
  }
}

extension Tensor {
  /// Real values of the elements in `bytes`: those of an output. O(elements).
  ///
  /// - Precondition: float32, int8, uint8 or int16, whole elements.
  func reals(_ bytes: [UInt8]) -> [Float] {
    switch elementType {
    case .float32: bytes.floats
    case .int8: bytes.map { real(Int(Int8(bitPattern: $0))) }
    case .uint8: bytes.map { real(Int($0)) }
    case .int16:
      bytes.withUnsafeBytes { all in
        (0..<all.count / 2).map {
          real(Int(all.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)))
        }
      }
    default: preconditionFailure("no real values of \(elementType)")
    }
  }

  private func real(_ stored: Int) -> Float {
    guard let quantization else { return Float(stored) }
    return Float(stored - quantization.zeroPoint) * quantization.scale
  }
}

extension [UInt8] {
  /// The bytes as float32, little-endian; a rest is left out. O(n).
  var floats: [Float] {
    withUnsafeBytes { all in
      (0..<all.count / 4).map { all.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
