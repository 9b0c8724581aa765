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

  /// The names of the custom operators.
  public var name: String {
    switch self {
    case .window: "SignalWindow"
    case .autoScale: "SignalFftAutoScale"
    case .realTransform: "SignalRfft"
    case .energy: "SignalEnergy"
    case .filterBank: "SignalFilterBank"
    case .squareRoot: "SignalFilterBankSquareRoot"
    case .spectralSubtraction: "SignalFilterBankSpectralSubtraction"
    case .gainControl: "SignalPCAN"
    case .logarithm: "SignalFilterBankLog"
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

extension Subgraph {
  /// Gives an operator the variable that its runtime keeps outside of the model.
  ///
  /// - Parameter op: an operator whose operands may be out of range.
  mutating func addState(to op: inout Operator) {
    guard case .signal(.spectralSubtraction(let attributes)) = op.operation,
      op.inputs.count == 1, let shape = Shape(checking: [attributes.channelCount])
    else { return }
    op.inputs.append(tensors.count)
    tensors.append(
      Tensor(name: "noise estimates", elementType: .uint32, shape: shape, isVariable: true))
  }
}
