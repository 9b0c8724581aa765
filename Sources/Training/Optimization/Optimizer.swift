import ReproducibleMath

/// How gradients move weights.
public enum Optimizer: Sendable, Equatable {
  /// Stochastic gradient descent with momentum (Sutskever et al. 2013); `momentum` 0 for none.
  case sgd(momentum: Float, isNesterov: Bool)
  /// Kingma and Ba 2015; weight decay is decoupled (Loshchilov and Hutter 2019).
  case adam(beta1: Float, beta2: Float, epsilon: Float)

  public static let sgd = Optimizer.sgd(momentum: 0.9, isNesterov: false)
  public static let adam = Optimizer.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)

  /// Moments that it keeps for each weight.
  var momentCount: Int {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? 0 : 1
    case .adam: 2
    }
  }

  var isInRange: Bool {
    switch self {
    case .sgd(let momentum, _): (0..<1).contains(momentum)
    case .adam(let beta1, let beta2, let epsilon):
      (0..<1).contains(beta1) && (0..<1).contains(beta2) && epsilon > 0
    }
  }

  /// Moves weights by one step.
  ///
  /// - Parameters:
  ///   - moments: `momentCount` for each weight: all first moments, then all second ones.
  ///   - step: 1 for the first.
  ///   - decay: of weights; 0 for biases.
  func move(
    _ weights: inout [Float], _ moments: inout [Float], _ gradient: UnsafePointer<Float>,
    rate: Float, step: Int, decay: Float
  ) {
    weights.withUnsafeMutableBufferPointer { weights in
      moments.withUnsafeMutableBufferPointer { moments in
        switch self {
        case .sgd(let momentum, let isNesterov):
          Self.descend(weights, moments, gradient, rate, decay, momentum, isNesterov)
        case .adam(let beta1, let beta2, let epsilon):
          let bias = (
            Float(1 - Self.power(Double(beta1), step)),
            Float(1 - Self.power(Double(beta2), step)).squareRoot()
          )
          Self.adapt(weights, moments, gradient, rate, decay, (beta1, beta2), epsilon, bias)
        }
      }
    }
  }

  private static func descend(
    _ weights: UnsafeMutableBufferPointer<Float>, _ moments: UnsafeMutableBufferPointer<Float>,
    _ gradient: UnsafePointer<Float>, _ rate: Float, _ decay: Float, _ momentum: Float,
    _ isNesterov: Bool
  ) {
    for i in weights.indices {
      var slope = gradient[i] + decay * weights[i]
      if momentum != 0 {
        moments[i] = momentum * moments[i] + slope
        slope = isNesterov ? slope + momentum * moments[i] : moments[i]
      }
      weights[i] -= rate * slope
    }
  }

  /// - Parameter bias: what the first moment, and the root of the second, are divided by.
  private static func adapt(
    _ weights: UnsafeMutableBufferPointer<Float>, _ moments: UnsafeMutableBufferPointer<Float>,
    _ gradient: UnsafePointer<Float>, _ rate: Float, _ decay: Float, _ betas: (Float, Float),
    _ epsilon: Float, _ bias: (Float, Float)
  ) {
    let count = weights.count
    for i in 0..<count {
      let slope = gradient[i]
      moments[i] = betas.0 * moments[i] + (1 - betas.0) * slope
      moments[count + i] = betas.1 * moments[count + i] + (1 - betas.1) * slope * slope
      let direction = (moments[i] / bias.0) / (moments[count + i].squareRoot() / bias.1 + epsilon)
      weights[i] -= rate * (direction + decay * weights[i])
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    ReproducibleMath.pow(base, Double(exponent))
  }
}
