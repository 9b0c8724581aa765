import NeuralNetworks

/// The elements of a tensor for reading, kept alive as long as this value is.
///
/// Indices are checked in debug builds only: an operator checks shapes and indices beforehand.
struct Elements<Element: BitwiseCopyable> {
  let base: UnsafePointer<Element>
  let count: Int
  private let buffer: TensorBuffer

  /// - Precondition: the buffer is aligned for the element, and holds as many.
  init(buffer: TensorBuffer, count: Int) {
    self.buffer = buffer
    self.count = count
    base = UnsafePointer(buffer.base.assumingMemoryBound(to: Element.self))
  }

  @inline(__always) subscript(index: Int) -> Element {
    assert(index >= 0 && index < count, "element \(index) of \(count)")
    return base[index]
  }

  /// A copy. O(n).
  var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// A tensor that its maker is filling: every element is written before `value` is handed on.
struct NewTensor<Element: BitwiseCopyable> {
  let value: TensorValue
  let base: UnsafeMutablePointer<Element>

  var shape: Shape { value.shape }
  var count: Int { value.count }

  /// - Precondition: `elementType` is as wide as `Element` (`bool` is `UInt8`).
  init(_ elementType: ElementType, _ shape: Shape) throws(ModelError) {
    precondition(elementType.bitWidth == MemoryLayout<Element>.stride * 8)
    value = try TensorValue(unfilled: elementType, shape)
    base = value.buffer.base.bindMemory(to: Element.self, capacity: value.count)
  }

  @inline(__always) subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      return base[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      base[index] = newValue
    }
  }

  /// Sets every element. O(n).
  func fill(_ element: Element) { base.update(repeating: element, count: count) }

  /// Copies elements from a tensor. O(count).
  @inline(__always)
  func copy(from source: Elements<Element>, at start: Int, count: Int, to target: Int) {
    assert(start >= 0 && start + count <= source.count && target + count <= self.count)
    (base + target).update(from: source.base + start, count: count)
  }
}

extension NewTensor where Element: TensorElement {
  init(_ shape: Shape) throws(ModelError) { try self.init(Element.elementType, shape) }
}
