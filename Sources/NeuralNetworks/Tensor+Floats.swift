extension Tensor {
  /// The elements of a float32 constant; nil for any other tensor. O(elements).
  public var floats: [Float]? {
    guard elementType == .float32, let constant else { return nil }
    return constant.elements(as: Float.self)
  }

  /// The tensor as a float32 constant of these elements, of any shape that they fill. O(elements).
  ///
  /// - Precondition: as many elements as the shape has.
  public func holding(_ values: [Float], shape: Shape? = nil) -> Tensor {
    var result = self
    result.shape = shape ?? self.shape
    precondition(values.count == result.shape.elementCount, "elements that fill the shape")
    result.elementType = .float32
    result.quantization = nil
    result.constant = ConstantData(bytes: values.withUnsafeBytes { Array($0) })
    return result
  }
}
