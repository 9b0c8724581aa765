/// Counted by reading the loops of this target: each operator of a loop body once per turn, without
/// loop control and address arithmetic. Where the work depends on the data (the square root), the
/// largest count that can occur stands.
extension MicroFrontEnd {
  /// One hop that gives a frame. The first two hops of a stream only copy samples.
  public static let operationsPerHop = operationsByStage.reduce(OperationCount()) { $0 + $1.count }

  /// The same by stage, in the order of processing.
  public static let operationsByStage: [(stage: String, count: OperationCount)] = [
    ("window", MicroWindow.sampleCount * windowSample),
    ("transform", transform),
    ("filterbank", MicroFilterbank.weightedBinCount * filterbankBin),
    ("square root", channelCount * squareRoot),
    ("noise reduction", channelCount * noiseReductionChannel),
    ("gain control", channelCount * gainControlChannel),
    ("logarithm", channelCount * logarithmChannel),
  ]

  /// Radix-4 butterflies of the 256-point complex transform inside: four stages of 64.
  public static let butterfliesPerHop = 256

  /// Product, shift, magnitude (compare, negate) and maximum; the normalizing shift.
  private static let windowSample = OperationCount(
    multiplications: 1, additions: 3, shifts: 2, tableLookUps: 1)

  /// Four numbers divided by four with rounding (8 products), three twiddles (12), eight sums.
  private static let butterfly = OperationCount(
    multiplications: 20, additions: 8 + 12 + 17, shifts: 14, tableLookUps: 3)

  /// Two numbers halved with rounding (4 products), one twiddle (4), the sums, the last halving.
  private static let separation = OperationCount(
    multiplications: 8, additions: 4 + 4 + 9, shifts: 4 + 2 + 4, tableLookUps: 1)

  private static let transform =
    butterfliesPerHop * butterfly
    + transformLength / 4 * separation
    + OperationCount(multiplications: 2, additions: 4, shifts: 2)  // bins 0 and 256
    + OperationCount(tableLookUps: transformLength / 2)  // input order

  /// Energy, the complementary weight, two weighted sums.
  private static let filterbankBin = OperationCount(
    multiplications: 2, longMultiplications: 2, additions: 2, shifts: 0, tableLookUps: 1)

  /// A band's energy stays below 2^47 (28 bins of 2^30 with weights of 2^12): 24 steps of three
  /// sums and two shifts on 64 bits, then rounding and the shift back.
  private static let squareRoot = OperationCount(additions: 24 * 3 + 3, shifts: 24 * 2 + 3)

  private static let noiseReductionChannel = OperationCount(
    longMultiplications: 3, additions: 5, shifts: 4)

  /// The quadratic piece (two products), the gain (one long), the compression (one).
  private static let gainControlChannel = OperationCount(
    multiplications: 3, longMultiplications: 1, additions: 6, shifts: 8, tableLookUps: 3)

  private static let logarithmChannel = OperationCount(
    multiplications: 1, longMultiplications: 1, additions: 9, shifts: 10, tableLookUps: 2)
}
