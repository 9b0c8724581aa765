import CKernels
import NeuralNetworks

/// `DEPTHWISE_CONV_2D` of int8 with constant weights, packed when prepared.
///
/// Invariant: written in the initializer only; runs need a scratch of their own.
final class FastDepthwise: @unchecked Sendable {
  private let handle: OpaquePointer
  private let batches: Int

  private init(handle: OpaquePointer, batches: Int) {
    self.handle = handle
    self.batches = batches
  }

  deinit { ck_depthwise_destroy(handle) }

  static func prepare(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    guard context.hasInt8Weights,
      case .depthwiseConv2D(let convolution, _) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let scales = try context.weightScales(
      of: context.input(1), axis: 3, count: geometry.outputChannels)
    let stage = try OutputStage(
      context, weightScales: scales, activation: convolution.activation, vectorWidth: 8)
    let zeroPoint = try context.quantization(of: context.input(0)).zeroPoint
    let handle = context.withConstants { weights, bias in
      stage.withCStage { stage -> OpaquePointer? in
        guard var window = ck_window(geometry) else { return nil }
        return ck_depthwise_create(variant.pointer, &window, weights, bias, zeroPoint, stage)
      }
    }
    guard let handle, geometry.batches > 0 else { return nil }
    let kernel = FastDepthwise(handle: handle, batches: geometry.batches)
    return FastBody(scratchBytes: { kernel.scratchBytes($0) }, run: { kernel.run($0) })
  }

  private func scratchBytes(_ sampleCount: Int) -> Int {
    ck_depthwise_scratch_bytes(handle, sampleCount * batches)
  }

  private func run(_ operands: KernelOperands) {
    ck_depthwise_run(
      handle, operands.input(0, as: Int8.self), operands.output(as: Int8.self),
      operands.sampleCount &* batches, operands.scratch)
  }
}
