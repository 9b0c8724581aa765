/// A recurrent layer over one sample: [steps, depth] to [steps, units].
struct SequenceGeometry: Sendable {
  var steps, depth, units: Int
  /// Sums of each unit.
  var gates: Int
}

struct LSTMLayer: Sendable {
  var geometry: SequenceGeometry
  /// Of the cell gate and of the output; nil for none.
  var activation: DifferentiableActivation?
  /// 0 for none.
  var cellClip: Float = 0
  /// Whether the input gate is 1 less the forget gate (Greff et al. 2017).
  var isCoupled = false
}
