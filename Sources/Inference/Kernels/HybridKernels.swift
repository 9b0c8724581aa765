import NeuralNetworks

/// Dynamic-range kernels: float activations, int8 weights. The input is quantized at run time,
/// products are summed in integers, and the sum is brought back to float.
///
/// Source: `EvalHybrid` and `EvalHybridPerChannel` of LiteRT's `conv.cc`, `depthwise_conv.cc` and
/// `fully_connected.cc`. XNNPACK quantizes every input over its whole range, whatever the options.
enum HybridKernels {
  static func convolution(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isHybrid, case .conv2D(let convolution) = context.op.operation else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let groups = ChannelGroups(geometry, filterDepth: context.input(1).shape[3])
    let filters = try HybridFilters(
      context, axis: 0, channels: geometry.outputChannels, activation: convolution.activation,
      isAsymmetric: Set(context.input(1).quantization?.scales ?? []).count > 1)
    let batchSize = geometry.inputHeight * geometry.inputWidth * geometry.inputChannels
    return { operands in
      let weights = operands.input(1, as: Int8.self)
      let output = operands.output(as: Float.self)
      let (depth, channels) = (groups.filterDepth, geometry.outputChannels)
      let filterSize = geometry.filterHeight &* geometry.filterWidth &* depth
      filters.withQuantized(operands, rows: geometry.batches, depth: batchSize) { rows in
        geometry.forEachPosition { pixel, batch, top, left in
          for channel in 0..<channels {
            var sum: Int32 = 0
            let first = groups.firstInputChannel(of: channel)
            geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
              let values = rows.values + (source &* geometry.inputChannels &+ first)
              let filter = weights + (channel &* filterSize &+ tap &* depth)
              for index in 0..<depth {
                sum &+= (Int32(values[index]) &- rows.zeroPoints[batch]) &* Int32(filter[index])
              }
            }
            output[pixel &* channels &+ channel] = rows.real(sum, row: batch, channel: channel)
          }
        }
      }
    }
  }

  static func depthwise(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isHybrid,
      case .depthwiseConv2D(let convolution, let multiplier) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let filters = try HybridFilters(
      context, axis: 3, channels: geometry.outputChannels, activation: convolution.activation,
      isAsymmetric: true)
    let batchSize = geometry.inputHeight * geometry.inputWidth * geometry.inputChannels
    return { operands in
      let weights = operands.input(1, as: Int8.self)
      let output = operands.output(as: Float.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      filters.withQuantized(operands, rows: geometry.batches, depth: batchSize) { rows in
        geometry.forEachPosition { pixel, batch, top, left in
          for channel in 0..<channels {
            var sum: Int32 = 0
            geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
              let value = Int32(rows.values[source &* depth &+ channel / multiplier])
              let weight = Int32(weights[tap &* channels &+ channel])
              sum &+= (value &- rows.zeroPoints[batch]) &* weight
            }
            output[pixel &* channels &+ channel] = rows.real(sum, row: batch, channel: channel)
          }
        }
      }
    }
  }

  static func fullyConnected(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isHybrid,
      case .fullyConnected(let activation, _, let isAsymmetric) = context.op.operation
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    let count = context.input(0).shape.elementCount / depth
    let filters = try HybridFilters(
      context, axis: 0, channels: units, activation: activation, isAsymmetric: isAsymmetric)
    return { operands in
      let weights = operands.input(1, as: Int8.self)
      let output = operands.output(as: Float.self)
      filters.withQuantized(operands, rows: count, depth: depth) { rows in
        for row in 0..<count {
          for unit in 0..<units {
            var sum: Int32 = 0
            for index in 0..<depth {
              let value = Int32(rows.values[row &* depth &+ index]) &- rows.zeroPoints[row]
              sum &+= value &* Int32(weights[unit &* depth &+ index])
            }
            output[row &* units &+ unit] = rows.real(sum, row: row, channel: unit)
          }
        }
      }
    }
  }
}

/// The weights' side of a dynamic-range kernel.
struct HybridFilters: Sendable {
  private let scales: [Float]
  private let range: (low: Float, high: Float)
  private let isAsymmetric: Bool

  init(
    _ context: KernelContext, axis: Int, channels: Int, activation: Activation, isAsymmetric: Bool
  ) throws(ModelError) {
    scales = try context.weightScales(of: context.input(1), axis: axis, count: channels)
      .map { Float($0) }
    range = context.floatRange(of: activation)
    self.isAsymmetric = isAsymmetric || context.arithmetic == .singleRounding
  }

  /// The input, quantized; valid inside `body` only.
  struct Rows {
    let values: UnsafePointer<Int8>
    let zeroPoints: UnsafePointer<Int32>
    fileprivate let rowScales: UnsafePointer<Float>
    /// One for each output channel, or one for all.
    fileprivate let channelScales: UnsafeBufferPointer<Float>
    fileprivate let bias: UnsafePointer<Float>?
    fileprivate let range: (low: Float, high: Float)

    @inline(__always)
    func real(_ sum: Int32, row: Int, channel: Int) -> Float {
      let scale = channelScales[min(channel, channelScales.count &- 1)]
      let real = Float(sum) * (rowScales[row] * scale)
      return min(max(real + (bias?[channel] ?? 0), range.low), range.high)
    }
  }

  func withQuantized(
    _ operands: KernelOperands, rows: Int, depth: Int, _ body: (Rows) -> Void
  ) {
    let quantized = QuantizedRows(
      operands.input(0, as: Float.self), rows: rows, depth: depth, isAsymmetric: isAsymmetric)
    quantized.values.withUnsafeBufferPointer { values in
      quantized.zeroPoints.withUnsafeBufferPointer { zeroPoints in
        quantized.scales.withUnsafeBufferPointer { rowScales in
          scales.withUnsafeBufferPointer { channelScales in
            guard let values = values.baseAddress, let zeroPoints = zeroPoints.baseAddress,
              let rowScales = rowScales.baseAddress
            else { return }
            body(
              Rows(
                values: values, zeroPoints: zeroPoints, rowScales: rowScales,
                channelScales: channelScales, bias: operands.bias(as: Float.self), range: range))
          }
        }
      }
    }
  }
}

extension KernelContext {
  fileprivate var isHybrid: Bool {
    input(0).elementType == .float32 && input(1).elementType == .int8
      && output.elementType == .float32 && hasBias(of: .float32)
  }
}
