import NeuralNetworks

/// Labeled samples in memory, all of one shape.
public struct SampleSet: Sendable {
  /// Of one sample, without a batch axis; images are HWC.
  public let shape: Shape
  /// All samples, one after the other, row-major.
  public var values: [Float]
  /// The class of each sample; empty for data without classes.
  public var labels: [Int]
  /// Names of the classes; empty when they have none.
  public var classNames: [String]

  /// - Precondition: whole samples, and a label for each or none at all.
  public init(shape: Shape, values: [Float], labels: [Int] = [], classNames: [String] = []) {
    precondition(shape.elementCount > 0 && values.count % shape.elementCount == 0)
    precondition(labels.isEmpty || labels.count == values.count / shape.elementCount)
    self.shape = shape
    self.values = values
    self.labels = labels
    self.classNames = classNames
  }

  /// Number of samples.
  public var count: Int { values.count / shape.elementCount }

  /// The elements of one sample.
  public func sample(_ index: Int) -> ArraySlice<Float> {
    let size = shape.elementCount
    return values[index * size..<(index + 1) * size]
  }

  /// The samples at these places, in their order. O(elements).
  public func subset(_ indices: [Int]) -> SampleSet {
    SampleSet(
      shape: shape, values: indices.flatMap { sample($0) },
      labels: labels.isEmpty ? [] : indices.map { labels[$0] }, classNames: classNames)
  }
}
