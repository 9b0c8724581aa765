/// Whether a kernel bears that its output lies where an input lies. Each kernel declares it.
enum OperandSharing: Sendable {
  /// No output may touch an input.
  case none
  /// The output may take the place of an input of its shape and element width: every element is
  /// read for the last time before it is overwritten.
  case inPlace
  /// The output has the bytes of input 0, and may lie at its place for as long as both are needed.
  case alias
}
