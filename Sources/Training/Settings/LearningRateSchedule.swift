import ReproducibleMath

/// The learning rate over the epochs.
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Shape: Sendable, Equatable {
    case constant
    /// Multiplied by `factor` after every `epochs`.
    case step(epochs: Double, factor: Double)
    /// Multiplied by `factor` in every epoch, continuously.
    case exponential(factor: Double)
    /// Half a cosine down to `final` times the base (Loshchilov and Hutter 2017).
    case cosine(final: Double)
  }

  public var base: Double
  public var shape: Shape
  /// Epochs of linear growth from nothing.
  public var warmUpEpochs: Double

  public init(base: Double, shape: Shape = .constant, warmUpEpochs: Double = 0) {
    self.base = base
    self.shape = shape
    self.warmUpEpochs = warmUpEpochs
  }

  var isInRange: Bool {
    let isGood =
      switch shape {
      case .constant: true
      case .step(let epochs, let factor): epochs > 0 && factor > 0 && factor.isFinite
      case .exponential(let factor): factor > 0 && factor.isFinite
      case .cosine(let final): (0...1).contains(final)
      }
    return isGood && base > 0 && base.isFinite && warmUpEpochs >= 0
  }

  /// - Parameters:
  ///   - epoch: done so far, with its fraction.
  ///   - total: epochs of the whole training.
  func rate(epoch: Double, total: Int) -> Float {
    if epoch < warmUpEpochs { return Float(base * (epoch + 1e-3) / warmUpEpochs) }
    switch shape {
    case .constant: return Float(base)
    case .step(let epochs, let factor):
      return Float(base * ReproducibleMath.pow(factor, (epoch / epochs).rounded(.down)))
    case .exponential(let factor): return Float(base * ReproducibleMath.pow(factor, epoch))
    case .cosine(let final):
      let span = max(Double(total) - warmUpEpochs, 1e-9)
      let share = min(max((epoch - warmUpEpochs) / span, 0), 1)
      let cosine = (1 + ReproducibleMath.cos(.pi * share)) / 2
      return Float(base * (final + (1 - final) * cosine))
    }
  }
}
