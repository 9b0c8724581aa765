import NeuralNetworks

/// The window of a convolution or a pool, sliding over any number of spatial axes.
struct SpatialWindow {
  let input: [Int]
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Padding before the first element of each axis, and after the last.
  let begins: [Int]
  let ends: [Int]
  let output: [Int]

  private enum Padding: String, CaseIterable {
    case explicit = "NOTSET"
    case valid = "VALID"
    case upper = "SAME_UPPER"
    case lower = "SAME_LOWER"
  }

  /// Reads `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
  ///
  /// - Parameter kernel: of the weights; nil when the attribute gives it.
  init(_ call: OperatorCall, input: [Int], kernel: [Int]? = nil) throws(ModelError) {
    let rank = input.count
    var given = kernel
    if given == nil { given = try call.required("kernel_shape", call.ints("kernel_shape")) }
    let kernel = try Self.extents(call, "kernel_shape", given ?? [])
    strides = try Self.extents(call, "strides", [Int](repeating: 1, count: rank))
    dilations = try Self.extents(call, "dilations", [Int](repeating: 1, count: rank))
    let pads = try call.ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
    guard kernel.count == rank, strides.count == rank, dilations.count == rank,
      pads.count == 2 * rank, pads.allSatisfy({ $0 >= 0 && $0 < 1 << 31 })
    else {
      throw call.problem(
        "attributes", found: "kernel \(kernel), strides \(strides), pads \(pads.prefix(20))",
        expected: "a window for \(rank) spatial axes, with pads of 0 or more")
    }
    _ = try checkedShape(kernel)
    let mode = try call.choice("auto_pad", default: Padding.explicit)
    let isCeiled = try call.flag("ceil_mode")
    var (begins, ends, output): ([Int], [Int], [Int]) = ([], [], [])
    for axis in 0..<rank {
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      var (begin, end) = (pads[axis], pads[axis + rank])
      if mode != .explicit { (begin, end) = (0, 0) }
      if mode == .upper || mode == .lower {
        let count = (input[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (count - 1) * strides[axis] + span - input[axis])
        begin = mode == .upper ? total / 2 : total - total / 2
        end = total - begin
      }
      let room = input[axis] + begin + end - span
      guard room >= 0 else {
        throw call.problem(
          "window", found: "\(span) elements on an axis of \(input[axis])",
          expected: "a smaller one")
      }
      var count = room / strides[axis] + 1
      if isCeiled, room % strides[axis] > 0, count * strides[axis] < input[axis] + begin {
        count += 1
      }
      begins.append(begin)
      ends.append(end)
      output.append(count)
    }
    (self.input, self.kernel, self.begins, self.ends, self.output) =
      (input, kernel, begins, ends, output)
  }

  private static func extents(
    _ call: OperatorCall, _ name: String, _ value: [Int]
  ) throws(ModelError) -> [Int] {
    let values = try call.ints(name) ?? value
    guard values.allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
      throw call.problem(
        "attribute \"\(name)\"", found: "\(values.prefix(20))", expected: "positive numbers")
    }
    return values
  }

  /// Calls `body` with each position of a grid, in row-major order, and its number.
  static func forEachPosition(in extents: [Int], _ body: (_ position: [Int], _ index: Int) -> Void)
  {
    var position = [Int](repeating: 0, count: extents.count)
    for index in 0..<extents.reduce(1, *) {
      body(position, index)
      for axis in extents.indices.reversed() {
        position[axis] += 1
        if position[axis] < extents[axis] { break }
        position[axis] = 0
      }
    }
  }
}

extension SpatialWindow {
  /// Calls `body` with each output position's number and the elements of the input that its window
  /// covers, as places in a row-major image, and whose number is the kernel's without padding.
  func forEachWindow(_ body: (_ index: Int, _ places: [Int]) -> Void) {
    var places: [Int] = []
    Self.forEachPosition(in: output) { position, index in
      places.removeAll(keepingCapacity: true)
      collect(axis: 0, base: 0, position, &places)
      body(index, places)
    }
  }

  private func collect(axis: Int, base: Int, _ position: [Int], _ places: inout [Int]) {
    guard axis < input.count else {
      places.append(base)
      return
    }
    for tap in 0..<kernel[axis] {
      let index = position[axis] * strides[axis] - begins[axis] + tap * dilations[axis]
      guard index < input[axis] else { break }
      if index >= 0 { collect(axis: axis + 1, base: base * input[axis] + index, position, &places) }
    }
  }
}
