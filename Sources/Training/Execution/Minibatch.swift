import Dispatch

/// The samples that go through a graph together.
///
/// They are cut into a fixed number of shards whatever the number of threads; what shards sum up is
/// added in their order, so that results do not depend on `jobs`.
struct Minibatch {
  static let shardCount = 4

  var count: Int
  var jobs = 1
  /// Whether batch norms use the samples' statistics, and dropout drops.
  var isTraining = false
  /// Of dropout.
  var seed: UInt64 = 0
  /// Name the random streams of dropout: one for each sample.
  var streamNames: [String] = []

  func shard(_ index: Int) -> Range<Int> {
    count * index / Self.shardCount..<count * (index + 1) / Self.shardCount
  }

  /// Calls `body` with every shard that has samples, in up to `jobs` threads.
  ///
  /// `body` may be called from several threads at once: it writes to its samples and shard only.
  func eachShard(_ body: (_ shard: Int, _ samples: Range<Int>) -> Void) {
    let threads = max(1, min(jobs, Self.shardCount))
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let shared = body
      let batch = self
      @Sendable func work(_ thread: Int) {
        for index in stride(from: thread, to: Self.shardCount, by: threads) {
          let samples = batch.shard(index)
          if !samples.isEmpty { shared(index, samples) }
        }
      }
      if threads == 1 {
        work(0)
      } else {
        DispatchQueue.concurrentPerform(iterations: threads, execute: work)
      }
    }
  }
}
