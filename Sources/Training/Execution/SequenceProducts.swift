import CKernels

/// The products of a recurrent layer: of its inputs, of all steps at once, and of the state before,
/// step by step. The weights of all gates stand beside each other.
///
/// Source of the gradients: backpropagation through time (Werbos 1990).
///
/// Invariant: pointers are into memory that the object owns.
final class SequenceProducts {
  let geometry: SequenceGeometry
  /// Columns of a row of sums: all gates.
  let width: Int
  /// [sample][step][gate][unit]: sums, then what the layer puts there; on the way back gradients of
  /// the sums.
  let gates: FloatMemory
  private let memory: NodeMemory
  private let variant = ck_variant_best()
  /// [gate][unit][input], [gate][unit][unit] and [gate][unit].
  private let inputWeights, recurrentWeights, biases: FloatMemory
  private let packedInput, packedRecurrent: FloatMemory
  /// For gradients of inputs and states.
  private let turnedInput, turnedRecurrent: FloatMemory
  private let noBias: FloatMemory
  private let runOffset: UnsafeMutablePointer<Int64>
  /// By shard, [sample][gate][unit].
  private var room: [FloatMemory] = []
  /// By shard: [input][gate][unit] and [unit][gate][unit].
  private var inputPartials: [FloatMemory] = []
  private var recurrentPartials: [FloatMemory] = []

  /// - Parameter memory: parameters are the input weights of all gates, their recurrent weights and
  ///   their biases.
  init(_ geometry: SequenceGeometry, _ memory: NodeMemory, capacity: Int) {
    let (depth, units) = (geometry.depth, geometry.units)
    let width = geometry.gates * units
    self.geometry = geometry
    self.memory = memory
    self.width = width
    gates = FloatMemory(capacity * geometry.steps * width)
    inputWeights = FloatMemory(width * depth)
    recurrentWeights = FloatMemory(width * units)
    biases = FloatMemory(width)
    func packed(_ rows: Int, _ columns: Int) -> FloatMemory {
      FloatMemory(Int(ck_float_packed_count(Int64(rows), Int64(columns))))
    }
    (packedInput, packedRecurrent) = (packed(depth, width), packed(units, width))
    (turnedInput, turnedRecurrent) = (packed(width, depth), packed(width, units))
    noBias = FloatMemory(max(width, depth))
    runOffset = .allocate(capacity: 1)
    runOffset.initialize(to: 0)
    for _ in 0..<Minibatch.shardCount {
      room.append(FloatMemory(capacity * width))
      inputPartials.append(FloatMemory(depth * width))
      recurrentPartials.append(FloatMemory(units * width))
    }
  }

  deinit { runOffset.deallocate() }

  func prepare() {
    let (count, depth, units) = (geometry.gates, Int64(geometry.depth), Int64(geometry.units))
    for gate in 0..<count {
      for (target, index) in [
        (inputWeights, gate), (recurrentWeights, count + gate), (biases, 2 * count + gate),
      ] {
        let source = memory.parameters[index]
        (target.base + gate * source.count).update(from: source.base, count: source.count)
      }
    }
    let columns = Int64(width)
    ck_float_pack(inputWeights.base, depth, columns, 1, depth, packedInput.base)
    ck_float_pack(recurrentWeights.base, units, columns, 1, units, packedRecurrent.base)
    ck_float_pack(inputWeights.base, columns, depth, depth, 1, turnedInput.base)
    ck_float_pack(recurrentWeights.base, columns, units, units, 1, turnedRecurrent.base)
  }

  /// Rows of the gates, from a step of a sample on.
  func row(_ sample: Int, _ step: Int) -> UnsafeMutablePointer<Float> {
    gates.base + (sample * geometry.steps + step) * width
  }

  /// Rows of the layer's output.
  private func state(_ sample: Int, _ step: Int) -> UnsafeMutablePointer<Float> {
    memory.output.value + (sample * geometry.steps + step) * geometry.units
  }

  /// Rows of `length` floats that lie `step` apart.
  private func product(
    rows: Int, _ length: Int, step: Int, columns: Int, outputStep: Int,
    bias: FloatMemory? = nil
  ) -> ck_float_product {
    ck_float_product(
      patch_rows: 1, patch_columns: Int64(rows), row_step: 0, column_step: Int64(step),
      run_count: 1, run_length: Int64(length), run_offsets: runOffset, columns: Int64(columns),
      output_step: Int64(outputStep), bias: (bias ?? noBias).base, low: -.infinity,
      high: .infinity)
  }

