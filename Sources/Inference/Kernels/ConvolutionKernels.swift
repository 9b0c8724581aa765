import NeuralNetworks

/// `CONV_2D`: plain loops over NHWC activations and OHWI weights.
enum ConvolutionKernels {
  /// Accumulates in 32 bits that wrap, as the devices do: exact up to 65,793 taps, since
  /// |activation - zero point| <= 255 and |weight| <= 128.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8, context.input(1).elementType == .int8,
      context.output.elementType == .int8, context.hasBias(of: .int32),
      case .conv2D(let convolution) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let scales = try context.weightScales(
      of: context.input(1), axis: 0, count: geometry.outputChannels)
    let stage = try OutputStage(context, weightScales: scales, activation: convolution.activation)
    let zeroPoint = try context.quantization(of: context.input(0)).zeroPoint
    return { operands in
      let input = operands.input(0, as: Int8.self)
      let weights = operands.input(1, as: Int8.self)
      let bias = operands.bias(as: Int32.self)
      let output = operands.output(as: Int8.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      let filterSize = geometry.filterHeight &* geometry.filterWidth &* depth
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum = bias?[channel] ?? 0
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            let values = input + source &* depth
            let filter = weights + (channel &* filterSize &+ tap &* depth)
            for index in 0..<depth {
              sum &+= (Int32(values[index]) &- zeroPoint) &* Int32(filter[index])
            }
          }
          output[pixel &* channels &+ channel] = stage.stored(sum, channel: channel)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.input(1).elementType == .float32,
      context.output.elementType == .float32, context.hasBias(of: .float32),
      case .conv2D(let convolution) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let range = context.floatRange(of: convolution.activation)
    return { operands in
      let input = operands.input(0, as: Float.self)
      let weights = operands.input(1, as: Float.self)
      let bias = operands.bias(as: Float.self)
      let output = operands.output(as: Float.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      let filterSize = geometry.filterHeight &* geometry.filterWidth &* depth
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum: Float = 0
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            let values = input + source &* depth
            let filter = weights + (channel &* filterSize &+ tap &* depth)
            for index in 0..<depth { sum += values[index] * filter[index] }
          }
          let biased = sum + (bias?[channel] ?? 0)
          output[pixel &* channels &+ channel] = min(max(biased, range.low), range.high)
        }
      }
    }
  }

  /// Float activations, int8 weights: each batch of the input is quantized symmetrically, as
  /// TensorFlow Lite's dynamic-range kernels do.
  static func hybrid(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.input(1).elementType == .int8,
      context.output.elementType == .float32, context.hasBias(of: .float32),
      case .conv2D(let convolution) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let scales = try context.weightScales(
      of: context.input(1), axis: 0, count: geometry.outputChannels
    ).map { Float($0) }
    let range = context.floatRange(of: convolution.activation)
    return { operands in
      let input = operands.input(0, as: Float.self)
      let weights = operands.input(1, as: Int8.self)
      let bias = operands.bias(as: Float.self)
      let output = operands.output(as: Float.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      let batchSize = geometry.inputHeight &* geometry.inputWidth &* depth
      let filterSize = geometry.filterHeight &* geometry.filterWidth &* depth
      let quantized = SymmetricBatches(input, batches: geometry.batches, batchSize: batchSize)
      quantized.values.withUnsafeBufferPointer { values in
        geometry.forEachPosition { pixel, batch, top, left in
          for channel in 0..<channels {
            var sum: Int32 = 0
            geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
              let filter = weights + (channel &* filterSize &+ tap &* depth)
              for index in 0..<depth {
                sum &+= Int32(values[source &* depth &+ index]) &* Int32(filter[index])
              }
            }
            let real = Float(sum) * (quantized.scales[batch] * scales[channel])
            let biased = real + (bias?[channel] ?? 0)
            output[pixel &* channels &+ channel] = min(max(biased, range.low), range.high)
          }
        }
      }
    }
  }
}

/// Float activations quantized batch by batch to ±127 (`SymmetricQuantizeFloats`).
struct SymmetricBatches {
  let values: [Int8]
  /// One for each batch.
  let scales: [Float]

  init(_ input: UnsafePointer<Float>, batches: Int, batchSize: Int) {
    var values: [Int8] = []
    var scales: [Float] = []
    values.reserveCapacity(batches * batchSize)
    for batch in 0..<batches {
      let row = UnsafeBufferPointer(start: input + batch * batchSize, count: batchSize)
      let largest = row.reduce(Float(0)) { max($0, abs($1)) }
      guard largest > 0, largest.isFinite else {
        values += Array(repeating: 0, count: batchSize)
        scales.append(1)
        continue
      }
      let inverse = 127 / largest
      for value in row {
        let steps = (value * inverse).rounded(.toNearestOrAwayFromZero)
        values.append(Int8(max(-127, min(127, steps.isNaN ? 0 : steps))))
      }
      scales.append(largest / 127)
    }
    self.values = values
    self.scales = scales
  }
}

extension KernelContext {
  /// Whether the third input is absent or of the type.
  func hasBias(of type: ElementType) -> Bool {
    optionalInput(2).map { $0.elementType == type } ?? true
  }
}

extension KernelOperands {
  @inline(__always)
  func bias<Element>(as type: Element.Type) -> UnsafePointer<Element>? {
    optionalInput(2, as: type)
  }
}
