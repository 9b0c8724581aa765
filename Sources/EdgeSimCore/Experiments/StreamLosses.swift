/// What of a stream a device had no time for. Equal losses and arithmetic give equal answers.
struct StreamLosses: Sendable, Hashable {
  /// Hops that never reached the front end, in order.
  var hops: [UInt32]
  /// Inferences that were released and never computed, in order.
  var inferences: [UInt32]

  init(of jobs: JobLog) {
    hops = jobs.lostHops
    inferences = jobs.lostInferences
  }
}
