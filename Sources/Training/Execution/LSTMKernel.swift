import CKernels
import NeuralNetworks

/// Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000), from a state of
/// zeros for every sample. Gates stand in the order input, forget, cell, output; where the input
/// gate is coupled to the forget gate, it is missing.
final class LSTMKernel: NodeKernel {
  private let layer: LSTMLayer
  private let memory: NodeMemory
  private let products: SequenceProducts
  /// [sample][step][unit]: the cells, and what the activation makes of them.
  private let cells, squashed: FloatMemory
  /// By shard, [sample][unit].
  private var stateGradients: [FloatMemory] = []
  private var cellGradients: [FloatMemory] = []

  private var units: Int { layer.geometry.units }
  private var steps: Int { layer.geometry.steps }

  init(_ layer: LSTMLayer, _ memory: NodeMemory, capacity: Int) {
    self.layer = layer
    self.memory = memory
    products = SequenceProducts(layer.geometry, memory, capacity: capacity)
    let count = layer.geometry.steps * layer.geometry.units
    cells = FloatMemory(capacity * count)
    squashed = FloatMemory(capacity * count)
    for _ in 0..<Minibatch.shardCount {
      stateGradients.append(FloatMemory(capacity * layer.geometry.units))
      cellGradients.append(FloatMemory(capacity * layer.geometry.units))
    }
  }

  func prepare() { products.prepare() }

  /// Where the parts of a row of gates begin.
  private var places: (input: Int?, forget: Int, cell: Int, output: Int) {
    let first = layer.isCoupled ? 0 : units
    return (layer.isCoupled ? nil : 0, first, first + units, first + 2 * units)
  }

  // MARK: Forward

  func forward(_ batch: Minibatch) {
    batch.eachShard { shard, samples in
      products.addInputs(samples)
      for step in 0..<steps {
        products.addState(step, samples, shard: shard)
        for sample in samples { advance(sample, step) }
      }
    }
  }

  private func advance(_ sample: Int, _ step: Int) {
    let (row, places) = (products.row(sample, step), places)
    let place = (sample * steps + step) * units
    let (cell, squash) = (cells.base + place, squashed.base + place)
    // All gates but the cell's, which stands between them.
    DifferentiableActivation.logistic.apply(row, into: row, count: places.cell)
    layer.activation?.apply(row + places.cell, into: row + places.cell, count: units)
    let output = row + places.output
    DifferentiableActivation.logistic.apply(output, into: output, count: units)
    let limit = layer.cellClip > 0 ? layer.cellClip : .infinity
    for i in 0..<units {
      let forget = row[places.forget + i]
      let admitted = places.input.map { row[$0 + i] } ?? 1 - forget
      let kept = step > 0 ? forget * cell[i - units] : 0
      cell[i] = min(max(kept + row[places.cell + i] * admitted, -limit), limit)
      squash[i] = cell[i]
    }
    layer.activation?.apply(squash, into: squash, count: units)
    let state = memory.output.value + place
    for i in 0..<units { state[i] = output[i] * squash[i] }
  }

  // MARK: Backward

  func backward(_ batch: Minibatch) {
    batch.eachShard { shard, samples in
      stateGradients[shard].clear()
      cellGradients[shard].clear()
      for step in (0..<steps).reversed() {
        for sample in samples { retreat(sample, step, samples.lowerBound, shard) }
        guard step > 0 else { continue }
        products.differentiateState(step, samples, into: stateGradients[shard].base)
      }
      products.differentiate(samples, shard: shard)
    }
    products.addParameters(batch)
  }

  /// Turns the gates of a step into gradients of their sums.
  private func retreat(_ sample: Int, _ step: Int, _ first: Int, _ shard: Int) {
    let (row, places) = (products.row(sample, step), places)
    let place = (sample * steps + step) * units
    let (cell, squash) = (cells.base + place, squashed.base + place)
    let upstream = memory.upstream(0) + place
    let state = stateGradients[shard].base + (sample - first) * units
    let later = cellGradients[shard].base + (sample - first) * units
    let limit = layer.cellClip > 0 ? layer.cellClip : .infinity
    for i in 0..<units { state[i] += upstream[i] }
    // The output gate's gradient takes the place of the state's, which goes on through the cell.
    for i in 0..<units {
      let (gradient, output) = (state[i], row[places.output + i])
      state[i] = gradient * output
      row[places.output + i] = gradient * squash[i] * output * (1 - output)
    }
    layer.activation?.differentiate(cell, squash, state, into: state, count: units)
    for i in 0..<units {
      let total = cell[i].magnitude < limit ? state[i] + later[i] : 0
      let (forget, new) = (row[places.forget + i], row[places.cell + i])
      let admitted = places.input.map { row[$0 + i] } ?? 1 - forget
      var slope = step > 0 ? total * cell[i - units] : 0
      if let input = places.input {
        row[input + i] = total * new * admitted * (1 - admitted)
      } else {
        slope -= total * new
      }
      row[places.forget + i] = slope * forget * (1 - forget)
      later[i] = total * forget
      state[i] = total * admitted
    }
    let new = row + places.cell
    if let activation = layer.activation {
      activation.differentiate(new, new, state, into: new, count: units)
    } else {
      new.update(from: state, count: units)
    }
  }
}
