import CKernels
import NeuralNetworks

/// `CONV_2D` or `FULLY_CONNECTED` of int8 with constant weights, as `CKernels` takes it.
struct Int8Layer {
  let context: KernelContext
  let window: ck_window
  /// Samples of the C kernel in one sample of the network: rows of a matrix, or a batch.
  let repeats: Int
  let stage: OutputStage
  let zeroPoint: Int32

  /// Nil when the operator is none that the C kernels take.
  ///
  /// - Throws: when a quantization cannot be used.
  init?(_ context: KernelContext) throws(ModelError) {
    guard context.hasInt8Weights else { return nil }
    let (window, repeats): (ck_window?, Int)
    let activation: Activation
    switch context.op.operation {
    case .conv2D(let convolution):
      let geometry = WindowGeometry(context, convolution)
      guard geometry.inputChannels == context.input(1).shape[3] else { return nil }
      (window, repeats) = (ck_window(geometry), geometry.batches)
      activation = convolution.activation
    case .fullyConnected(let fused, _, _):
      let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
      guard depth > 0, context.input(1).quantization?.zeroPoint == 0 else { return nil }
      window = ck_window(depth: depth, units: units)
      repeats = context.input(0).shape.elementCount / depth
      activation = fused
    default: return nil
    }
    guard let window, repeats > 0 else { return nil }
    let scales = try context.weightScales(
      of: context.input(1), axis: 0, count: Int(window.output_channels))
    stage = try OutputStage(context, weightScales: scales, activation: activation)
    zeroPoint = try context.quantization(of: context.input(0)).zeroPoint
    self.context = context
    self.window = window
    self.repeats = repeats
  }

  /// What a C function makes of window, weights, bias, the input's zero point and output stage.
  func make(
    _ create: (
      UnsafePointer<ck_window>, UnsafePointer<Int8>, UnsafePointer<Int32>?, Int32,
      UnsafePointer<ck_stage>
    ) -> OpaquePointer?
  ) -> OpaquePointer? {
    context.withConstants { weights, bias in
      stage.withCStage { stage in
        withUnsafePointer(to: window) { create($0, weights, bias, zeroPoint, stage) }
      }
    }
  }

  /// Rows of products in one sample.
  var pixels: Int { repeats * Int(window.output_height) * Int(window.output_width) }
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
    return constant.byteCount == tensor.byteCount
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
