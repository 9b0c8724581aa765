import NeuralNetworks

/// Signal operators that keep samples from one invocation to the next, in their last input.
///
/// Source: `signal/micro/kernels` of TensorFlow Lite Micro. Where an output is not valid, the
/// original leaves what was there; here it is zeros.
enum StreamKernels {
  static func delay(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.delay(let length)) = context.op.operation else { return nil }
    let width = context.input(0).shape.dimensions.last ?? 1
    let rows = context.input(0).shape.elementCount / width
    return { operands in
      for row in 0..<rows {
        let input = operands.input(0, as: Int16.self) + row &* width
        let output = operands.output(as: Int16.self) + row &* width
        let state = operands.state(1, as: Int16.self) + row &* length
        for index in 0..<width {
          output[index] = index < length ? state[index] : input[index &- length]
        }
        for index in 0..<length {
          let next = index &+ width
          state[index] = next < length ? state[next] : input[next &- length]
        }
      }
    }
  }

  static func framer(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.framer(let framer)) = context.op.operation else { return nil }
    let frames = (context.input(0).shape.dimensions.last ?? 1) / framer.step
    let rows = context.input(0).shape.elementCount / (frames * framer.step)
    let capacity = framer.capacity
    let first = framer.isPrefilled ? capacity - framer.size : 0
    return { operands in
      var isValid = true
      for row in 0..<rows {
        let history = operands.state(1, as: Int16.self) + row &* (capacity &+ 1)
        for index in row &* frames..<(row &+ 1) &* frames {
          let output = operands.output(as: Int16.self) + index &* framer.size
          push(
            operands.input(0, as: Int16.self) + index &* framer.step, framer.step, to: history,
            capacity: capacity)
          // Steps so far, at most those of the capacity; their number is kept behind the samples.
          let steps = min(Int(history[capacity]) &+ 1, min(capacity / framer.step, 32_767))
          history[capacity] = Int16(truncatingIfNeeded: steps)
          if framer.isPrefilled || steps &* framer.step >= capacity {
            output.update(from: history + first, count: framer.size)
          } else {
            output.update(repeating: 0, count: framer.size)
            isValid = false
          }
        }
      }
      operands.output(1, as: Bool.self)[0] = isValid
    }
  }

  static func stacker(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.stacker(let stacker)) = context.op.operation else { return nil }
    let (channels, depth) = (stacker.channelCount, stacker.depth)
    return { operands in
      let input = operands.input(0, as: Int16.self)
      let history = operands.state(1, as: Int16.self)
      let output = operands.output(as: Int16.self)
      // Behind the samples stands one more than the invocations that are left; 0 before the first,
      // which counts as its left context too.
      let place = depth &* channels
      let isFirst = history[place] == 0
      let copies = isFirst ? stacker.left &+ 1 : 1
      for _ in 0..<copies { push(input, channels, to: history, capacity: place) }
      var left = (isFirst ? 0 : Int(history[place]) &- 1) &+ copies
      let isValid = left >= depth
      if isValid {
        output.update(from: history, count: place)
        left &-= stacker.step
      } else {
        output.update(repeating: 0, count: place)
      }
      history[place] = Int16(truncatingIfNeeded: left &+ 1)
      operands.output(1, as: Bool.self)[0] = isValid
    }
  }

  /// Appends samples; the oldest leave.
  private static func push(
    _ samples: UnsafePointer<Int16>, _ count: Int, to history: UnsafeMutablePointer<Int16>,
    capacity: Int
  ) {
    history.update(from: history + count, count: capacity &- count)
    (history + (capacity &- count)).update(from: samples, count: count)
  }

  static func overlapAddInt16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    overlapAdd(context, Int16(0)) { Int16(clamping: Int32($0) &+ Int32($1)) }
  }

  static func overlapAddFloat32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    overlapAdd(context, Float(0)) { $0 + $1 }
  }

  private static func overlapAdd<Element: BitwiseCopyable & Sendable>(
    _ context: KernelContext, _ zero: Element,
    _ sum: @escaping @Sendable (Element, Element) -> Element
  ) -> KernelBody? {
    guard case .signal(.overlapAdd(let step)) = context.op.operation,
      context.input(0).elementType == (Element.self == Float.self ? .float32 : .int16)
    else { return nil }
    let dimensions = context.input(0).shape.dimensions
    let (size, frames) = (dimensions[dimensions.count - 1], dimensions[dimensions.count - 2])
    let rows = context.input(0).shape.elementCount / (size * frames)
    return { operands in
      for frame in 0..<rows &* frames {
        let input = operands.input(0, as: Element.self) + frame &* size
        let state = operands.state(1, as: Element.self) + frame / frames &* size
        for index in 0..<size { state[index] = sum(input[index], state[index]) }
        (operands.output(as: Element.self) + frame &* step).update(from: state, count: step)
        state.update(from: state + step, count: size &- step)
        (state + (size &- step)).update(repeating: zero, count: step)
      }
    }
  }
}
