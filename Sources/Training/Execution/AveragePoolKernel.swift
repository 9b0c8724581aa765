import CKernels

/// Means over the taps that lie on the input.
final class AveragePoolKernel: NodeKernel {
  private let windows: PoolWindows
  private let memory: NodeMemory
  /// By output pixel: 1 / taps.
  private let shares: [Float]

  init(_ window: PatchGeometry, _ memory: NodeMemory) {
    let windows = PoolWindows(window: window)
    self.windows = windows
    self.memory = memory
    shares = (0..<window.pixels).map {
      1
        / Float(
          windows.rows($0 / window.outputWidth).count
            * windows.columns($0 % window.outputWidth).count)
    }
  }

  func forward(_ batch: Minibatch) {
    let (input, output, channels) = (memory.inputs[0], memory.output, windows.window.channels)
    batch.eachShard { _, samples in
      for sample in samples {
        let source = input.value + sample * input.count
        let target = output.value + sample * output.count
        target.update(repeating: 0, count: output.count)
        windows.eachTap { to, from in ck_accumulate(target + to, source + from, Int64(channels)) }
        for i in 0..<output.count { target[i] *= shares[i / channels] }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let (input, channels) = (memory.inputs[0], windows.window.channels)
    batch.eachShard { _, samples in
      input.addGradient(samples) { target in
        target.update(repeating: 0, count: samples.count * input.count)
        for (index, sample) in samples.enumerated() {
          let (upstream, part) = (memory.upstream(sample), target + index * input.count)
          windows.eachTap { to, from in
            ck_accumulate_scaled(part + from, upstream + to, shares[to / channels], Int64(channels))
          }
        }
      }
    }
  }
}
