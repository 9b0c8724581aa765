final class MaxPoolKernel: NodeKernel {
  private let windows: PoolWindows
  private let memory: NodeMemory
  /// Where each maximum was, within its sample: the first one of equals.
  private let places: UnsafeMutablePointer<Int32>
  private let channels: Int

  init(_ window: PatchGeometry, _ memory: NodeMemory, capacity: Int) {
    windows = PoolWindows(window: window)
    channels = window.channels
    self.memory = memory
    let count = capacity * memory.output.count
    places = .allocate(capacity: max(count, 1))
    places.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { places.deallocate() }

  func forward(_ batch: Minibatch) {
    let (input, output, places) = (memory.inputs[0], memory.output, places)
    batch.eachShard { _, samples in
      for sample in samples {
        let source = input.value + sample * input.count
        let target = output.value + sample * output.count
        let place = places + sample * output.count
        for i in 0..<output.count { target[i] = -.infinity }
        windows.eachTap { to, from in
          for c in 0..<channels where source[from + c] > target[to + c] {
            target[to + c] = source[from + c]
            place[to + c] = Int32(truncatingIfNeeded: from + c)
          }
        }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let (input, output, places) = (memory.inputs[0], memory.output, places)
    batch.eachShard { _, samples in
      input.addGradient(samples) { target in
        target.update(repeating: 0, count: samples.count * input.count)
        for (index, sample) in samples.enumerated() {
          let (upstream, place) = (memory.upstream(sample), places + sample * output.count)
          let part = target + index * input.count
          for i in 0..<output.count { part[Int(place[i])] += upstream[i] }
        }
      }
    }
  }
}
