import CKernels

/// A simple recurrent layer (Elman 1990): `h = activation(W x + U h + b)`, from a state of zeros
/// for every sample.
final class RecurrentKernel: NodeKernel {
  private let activation: DifferentiableActivation?
  private let memory: NodeMemory
  private let products: SequenceProducts
  /// By shard, [sample][unit].
  private var stateGradients: [FloatMemory] = []

  private var units: Int { products.geometry.units }
  private var steps: Int { products.geometry.steps }

  init(
    _ geometry: SequenceGeometry, _ activation: DifferentiableActivation?, _ memory: NodeMemory,
    capacity: Int
  ) {
    self.activation = activation
    self.memory = memory
    products = SequenceProducts(geometry, memory, capacity: capacity)
    for _ in 0..<Minibatch.shardCount {
      stateGradients.append(FloatMemory(capacity * geometry.units))
    }
  }

  func prepare() { products.prepare() }

  func forward(_ batch: Minibatch) {
    batch.eachShard { shard, samples in
      products.addInputs(samples)
      for step in 0..<steps {
        products.addState(step, samples, shard: shard)
        for sample in samples {
          let (row, state) = (products.row(sample, step), state(sample, step))
          state.update(from: row, count: units)
          activation?.apply(row, into: state, count: units)
        }
      }
    }
  }

  private func state(_ sample: Int, _ step: Int) -> UnsafeMutablePointer<Float> {
    memory.output.value + (sample * steps + step) * units
  }

  func backward(_ batch: Minibatch) {
    batch.eachShard { shard, samples in
      let later = stateGradients[shard]
      later.clear()
      for step in (0..<steps).reversed() {
        for (index, sample) in samples.enumerated() {
          retreat(sample, step, later.base + index * units)
        }
        guard step > 0 else { continue }
        products.differentiateState(step, samples, into: later.base)
      }
      products.differentiate(samples, shard: shard)
    }
    products.addParameters(batch)
  }

  /// Turns the sums of a step into their gradients.
  private func retreat(_ sample: Int, _ step: Int, _ later: UnsafeMutablePointer<Float>) {
    let row = products.row(sample, step)
    ck_accumulate(later, memory.upstream(0) + (sample * steps + step) * units, Int64(units))
    if let activation {
      let state = state(sample, step)
      activation.differentiate(row, state, later, into: row, count: units)
    } else {
      row.update(from: later, count: units)
    }
  }
}
