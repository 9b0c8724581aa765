/// A network as its file states it: subgraphs of operators over tensors.
///
/// A value of this type has passed `validate()` when it comes from a reader: indices are in range,
/// operators are in an executable order, shapes and element types fit together.
public struct Network: Sendable {
  public var name: String
  /// The first one is the network's entry; others are called by operators.
  public var subgraphs: [Subgraph]
  /// Bytes of the file the network was read from: what it takes in the device's flash.
  public var fileByteCount: Int

  /// - Precondition: at least one subgraph.
  public init(name: String, subgraphs: [Subgraph], fileByteCount: Int) {
    precondition(!subgraphs.isEmpty)
    self.name = name
    self.subgraphs = subgraphs
    self.fileByteCount = fileByteCount
  }

  /// The entry subgraph.
  public var main: Subgraph { subgraphs[0] }
}

/// Operators in execution order over a table of tensors.
public struct Subgraph: Sendable, Equatable {
  public var name: String
  public var tensors: [Tensor]
  /// Indices into `tensors`.
  public var inputs: [Int]
  /// Indices into `tensors`.
  public var outputs: [Int]
  public var operators: [Operator]

  public init(
    name: String, tensors: [Tensor], inputs: [Int], outputs: [Int], operators: [Operator]
  ) {
    self.name = name
    self.tensors = tensors
    self.inputs = inputs
    self.outputs = outputs
    self.operators = operators
  }
}

/// One application of an operation to tensors of its subgraph.
public struct Operator: Sendable, Hashable {
  public var operation: Operation
  /// Indices into the subgraph's tensors; nil for an optional input that is absent.
  public var inputs: [Int?]
  /// Indices into the subgraph's tensors.
  public var outputs: [Int]
  /// Tensors that have no values, only quantizations: those of an integer LSTM's inner values.
  public var intermediates: [Int]

  public init(
    operation: Operation, inputs: [Int?], outputs: [Int], intermediates: [Int] = []
  ) {
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
    self.intermediates = intermediates
  }
}
