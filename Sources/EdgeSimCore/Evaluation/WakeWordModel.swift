import Inference
import NeuralNetworks
import SignalProcessing

/// A streaming wake-word network, ready to run: some frames of features in, one probability out,
/// memory between invocations in its variables.
public struct WakeWordModel: Sendable {
  public let plan: ExecutionPlan
  /// Frames that one invocation takes: the input's second dimension.
  public let framesPerInference: Int
  let inputScale: Double
  let inputZeroPoint: Int
  private let outputType: ElementType
  private let outputScale: Float
  private let outputZeroPoint: Int

  /// - Throws: `ModelError` unless the network takes int8 `[1, frames, 40]` and gives one
  ///   value of int8 or uint8, whatever the frames hold.
  public init(_ plan: ExecutionPlan) throws(ModelError) {
    let main = plan.network.main
    guard main.inputs.count == 1, main.outputs.count == 1 else {
      throw ModelError(
        place: "entry subgraph",
        found: "\(main.inputs.count) inputs and \(main.outputs.count) outputs",
        expected: "one input and one output of a streaming wake-word model")
    }
    let input = main.tensors[main.inputs[0]]
    let output = main.tensors[main.outputs[0]]
    guard input.elementType == .int8, input.shape.dimensions.count == 3,
      input.shape.dimensions[0] == 1, input.shape.dimensions[1] > 0,
      input.shape.dimensions[2] == MicroFrontEnd.channelCount,
      let inputQuantization = input.quantization
    else {
      throw ModelError(
        place: "input \(input.name)", found: "\(input.elementType.rawValue) \(input.shape)",
        expected: "quantized int8 [1, frames, \(MicroFrontEnd.channelCount)]")
    }
    guard output.elementType == .int8 || output.elementType == .uint8,
      output.shape.elementCount == 1, let outputQuantization = output.quantization
    else {
      throw ModelError(
        place: "output \(output.name)", found: "\(output.elementType.rawValue) \(output.shape)",
        expected: "one quantized probability, int8 or uint8")
    }
    guard !plan.mayFail else {
      throw ModelError(
        place: "entry subgraph", found: "an operator that fails on some values",
        expected: "a wake-word model that always runs")
    }
    self.plan = plan
    framesPerInference = input.shape.dimensions[1]
    inputScale = Double(inputQuantization.scales[0])
    inputZeroPoint = inputQuantization.zeroPoints[0]
    outputType = output.elementType
    outputScale = outputQuantization.scales[0]
    outputZeroPoint = outputQuantization.zeroPoints[0]
  }

  /// A feature as the network's input: `real / scale + zero point`, rounded half to even as numpy
  /// does in the runtimes of microWakeWord, and clamped.
  func quantized(_ feature: Double) -> Int8 {
    let stored = (feature / inputScale + Double(inputZeroPoint)).rounded(.toNearestOrEven)
    return Int8(max(-128, min(127, stored)))
  }

  /// The probability that the output's byte stands for.
  func probability(ofOutput byte: UInt8) -> Float {
    let stored = outputType == .int8 ? Int(Int8(bitPattern: byte)) : Int(byte)
    return Float(stored - outputZeroPoint) * outputScale
  }
}
