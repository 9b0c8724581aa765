import Inference
import SignalProcessing

/// Runs the micro front end and a wake-word network over a stream of audio, hop by hop.
public struct WakeWordStream: ~Copyable {
  public static let samplesPerHop = MicroFrontEnd.hopSampleCount

  private let model: WakeWordModel
  private var frontEnd = MicroFrontEnd()
  private var interpreter: Interpreter
  /// The front end's latest frame.
  private var features = [UInt16](repeating: 0, count: MicroFrontEnd.channelCount)
  /// Frames of the next inference, quantized.
  private var frames: [Int8] = []
  private var inferenceCount = 0

  public init(_ model: WakeWordModel) {
    self.model = model
    interpreter = Interpreter(model.plan)
    frames.reserveCapacity(model.framesPerInference * MicroFrontEnd.channelCount)
  }

  /// What a hop led to.
  public enum Step: Sendable, Equatable {
    /// The window is not full, or more frames are to come.
    case waiting
    /// The running number of an inference that was to be skipped.
    case skipped(Int)
    case probability(Float)
  }

  /// Takes 160 samples of 16 kHz audio.
  ///
  /// - Parameter skips: tells by its running number whether an inference is skipped; its frames
  ///   are lost then.
  public mutating func process(
    hop: UnsafeBufferPointer<Int16>, skips: (Int) -> Bool = { _ in false }
  ) -> Step {
    let isComplete = features.withUnsafeMutableBufferPointer {
      frontEnd.process(hop: hop, into: $0)
    }
    guard isComplete else { return .waiting }
    for feature in features {
      frames.append(model.quantized(Double(feature) * Double(MicroFrontEnd.featureScale)))
    }
    guard frames.count == model.framesPerInference * MicroFrontEnd.channelCount else {
      return .waiting
    }
    defer { frames.removeAll(keepingCapacity: true) }
    let number = inferenceCount
    inferenceCount += 1
    return skips(number) ? .skipped(number) : .probability(infer())
  }

  private mutating func infer() -> Float {
    frames.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
    do { try interpreter.invoke() } catch { preconditionFailure("\(error)") }
    return model.probability(ofOutput: interpreter.withOutput(0) { $0[0] })
  }
}
