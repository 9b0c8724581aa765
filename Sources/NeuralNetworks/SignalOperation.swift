/// Steps of a fixed-point audio front end: custom operators of TensorFlow Lite Micro.
///
/// Source: `signal/micro/kernels` of TensorFlow Lite Micro.
public enum SignalOperation: Sendable, Hashable {
  /// Inputs: int16 samples, int16 weights that are used again for each frame.
  case window(shift: Int)
  /// Outputs: samples shifted up as far as the largest allows, and the shift.
  case autoScale
  /// The last axis becomes `length / 2 + 1` pairs of real and imaginary part.
  case realTransform(length: Int)
  /// The inverse: pairs become `length` samples.
  case inverseRealTransform(length: Int)
  /// Squared magnitudes of complex bins; 0 outside the range.
  case energy(bins: Range<Int>)
  /// Inputs: energies, weights, complementary weights, first bins, first weights and widths of one
  /// band more than there are channels.
  case filterBank(channelCount: Int)
  /// Inputs: energies, and the shift down.
  case squareRoot
  /// Inputs: channels, and the variable that holds the estimates, which the reader adds: the file
  /// has none. Outputs: channels without noise, and the estimates.
  case spectralSubtraction(SpectralSubtraction)
  /// Per-channel amplitude normalization. Inputs: channels, noise estimates, table of gains.
  case gainControl(shift: Int)
  case logarithm(correctionBits: Int, scale: Int)
  // The following keep samples in a variable, their last input, which the reader adds.
  /// The input of `length` samples ago, zeros before that.
  case delay(length: Int)
  /// Frames that overlap. Outputs: the frames, and whether all of them are whole.
  case framer(Framer)
  /// Frames added where they overlap, the inverse of a framer; saturates.
  case overlapAdd(step: Int)
  /// Inputs: channels. Outputs: those of several invocations one after the other, and whether there
  /// were enough.
  case stacker(Stacker)

  /// The names of the custom operators.
  public var name: String {
    switch self {
    case .window: "SignalWindow"
    case .autoScale: "SignalFftAutoScale"
    case .realTransform: "SignalRfft"
    case .inverseRealTransform: "SignalIrfft"
    case .energy: "SignalEnergy"
    case .filterBank: "SignalFilterBank"
    case .squareRoot: "SignalFilterBankSquareRoot"
    case .spectralSubtraction: "SignalFilterBankSpectralSubtraction"
    case .gainControl: "SignalPCAN"
    case .logarithm: "SignalFilterBankLog"
    case .delay: "SignalDelay"
    case .framer: "SignalFramer"
    case .overlapAdd: "SignalOverlapAdd"
    case .stacker: "SignalStacker"
    }
  }
}

/// How noise is estimated and taken away, channel by channel. Fractions have `fractionBits`.
public struct SpectralSubtraction: Sendable, Hashable {
  public struct Smoothing: Sendable, Hashable {
    /// Weight of the newest signal.
    public var new: UInt32
    /// Weight of the estimate so far.
    public var old: UInt32
  }

  public var channelCount: Int
  /// Of channels 0, 2, ...
  public var even: Smoothing
  /// Of channels 1, 3, ...
  public var odd: Smoothing
  /// What is left of a signal at least.
  public var smallestRemainder: UInt32
  /// Further fraction bits of the estimates.
  public var smoothingBits: Int
  public var fractionBits: Int
  /// Whether an estimate above the signal falls to it at once.
  public var isClamped: Bool
}

/// How samples become frames of which each begins `step` after the one before.
public struct Framer: Sendable, Hashable {
  /// At least `step`.
  public var size: Int
  public var step: Int
  /// Whether zeros stand before the first samples, so that every frame is whole.
  public var isPrefilled: Bool

  /// Samples that are kept: the size, rounded up to whole steps.
  public var capacity: Int { (size + step - 1) / step * step }
}

/// How channels of several invocations are put together.
public struct Stacker: Sendable, Hashable {
  public var channelCount: Int
  /// Invocations before and after the one in the middle.
  public var left, right: Int
  /// Invocations from one output to the next: at most `depth`.
  public var step: Int

  /// Invocations of an output.
  public var depth: Int { left + right + 1 }
}

extension SignalOperation {
  /// The variable that its runtime keeps outside of the model; nil when there is none, or the input
  /// is not what the operator takes.
  func state(for input: Tensor?) -> Tensor? {
    let rows = input.map { $0.shape.elementCount / max($0.shape.dimensions.last ?? 1, 1) } ?? 1
    return switch self {
    case .spectralSubtraction(let attributes):
      Self.variable("noise estimates", .uint32, [attributes.channelCount])
    case .delay(let length): Self.variable("delayed samples", .int16, [rows, length])
    case .framer(let framer): Self.variable("samples", .int16, [rows, framer.capacity + 1])
    case .stacker(let stacker):
      Self.variable("channels", .int16, [stacker.depth, stacker.channelCount, 1], more: 1)
    case .overlapAdd:
      input.flatMap { input in
        let dimensions = input.shape.dimensions
        guard dimensions.count >= 2 else { return nil }
        return Self.variable(
          "samples", input.elementType, dimensions.dropLast(2) + dimensions.suffix(1))
      }
    default: nil
    }
  }

  /// - Parameter more: elements beside those of the shape, which is then flat.
  private static func variable(
    _ name: String, _ type: ElementType, _ dimensions: [Int], more: Int = 0
  ) -> Tensor? {
    guard let shape = Shape(checking: dimensions),
      let flat = more == 0 ? shape : Shape(checking: [shape.elementCount + more])
    else { return nil }
    return Tensor(name: name, elementType: type, shape: flat, isVariable: true)
  }
}

extension Subgraph {
  /// Gives an operator the variable that its runtime keeps outside of the model.
  ///
  /// - Parameter op: an operator whose operands may be out of range.
  mutating func addState(to op: inout Operator) {
    guard case .signal(let signal) = op.operation, op.inputs.count == 1 else { return }
    let input = op.inputs[0].flatMap { tensors.indices.contains($0) ? tensors[$0] : nil }
    guard let state = signal.state(for: input) else { return }
    op.inputs.append(tensors.count)
    tensors.append(state)
  }
}

extension Operation {
  /// Bytes of the tables that a kernel makes when it is prepared, about: those of a transform grow
  /// with its length.
  var tableBytes: Int {
    switch self {
    case .signal(.realTransform(let length)), .signal(.inverseRealTransform(let length)): 8 * length
    default: 0
    }
  }
}
