import CKernels
import NeuralNetworks

/// `CONV_2D` and `FULLY_CONNECTED` of int8 with constant weights, packed when prepared.
///
/// Invariant: written in the initializer only; runs need a scratch of their own.
final class FastConvolution: @unchecked Sendable {
  private let handle: OpaquePointer
  /// Samples of the C kernel in one sample of the network: rows of a matrix, or a batch.
  private let repeats: Int

  private init(handle: OpaquePointer, repeats: Int) {
    self.handle = handle
    self.repeats = repeats
  }

  deinit { ck_conv_destroy(handle) }

  static func convolution(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    guard context.hasInt8Weights, case .conv2D(let convolution) = context.op.operation else {
      return nil
    }
    let geometry = WindowGeometry(context, convolution)
    guard geometry.inputChannels == context.input(1).shape[3] else { return nil }
    let scales = try context.weightScales(
      of: context.input(1), axis: 0, count: geometry.outputChannels)
    let stage = try OutputStage(context, weightScales: scales, activation: convolution.activation)
    return try body(
      context, variant, window: ck_window(geometry), repeats: geometry.batches, stage)
  }

  static func fullyConnected(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    guard context.hasInt8Weights, case .fullyConnected(let activation, _) = context.op.operation
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    guard depth > 0 else { return nil }
    let scales = try context.weightScales(of: context.input(1), axis: 0, count: units)
    let stage = try OutputStage(context, weightScales: scales, activation: activation)
    return try body(
      context, variant, window: ck_window(depth: depth, units: units),
      repeats: context.input(0).shape.elementCount / depth, stage)
  }

  private static func body(
    _ context: KernelContext, _ variant: KernelVariant, window: ck_window?, repeats: Int,
    _ stage: OutputStage
  ) throws(ModelError) -> FastBody? {
    let zeroPoint = try context.quantization(of: context.input(0)).zeroPoint
    let handle = context.withConstants { weights, bias in
      stage.withCStage { stage -> OpaquePointer? in
        guard var window else { return nil }
        return ck_conv_create(variant.pointer, &window, weights, bias, zeroPoint, stage)
      }
    }
    guard let handle, repeats > 0 else { return nil }
    let kernel = FastConvolution(handle: handle, repeats: repeats)
    return FastBody(scratchBytes: { kernel.scratchBytes($0) }, run: { kernel.run($0) })
  }

  private func scratchBytes(_ sampleCount: Int) -> Int {
    ck_conv_scratch_bytes(handle, sampleCount * repeats)
  }

  private func run(_ operands: KernelOperands) {
    ck_conv_run(
      handle, operands.input(0, as: Int8.self), operands.output(as: Int8.self),
      operands.sampleCount &* repeats, operands.scratch)
  }
}

extension KernelContext {
  /// Whether activations, constant weights and result are int8, with a constant int32 bias or none.
  var hasInt8Weights: Bool {
    guard input(0).elementType == .int8, input(0).constant == nil,
      input(1).elementType == .int8, isWholeConstant(input(1)), output.elementType == .int8,
      hasBias(of: .int32)
    else { return false }
    guard let bias = optionalInput(2) else { return true }
    return isWholeConstant(bias)
  }

  private func isWholeConstant(_ tensor: Tensor) -> Bool {
    guard let constant = tensor.constant else { return false }
    return constant.range.count == tensor.byteCount
  }

  /// The constants of a layer; nil when `hasInt8Weights` is false.
  func withConstants<Result>(
    _ body: (UnsafePointer<Int8>, UnsafePointer<Int32>?) -> Result?
  ) -> Result? {
    guard hasInt8Weights, let weights = input(1).constant else { return nil }
    // Copied, for a file aligns nothing.
    let bias = optionalInput(2)?.constant?.elements(as: Int32.self)
    return weights.withBytes { bytes -> Result? in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: Int8.self) else { return nil }
      guard let bias else { return body(start, nil) }
      return bias.withUnsafeBufferPointer { body(start, $0.baseAddress) }
    }
  }
}
