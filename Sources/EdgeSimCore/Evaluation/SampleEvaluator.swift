import Inference
import NeuralNetworks
import ReproducibleMath
import Training

/// Runs a network with one input and one output on many samples, in batches and on many threads.
///
/// Outputs do not depend on the batch size, the number of threads, or the kernels.
struct SampleEvaluator: Sendable {
  let plan: ExecutionPlan
  let inputByteCount: Int
  let outputByteCount: Int
  var jobs = 1
  /// Nil for the plan's preference.
  var batchSize: Int?

  /// - Precondition: the network has one input and one output.
  init(_ plan: ExecutionPlan, jobs: Int = 1) {
    let main = plan.network.main
    precondition(main.inputs.count == 1 && main.outputs.count == 1)
    self.plan = plan
    self.jobs = jobs
    inputByteCount = main.tensors[main.inputs[0]].byteCount
    outputByteCount = main.tensors[main.outputs[0]].byteCount
  }

  /// Each sample's output, one after the other; every sample begins anew.
  ///
  /// - Parameter samples: bytes of the input tensor, a whole number of times.
  /// - Throws: `ModelError` when a sample's values make an operator impossible.
  func outputs(of samples: [UInt8], progress: Progress? = nil) throws(ModelError) -> [UInt8] {
    let count = samples.count / max(inputByteCount, 1)
    let batch = plan.takesBatches ? batchSize ?? plan.preferredBatchSize : 1
    let chunk = max(1, (count + jobs - 1) / jobs)
    let starts = Array(stride(from: 0, to: count, by: chunk))
    return try starts.parallelMap(jobs: jobs) { start throws(ModelError) -> [UInt8] in
      var interpreter = Interpreter(plan, batchSize: min(batch, chunk))
      let end = min(start + chunk, count)
      return try samples.withBytes { (all) throws(ModelError) -> [UInt8] in
        try interpreter.outputs(
          of: UnsafeRawBufferPointer(
            rebasing: all[start * inputByteCount..<end * inputByteCount]), resets: true
        ) { done in
          if start == 0 { progress?.report("inference", done: done - 1, of: end) }
        }
      }
    }.flatMap { $0 }
  }
}

extension SampleEvaluator {
  /// Real outputs of every sample, one after the other.
  ///
  /// - Precondition: an output of float32, int8, uint8 or int16.
  /// - Throws: as above, and when samples do not become the input.
  func outputs(
    of samples: SampleSet, progress: Progress? = nil
  ) throws(ModelError) -> [Float] {
    let main = plan.network.main
    let bytes = try samples.encoded(for: main.tensors[main.inputs[0]])
    return main.tensors[main.outputs[0]].reals(try outputs(of: bytes, progress: progress))
  }
}

extension [UInt8] {
  /// As `withUnsafeBytes`, which forgets the type of what is thrown.
  func withBytes<Value>(
    _ body: (UnsafeRawBufferPointer) throws(ModelError) -> Value
  ) throws(ModelError) -> Value {
    let result = withUnsafeBytes { bytes -> Result<Value, ModelError> in
      do throws(ModelError) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
