import NeuralNetworks

/// The operands of one operator at run time. A kernel knows their sizes from its preparation.
struct KernelOperands {
  /// In the operator's order; nil for an absent one.
  let inputs: UnsafePointer<UnsafeRawPointer?>
  let outputs: UnsafePointer<UnsafeMutableRawPointer?>
  /// Samples that lie one after the other in inputs and outputs; more than 1 for kernels that say
  /// that they take them (`PreparedKernel.takesBatches`).
  var sampleCount = 1
  /// Memory that the kernel asked for when it was prepared; aligned to 64 bytes.
  var scratch: UnsafeMutableRawPointer?
  var failure: UnsafeMutablePointer<KernelFailure?>?

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
  case shapesDiffer = "shapes that do not broadcast"
  case negativePower = "a negative power of an integer"
}

/// What runs: everything it needs is captured when it is prepared.
typealias KernelBody = @Sendable (KernelOperands) -> Void

/// A kernel ready to run.
struct PreparedKernel: Sendable {
  let name: String
  let body: KernelBody
  /// Whether it runs many samples in one call; else it is called for each.
  var takesBatches = false
  var sharing = OperandSharing.none
  /// Whether values of operands can make it impossible.
  var mayFail = false
  /// Bytes of scratch for a number of samples.
  var scratchBytes: @Sendable (_ sampleCount: Int) -> Int = { _ in 0 }
  /// Of weights that were packed for it.
  var packedBytes = 0
  /// Whether it reads constant operands when it runs; else it has taken from them what it needs.
  var readsConstants = true
}

/// One kernel: `<op>_<types>_<variant>`.
struct Kernel: Sendable {
  let name: String
  /// The operator's name in the `.tflite` schema.
  let operation: String
  /// Whether the output may lie where an input lies.
  var sharing = OperandSharing.none
  /// Whether values of operands can make it impossible.
  var mayFail = false
  /// Nil when the kernel is not for these element types.
  let prepare: KernelTable.Preparation
}

/// The reference kernels. The first that takes an operator's types runs it, unless one of
/// `FastKernels` does.
enum KernelTable {
  static let rows =
    compute + activations + recurrent + binary + elementwise + reductions + indexing
    + rearrangements + movement + signals + complex
  private static let rowsByOperation = Dictionary(grouping: rows, by: \.operation)

  /// Whether there is a kernel for some element types, or subgraphs run in its place.
  static func has(_ operation: Operation) -> Bool {
    rowsByOperation[operation.name] != nil || !operation.callees.isEmpty
  }

  /// The kernel that runs an operator, prepared.
  ///
  /// - Throws: when there is none for its element types, or its quantization is unusable.
  static func prepare(_ context: KernelContext) throws(ModelError) -> PreparedKernel {
    if let variant = context.kernels.variant,
      let fast = try FastKernels.prepare(context, variant)
    {
      return fast
    }
    for row in rowsByOperation[context.op.operation.name] ?? [] {
      if let body = try row.prepare(context) {
        return PreparedKernel(
          name: row.name, body: body, sharing: row.sharing, mayFail: row.mayFail)
      }
    }
    let types = (context.op.inputs.compactMap { $0 } + context.op.outputs).map {
      context.subgraph.tensors[$0].elementType.rawValue
    }
    throw context.failure(
      found: "operands of \(types.joined(separator: ", "))",
      expected: "element types that a kernel is there for")
  }
}

extension KernelTable {
  typealias Preparation = @Sendable (KernelContext) throws(ModelError) -> KernelBody?

  /// Rows named `<operation>_<types>_reference`.
  static func rows(
    _ operation: String, sharing: OperandSharing = .none, mayFail: Bool = false,
    _ preparations: [(types: String, prepare: Preparation)]
  ) -> [Kernel] {
    preparations.map { types, prepare in
      Kernel(
        name: "\(operation.lowercased())_\(types)_reference", operation: operation,
        sharing: sharing, mayFail: mayFail, prepare: prepare)
    }
  }
}
