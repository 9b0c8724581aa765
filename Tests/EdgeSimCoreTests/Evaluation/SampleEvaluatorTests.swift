import Inference
import NeuralNetworks
import Testing

@testable import EdgeSimCore

@Suite("Evaluation of many samples")
struct SampleEvaluatorTests {
  @Test(
    "Outputs do not depend on batch size, threads and kernels",
    .enabled(if: ProjectFiles.hasShared, "needs ../shared"),
    arguments: ["kws_ref_model", "pretrainedResnet_quant", "vww_96_int8", "ad01_int8"])
  func invariance(model: String) throws {
    let network = try ModelFormat.read(path: ProjectFiles.tiny + "/models/\(model).tflite")
    let size = network.main.tensors[network.main.inputs[0]].byteCount
    var state: UInt64 = 9
    let samples = (0..<7 * size).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
    let reference = SampleEvaluator(
      try ExecutionPlan(network, arithmetic: .doubleRounding, kernels: .reference))
    let expected = try reference.outputs(of: samples)
    #expect(expected.count == 7 * reference.outputByteCount)
    for name in KernelSelection.names {
      guard let kernels = KernelSelection(named: name), kernels != .reference else { continue }
      let plan = try ExecutionPlan(network, arithmetic: .doubleRounding, kernels: kernels)
      #expect(plan.takesBatches == !plan.kernelNames.contains("-"))
      for (batchSize, jobs) in [(1, 1), (2, 1), (3, 2), (7, 1), (64, 3)] {
        var evaluator = SampleEvaluator(plan, jobs: jobs)
        evaluator.batchSize = batchSize
        let outputs = try evaluator.outputs(of: samples)
        #expect(outputs == expected, "\(name), \(batchSize) at once, \(jobs) jobs")
      }
    }
  }

  @Test(
    "Fast kernels run every convolution, matrix product, pool and sum of the MLPerf Tiny models",
    .enabled(if: ProjectFiles.hasShared, "needs ../shared"),
    arguments: ["kws_ref_model", "pretrainedResnet_quant", "vww_96_int8", "ad01_int8"])
  func coverage(model: String) throws {
    let network = try ModelFormat.read(path: ProjectFiles.tiny + "/models/\(model).tflite")
    let plan = try ExecutionPlan(network, arithmetic: .doubleRounding)
    let slow = plan.kernelNames.filter { $0.hasSuffix("_reference") }
    #expect(slow.allSatisfy { $0.hasPrefix("softmax") }, "\(slow)")
  }
}
