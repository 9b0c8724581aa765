import NeuralNetworks

/// The operands of one operator at run time. A kernel knows their sizes from its preparation.
struct KernelOperands {
  /// In the operator's order; nil for an absent one.
  let inputs: UnsafePointer<UnsafeRawPointer?>
  let outputs: UnsafePointer<UnsafeMutableRawPointer?>
  private let failure: UnsafeMutablePointer<KernelFailure?>?

  init(
    inputs: UnsafePointer<UnsafeRawPointer?>, outputs: UnsafePointer<UnsafeMutableRawPointer?>,
    failure: UnsafeMutablePointer<KernelFailure?>? = nil
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.failure = failure
  }

  /// Tells that values make the operator impossible; the kernel returns soon after.
  @inline(__always)
  func fail(_ reason: KernelFailure) { failure?.pointee = reason }

  /// - Precondition: the input is there, and holds elements of the type.
  @inline(__always)
  func input<Element>(_ index: Int, as type: Element.Type) -> UnsafePointer<Element> {
    guard let pointer = inputs[index] else { preconditionFailure("an input is absent") }
    return pointer.assumingMemoryBound(to: type)
  }

  @inline(__always)
  func optionalInput<Element>(_ index: Int, as type: Element.Type) -> UnsafePointer<Element>? {
    inputs[index]?.assumingMemoryBound(to: type)
  }

  @inline(__always)
  func output<Element>(_ index: Int = 0, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    guard let pointer = outputs[index] else { preconditionFailure("an output is absent") }
    return pointer.assumingMemoryBound(to: type)
  }
}

/// What the values of operands can make impossible; all else is found before anything runs.
enum KernelFailure: String, Sendable {
  case indexOutOfRange = "an index out of range"
  case divisionByZero = "a division by zero"
  case negativePower = "a negative power of an integer"
}

/// What runs: everything it needs is captured when it is prepared.
typealias KernelBody = @Sendable (KernelOperands) -> Void

/// One kernel: `<op>_<types>_<variant>`.
struct Kernel: Sendable {
  let name: String
  /// The operator's name in the `.tflite` schema.
  let operation: String
  /// Whether values of operands can make it impossible.
  var mayFail = false
  /// Nil when the kernel is not for these element types.
  let prepare: @Sendable (KernelContext) throws(ModelError) -> KernelBody?
}

/// All kernels. The first that takes an operator's types runs it; reference kernels come last, so
/// that faster ones may stand before them.
enum KernelTable {
  static let rows: [Kernel] = FastFloatKernels.rows + compute + activations + recurrent + movement

  private static let rowsByOperation = Dictionary(grouping: rows, by: \.operation)

  /// The kernel that runs an operator, prepared.
  ///
  /// - Throws: when there is none for its element types, or its quantization is unusable.
  static func prepare(_ context: KernelContext) throws(ModelError) -> (Kernel, KernelBody) {
    for row in rowsByOperation[context.op.operation.name] ?? [] {
      if let body = try row.prepare(context) { return (row, body) }
    }
    let types = (context.op.inputs.compactMap { $0 } + context.op.outputs).map {
      context.subgraph.tensors[$0].elementType.rawValue
    }
    throw context.failure(
      found: "operands of \(types.joined(separator: ", "))",
      expected: "element types that a kernel is there for")
  }
}
