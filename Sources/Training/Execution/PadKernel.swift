/// Zeros around an image.
final class PadKernel: NodeKernel {
  private let image: PaddedImage
  private let memory: NodeMemory

  init(_ image: PaddedImage, _ memory: NodeMemory) {
    self.image = image
    self.memory = memory
  }

  private var rowFloats: Int { image.width * image.channels }

  /// Of the first element of a row of the image.
  private func place(_ row: Int) -> Int {
    ((row + image.top) * image.outputWidth + image.left) * image.channels
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      for sample in samples {
        let target = output.value + sample * output.count
        target.update(repeating: 0, count: output.count)
        for row in 0..<image.height {
          (target + place(row)).update(
            from: input.value + sample * input.count + row * rowFloats, count: rowFloats)
        }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    batch.eachShard { _, samples in
      input.addGradient(samples) { target in
        for (index, sample) in samples.enumerated() {
          for row in 0..<image.height {
            (target + index * input.count + row * rowFloats)
              .update(from: memory.upstream(sample) + place(row), count: rowFloats)
          }
        }
      }
    }
  }
}
