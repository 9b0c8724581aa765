import CKernels

/// What the kernel of one node reads and writes.
struct NodeMemory {
  /// A value of all samples, one after the other.
  struct Operand {
    let value: UnsafeMutablePointer<Float>
    /// Nil when nobody needs it.
    let gradient: UnsafeMutablePointer<Float>?
    /// Where to write the gradient first, when another reader's is there already.
    let spare: UnsafeMutablePointer<Float>?
    /// Elements of one sample.
    let count: Int

    /// Lets `write` set the gradient of the samples, from the first one on.
    func addGradient(_ samples: Range<Int>, _ write: (UnsafeMutablePointer<Float>) -> Void) {
      guard let gradient else { return }
      let offset = samples.lowerBound * count
      guard let spare else { return write(gradient + offset) }
      write(spare + offset)
      ck_accumulate(gradient + offset, spare + offset, Int64(samples.count * count))
    }

    /// Lets `add` add to the gradient of the samples: for kernels that reach a part of it only.
    func addToGradient(_ samples: Range<Int>, _ add: (UnsafeMutablePointer<Float>) -> Void) {
      guard let gradient else { return }
      let target = gradient + samples.lowerBound * count
      if spare == nil { target.update(repeating: 0, count: samples.count * count) }
      add(target)
    }
  }

  var inputs: [Operand]
  var output: Operand
  var parameters: [FloatMemory]
  /// Sums over the minibatch, which kernels add to; nil for what is not trained.
  var parameterGradients: [FloatMemory?]

  /// The output's gradient, from a sample on.
  func upstream(_ sample: Int) -> UnsafeMutablePointer<Float> {
    guard let gradient = output.gradient else { preconditionFailure("a node without gradients") }
    return gradient + sample * output.count
  }
}

/// Computes one node, and its gradients.
protocol NodeKernel: AnyObject {
  /// Called when parameters have changed.
  func prepare()
  func forward(_ batch: Minibatch)
  /// Sets the gradients of inputs, and adds to those of parameters.
  func backward(_ batch: Minibatch)
}

extension NodeKernel {
  func prepare() {}
}
