import Inference
import NeuralNetworks
import Training

/// The one input and the one output of a model that answers samples.
struct ModelInterface: Sendable {
  /// Of one sample.
  let input: Tensor
  let output: Tensor
  /// Images and spectra come as HWC; an input of ONNX may want the channels first.
  let mayHaveChannelsFirst: Bool

  /// How a sample's elements lie in the input.
  enum Layout: String, Sendable {
    case channelsFirst = "NCHW"
    case channelsLast = "NHWC"
    case flat = "the samples' elements in their order"
  }

  /// - Throws: `ModelError` unless there is one input and one output.
  init(_ network: Network) throws(ModelError) {
    let main = network.main
    guard main.inputs.count == 1, main.outputs.count == 1 else {
      throw ModelError(
        place: "entry subgraph",
        found: "\(main.inputs.count) inputs and \(main.outputs.count) outputs",
        expected: "one of each")
    }
    input = main.tensors[main.inputs[0]]
    output = main.tensors[main.outputs[0]]
    mayHaveChannelsFirst = false
  }

  /// - Parameters:
  ///   - input: of one sample; an unknown batch is 1.
  ///   - output: as it came of one sample.
  init(onnxInput input: Tensor, output: Tensor) {
    self.input = input
    self.output = output
    mayHaveChannelsFirst = true
  }

  /// Height, width and channels of an input that takes images; other extents as they are.
  var imageExtents: [Int] {
    let extents = withoutBatch
    guard mayHaveChannelsFirst, extents.count == 3, [1, 3].contains(extents[0]) else {
      return extents
    }
    return [extents[1], extents[2], extents[0]]
  }

  private var withoutBatch: [Int] {
    let extents = input.shape.dimensions
    return extents.first == 1 ? Array(extents.dropFirst()) : extents
  }

  /// For samples of this shape: height, width and channels.
  func layout(of shape: Shape) -> Layout {
    let (own, theirs) = (withoutBatch, shape.dimensions)
    guard mayHaveChannelsFirst, theirs.count == 3 else { return .channelsLast }
    let first = [theirs[2], theirs[0], theirs[1]]
    if own == first { return .channelsFirst }
    // Convolutions along one axis have no extent for the other.
    if theirs[2] > 1, own == first.filter({ $0 != 1 }) { return .channelsFirst }
    return own == theirs ? .channelsLast : .flat
  }

  /// Samples as bytes of the input, in its layout.
  ///
  /// - Throws: `ModelError` when the input holds other extents, or a type that no sample becomes.
  func encoded(_ samples: SampleSet) throws(ModelError) -> [UInt8] {
    let isFirst = layout(of: samples.shape) == .channelsFirst
    return try (isFirst ? samples.channelsFirst : samples).encoded(for: input)
  }

  /// - Throws: `ModelError` when samples do not fit the input, or classes not the output.
  func check(_ samples: SampleSet) throws(ModelError) {
    _ = try encoded(samples.subset([]))
    let width = output.shape.elementCount
    guard width >= samples.classNames.count else {
      throw ModelError(
        place: "output \(output.name)", found: "\(width) outputs",
        expected: "\(samples.classNames.count), one for each class of the samples")
    }
  }
}

extension SampleSet {
  /// Each sample HWC as CHW. O(elements).
  fileprivate var channelsFirst: SampleSet {
    let (places, channels) = (shape[0] * shape[1], shape[2])
    var moved: [Float] = []
    moved.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: shape.elementCount) {
      for channel in 0..<channels {
        for place in 0..<places { moved.append(values[start + place * channels + channel]) }
      }
    }
    return SampleSet(
      shape: [channels, shape[0], shape[1]], values: moved, labels: labels, classNames: classNames)
  }
}