  // MARK: Forward

  /// Sets the sums of all steps to what inputs and biases give.
  func addInputs(_ samples: Range<Int>) {
    var product = product(
      rows: samples.count * geometry.steps, geometry.depth, step: geometry.depth, columns: width,
      outputStep: width, bias: biases)
    ck_float_multiply(
      variant, &product, memory.inputs[0].value + samples.lowerBound * memory.inputs[0].count,
      packedInput.base, row(samples.lowerBound, 0))
  }

  /// Adds what the output of the step before gives; nothing at the first step.
  func addState(_ step: Int, _ samples: Range<Int>, shard: Int) {
    guard step > 0 else { return }
    var product = product(
      rows: samples.count, geometry.units, step: geometry.steps * geometry.units, columns: width,
      outputStep: width)
    let sums = room[shard].base
    ck_float_multiply(
      variant, &product, state(samples.lowerBound, step - 1), packedRecurrent.base, sums)
    for (index, sample) in samples.enumerated() {
      ck_accumulate(row(sample, step), sums + index * width, Int64(width))
    }
  }

  // MARK: Backward

  /// Sets the gradients of the states before a step, [sample][unit], from those of its sums.
  func differentiateState(
    _ step: Int, _ samples: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) {
    var product = product(
      rows: samples.count, width, step: geometry.steps * width, columns: geometry.units,
      outputStep: geometry.units)
    ck_float_multiply(
      variant, &product, row(samples.lowerBound, step), turnedRecurrent.base, target)
  }

  /// From the gradients of all sums of a shard to those of inputs, and its part of the weights'.
  func differentiate(_ samples: Range<Int>, shard: Int) {
    let (steps, depth, units) = (geometry.steps, geometry.depth, geometry.units)
    let input = memory.inputs[0]
    let upstream = row(samples.lowerBound, 0)
    input.addGradient(samples) { target in
      var product = product(
        rows: samples.count * steps, width, step: width, columns: depth, outputStep: depth)
      ck_float_multiply(variant, &product, upstream, turnedInput.base, target)
    }
    inputPartials[shard].clear()
    var inputs = product(
      rows: samples.count * steps, depth, step: depth, columns: width, outputStep: width)
    ck_float_weight_gradient(
      variant, &inputs, input.value + samples.lowerBound * input.count, upstream,
      inputPartials[shard].base)
    recurrentPartials[shard].clear()
    guard steps > 1 else { return }
    var states = product(
      rows: steps - 1, units, step: units, columns: width, outputStep: width)
    for sample in samples {
      ck_float_weight_gradient(
        variant, &states, state(sample, 0), row(sample, 1), recurrentPartials[shard].base)
    }
  }

  /// Adds the parts of all shards, in their order, to the gradients of the parameters.
  func addParameters(_ batch: Minibatch) {
    let count = geometry.gates
    add(inputPartials, rows: geometry.depth, batch, first: 0)
    add(recurrentPartials, rows: geometry.units, batch, first: count)
    let sums = FloatMemory(width)
    ChannelSums.add(
      gates.base, rows: geometry.steps, channels: width, batch, to: sums.base)
    add(sums, first: 2 * count)
  }

  private func add(_ partials: [FloatMemory], rows: Int, _ batch: Minibatch, first: Int) {
    let sums = FloatMemory(rows * width)
    for shard in 0..<Minibatch.shardCount where !batch.shard(shard).isEmpty {
      ck_accumulate(sums.base, partials[shard].base, Int64(rows * width))
    }
    let turned = FloatMemory(rows * width)
    ck_accumulate_transposed(turned.base, sums.base, Int64(rows), Int64(width))
    add(turned, first: first)
  }

  /// Each gate's part to the gradient of its parameter.
  private func add(_ sums: FloatMemory, first: Int) {
    for gate in 0..<geometry.gates {
      guard let gradient = memory.parameterGradients[first + gate] else { continue }
      ck_accumulate(gradient.base, sums.base + gate * gradient.count, Int64(gradient.count))
    }
  }
}
