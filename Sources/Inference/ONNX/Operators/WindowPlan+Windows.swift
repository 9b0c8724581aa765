/// One window of a plan, over one plane of the input.
struct Window {
  fileprivate let plan: WindowPlan
  fileprivate let start: (z: Int, y: Int, x: Int)

  /// Calls `body` with the place in the plane of each tap that is not in the padding.
  @inline(__always)
  func forEachTap(_ body: (_ place: Int) -> Void) {
    let (depth, height, width) = (plan.axes[0], plan.axes[1], plan.axes[2])
    for kz in depth.taps(from: start.z) {
      let z = start.z + kz * depth.dilation
      for ky in height.taps(from: start.y) {
        let y = start.y + ky * height.dilation
        let row = (z * height.input + y) * width.input
        for kx in width.taps(from: start.x) { body(row + start.x + kx * width.dilation) }
      }
    }
  }

  /// As `forEachTap`, with the number of the tap in the window.
  func forEachNumberedTap(_ body: (_ tap: Int, _ place: Int) -> Void) {
    let (depth, height, width) = (plan.axes[0], plan.axes[1], plan.axes[2])
    for kz in depth.taps(from: start.z) {
      let z = start.z + kz * depth.dilation
      for ky in height.taps(from: start.y) {
        let y = start.y + ky * height.dilation
        for kx in width.taps(from: start.x) {
          body(
            (kz * height.kernel + ky) * width.kernel + kx,
            (z * height.input + y) * width.input + start.x + kx * width.dilation)
        }
      }
    }
  }

  /// Taps in the input or the padding, but not behind it.
  var paddedCount: Int {
    zip(plan.axes, [start.z, start.y, start.x]).reduce(1) { product, pair in
      let (axis, start) = pair
      let end = axis.input + axis.padEnd
      return product * (0..<axis.kernel).count { start + $0 * axis.dilation < end }
    }
  }
}

extension WindowPlan.Axis {
  /// The taps that lie in the input, when the window begins at `start`.
  @inline(__always)
  fileprivate func taps(from start: Int) -> Range<Int> {
    let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
    let last = start >= input ? 0 : (input - start + dilation - 1) / dilation
    return min(first, kernel)..<max(min(first, kernel), min(last, kernel))
  }
}

extension WindowPlan {
  /// Calls `body` with every window of every plane (image and channel), in order.
  @inline(__always)
  func forEachWindow(_ body: (_ plane: Int, _ number: Int, _ window: Window) -> Void) {
    for plane in 0..<batch * channels {
      var number = 0
      for z in 0..<axes[0].output {
        for y in 0..<axes[1].output {
          for x in 0..<axes[2].output {
            let start = (axes[0].input(z, 0), axes[1].input(y, 0), axes[2].input(x, 0))
            body(plane, number, Window(plan: self, start: start))
            number += 1
          }
        }
      }
    }
  }
}
