import DiscreteEvents

/// What happens on a simulated device. Details live in the world's tables.
///
/// Ties: at one time jobs finish first (and free their buffers), then wake-ups end, then new work
/// arrives.
enum EdgeEvent: BitwiseCopyable, Sendable, Equatable {
  /// One hop of audio is complete in the input buffer.
  case hopArrived(UInt32)
  case backgroundReleased(task: UInt8)
  /// The head job of the task finished, unless the task was preempted since: then the generation
  /// has moved on.
  case jobFinished(generation: UInt32, task: UInt8)
  /// The device left its idle state.
  case wokeUp

  /// The phase in the calendar's ordering contract.
  var phase: UInt8 {
    switch self {
    case .jobFinished: 0
    case .wokeUp: 1
    case .hopArrived, .backgroundReleased: 2
    }
  }
}
