/// All that reading, checking and counting need to know of one operator, said once.
///
/// The rows stand in `OperatorDefinition+<Group>.swift`; an operator is its row and its kernels.
struct OperatorDefinition: Sendable {
  // Untyped `throws`, as closures do not infer the type; `ModelError` is all they throw.
  typealias Reader = @Sendable (OperatorOptions) throws -> Operation
  typealias Rule = @Sendable (OperatorCheck) throws -> [TensorType]?

  /// The name in the `.tflite` schema: the key of this table and of the table of kernels.
  let name: String
  let inputs: ClosedRange<Int>
  let outputs: ClosedRange<Int>
  let operatorClass: OperatorClass
  /// Inputs whose values decide what the outputs' shapes are, or what a kernel prepares.
  /// While one has no value, nothing can be said of the outputs.
  let parameters: [Int]
  /// Whether operands without an element make sense.
  let allowsEmpty: Bool
  /// Makes the operation from its options.
  private let read: Reader
  /// Types of the outputs, from types of the inputs and values of the parameters; nil when only
  /// running tells.
  private let rule: Rule

  init(
    _ name: String, inputs: ClosedRange<Int> = 1...1, outputs: ClosedRange<Int> = 1...1,
    class operatorClass: OperatorClass, parameters: [Int] = [], allowsEmpty: Bool = false,
    read: @escaping Reader, rule: @escaping Rule
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.operatorClass = operatorClass
    self.parameters = parameters
    self.allowsEmpty = allowsEmpty
    self.read = read
    self.rule = rule
  }

  /// An operator without attributes that takes empty operands.
  init(
    _ operation: PlainOperation, inputs: ClosedRange<Int> = 1...1,
    outputs: ClosedRange<Int> = 1...1, class operatorClass: OperatorClass = .dataMovement,
    parameters: [Int] = [], rule: @escaping Rule
  ) {
    self.init(
      operation.rawValue, inputs: inputs, outputs: outputs, class: operatorClass,
      parameters: parameters, allowsEmpty: true, read: { _ in .plain(operation) }, rule: rule)
  }
}

extension OperatorDefinition {
  func operation(_ options: OperatorOptions) throws(ModelError) -> Operation {
    do { return try read(options) } catch { throw Self.modelError(error) }
  }

  func outputTypes(_ check: OperatorCheck) throws(ModelError) -> [TensorType]? {
    do { return try rule(check) } catch { throw Self.modelError(error) }
  }

  private static func modelError(_ error: any Error) -> ModelError {
    guard let error = error as? ModelError else { preconditionFailure("\(error)") }
    return error
  }

  private static let all: [String: OperatorDefinition] = Dictionary(
    uniqueKeysWithValues: [
      elementwise, reductions, indexing, shapes, rearrangements, slices, compute, control,
      activations, products, recurrent, signals, complex,
    ].joined().map { ($0.name, $0) })

  /// Nil for an operator that we lack.
  static func named(_ name: String) -> OperatorDefinition? { all[name] }

  /// Names of all operators, sorted.
  static var names: [String] { all.keys.sorted() }
}

extension Operation {
  var definition: OperatorDefinition {
    guard let definition = OperatorDefinition.named(name) else {
      preconditionFailure("no definition of \(name)")
    }
    return definition
  }

  /// Inputs whose values decide what the outputs' shapes are, or what a kernel prepares.
  public var parameterInputs: [Int] { definition.parameters }

  /// Names of the operators that models may use, sorted.
  public static var supportedNames: [String] { OperatorDefinition.names }
}

/// What a tensor is before it has a value.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  public var elementType: ElementType
  public var shape: Shape

  public init(_ elementType: ElementType, _ shape: Shape) {
    self.elementType = elementType
    self.shape = shape
  }

  public var description: String { "\(elementType) \(shape)" }
}

extension Tensor {
  public var type: TensorType { TensorType(elementType, shape) }
}
