/// Affine quantization: `real = scale * (stored - zeroPoint)`.
///
/// Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference"; the TensorFlow Lite 8-bit quantization specification.
public struct Quantization: Sendable, Hashable {
  /// One scale for the whole tensor, or one for each index along `axis`.
  public let scales: [Float]
  /// As many as scales.
  public let zeroPoints: [Int]
  /// The axis that per-channel scales run along; without meaning for a single scale.
  public let axis: Int

  /// - Precondition: as many zero points as scales, at least one.
  public init(scales: [Float], zeroPoints: [Int], axis: Int = 0) {
    precondition(!scales.isEmpty && scales.count == zeroPoints.count)
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
  }

  /// Per-tensor quantization.
  public init(scale: Float, zeroPoint: Int) {
    self.init(scales: [scale], zeroPoints: [zeroPoint])
  }

  /// Whether each channel has a scale of its own.
  public var isPerChannel: Bool { scales.count > 1 }

  /// The scale of a per-tensor quantization, or that of the first channel.
  public var scale: Float { scales[0] }

  /// The zero point of a per-tensor quantization, or that of the first channel.
  public var zeroPoint: Int { zeroPoints[0] }
}
