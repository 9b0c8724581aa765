import Dispatch

extension Array where Element: Sendable {
  /// The results of `transform` on every element, in order, computed by up to `jobs` threads.
  ///
  /// Results do not depend on `jobs`: each call sees its element only.
  ///
  /// - Throws: the error of the first element, in order, that fails.
  public func parallelMap<Result: Sendable, Failure: Error>(
    jobs: Int, _ transform: @Sendable (Element) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    precondition(jobs > 0)
    let slots = ResultSlots<Swift.Result<Result, Failure>>(count: count)
    let threads = Swift.min(jobs, count)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for index in Swift.stride(from: thread, to: count, by: threads) {
        do throws(Failure) {
          slots.set(.success(try transform(self[index])), at: index)
        } catch {
          slots.set(.failure(error), at: index)
        }
      }
    }
    var results: [Result] = []
    for result in slots.values { results.append(try result.get()) }
    return results
  }
}

/// One place for each result.
///
/// Invariant: each index is written once, by one thread, and read after all threads have ended.
private final class ResultSlots<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value?>

  init(count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: nil)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  func set(_ value: Value, at index: Int) { storage[index] = value }

  var values: [Value] {
    storage.map { value in
      guard let value else { preconditionFailure("a result is missing") }
      return value
    }
  }
}
