/// How the range of an activation is chosen from the values that it took.
public enum CalibrationMethod: Sendable, Equatable {
  /// The least and the greatest value.
  case minimumMaximum
  /// Least and greatest value of each batch, averaged with the batches before: the newest counts
  /// as much as 1 - `momentum`.
  case movingAverage(momentum: Double)
  /// Without this part of the values at either end, such as 0.0001.
  case percentile(outside: Double)
  /// The range with the least mean squared error of rounding and clipping.
  case meanSquaredError
  /// The range whose rounded values are distributed most alike, by Kullback-Leibler divergence.
  ///
  /// Source: Migacz 2017, "8-bit Inference with TensorRT".
  case entropy
  /// The best clipping of a Laplace or a normal distribution, whichever fits.
  ///
  /// Source: Banner et al. 2019, "Post training 4-bit quantization of convolutional networks for
  /// rapid-deployment".
  case analyticalClipping

  /// Each way with its usual parameter.
  public static let all: [CalibrationMethod] = [
    .minimumMaximum, .movingAverage(momentum: 0.9), .percentile(outside: 1e-4), .meanSquaredError,
    .entropy, .analyticalClipping,
  ]

  /// As documents and reports say it.
  public var name: String {
    switch self {
    case .minimumMaximum: "min-max"
    case .movingAverage: "moving-average"
    case .percentile: "percentile"
    case .meanSquaredError: "mse"
    case .entropy: "entropy"
    case .analyticalClipping: "aciq"
    }
  }

  /// Of a moving average.
  var momentum: Double? {
    if case .movingAverage(let momentum) = self { momentum } else { nil }
  }

  /// Whether values are counted in a second pass, between the bounds that the first one found.
  var needsHistogram: Bool {
    switch self {
    case .percentile, .meanSquaredError, .entropy: true
    default: false
    }
  }
}
