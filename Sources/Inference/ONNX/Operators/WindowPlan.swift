import NeuralNetworks

/// Windows over the spatial axes of an image: what convolutions and pools have in common.
///
/// One to three spatial axes; fewer are completed to three by leading axes of extent 1.
struct WindowPlan {
  /// One spatial axis.
  struct Axis {
    var input: Int
    var kernel: Int
    var stride = 1
    var dilation = 1
    var padBegin = 0
    var padEnd = 0
    var output = 1

    /// Input elements from a window's first to its last.
    var span: Int { (kernel - 1) * dilation + 1 }

    /// The input index under a tap, which may lie in the padding.
    @inline(__always) func input(_ output: Int, _ tap: Int) -> Int {
      output &* stride &- padBegin &+ tap &* dilation
    }
  }

  let batch: Int
  let channels: Int
  /// Depth, height, width.
  let axes: [Axis]
  let spatialRank: Int

  var inputCount: Int { axes.reduce(1) { $0 * $1.input } }
  var outputCount: Int { axes.reduce(1) { $0 * $1.output } }
  var kernelCount: Int { axes.reduce(1) { $0 * $1.kernel } }

  /// Each window is the one pixel at its place.
  var isPointwise: Bool {
    axes.allSatisfy {
      $0.kernel == 1 && $0.stride == 1 && $0.padBegin == 0 && $0.output == $0.input
    }
  }

  /// Extents of the output's spatial axes.
  var outputExtents: [Int] { axes.suffix(spatialRank).map(\.output) }

  enum AutoPad: String, CaseIterable {
    case notSet = "NOTSET"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
    case valid = "VALID"
  }

  /// - Parameter kernel: extents of the window.
  init(_ call: OperatorCall, _ shape: Shape, kernel: [Int]) throws(ModelError) {
    let rank = shape.rank - 2
    guard (1...3).contains(rank), kernel.count == rank else {
      throw call.problem(
        "input", found: "shape \(shape) for a window \(kernel)",
        expected: "batch, channels and one to three axes")
    }
    let strides = try Self.list(call, "strides", rank, 1)
    let dilations = try Self.list(call, "dilations", rank, 1)
    let pads = try Self.list(call, "pads", 2 * rank, 0)
    let limit = 1 << 31
    guard (kernel + strides + dilations).allSatisfy({ $0 > 0 && $0 < limit }),
      pads.allSatisfy({ $0 > -limit && $0 < limit })
    else {
      throw call.problem(
        "attributes", found: "kernel \(kernel), strides \(strides), dilations \(dilations)",
        expected: "positive numbers")
    }
    _ = try checkedShape(kernel)
    let automatic = try call.choice("auto_pad", default: AutoPad.notSet)
    let isCeil = try call.flag("ceil_mode")
    var axes = [Axis](repeating: Axis(input: 1, kernel: 1), count: 3 - rank)
    for index in 0..<rank {
      var axis = Axis(
        input: shape[index + 2], kernel: kernel[index], stride: strides[index],
        dilation: dilations[index], padBegin: pads[index], padEnd: pads[index + rank])
      axis.place(automatic, isCeil: isCeil)
      guard axis.output > 0 else {
        throw call.problem(
          "input", found: "an axis of \(axis.input) for a window of \(axis.span)",
          expected: "at least one window")
      }
      axes.append(axis)
    }
    _ = try checkedShape(axes.map(\.output))
    batch = shape[0]
    channels = shape[1]
    self.axes = axes
    spatialRank = rank
  }

  static func list(
    _ call: OperatorCall, _ name: String, _ count: Int, _ value: Int
  ) throws(ModelError) -> [Int] {
    let list = try call.ints(name) ?? Array(repeating: value, count: count)
    guard list.count == count else {
      throw call.problem("attribute \"\(name)\"", found: "\(list)", expected: "\(count) numbers")
    }
    return list
  }
}

extension WindowPlan.Axis {
  /// Pads as asked for, and the number of windows.
  fileprivate mutating func place(_ automatic: WindowPlan.AutoPad, isCeil: Bool) {
    switch automatic {
    case .sameUpper, .sameLower:
      output = (input + stride - 1) / stride
      let total = max(0, (output - 1) * stride + span - input)
      padBegin = automatic == .sameUpper ? total / 2 : (total + 1) / 2
      padEnd = total - padBegin
      return
    case .valid: (padBegin, padEnd) = (0, 0)
    case .notSet: break
    }
    let room = input + padBegin + padEnd - span
    guard room >= 0 else { return output = 0 }
    output = (isCeil ? room + stride - 1 : room) / stride + 1
    // A window that would begin in the padding behind the input is none.
    if isCeil, (output - 1) * stride >= input + padBegin { output -= 1 }
  }
}
