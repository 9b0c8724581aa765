/// An ONNX model as its file states it: nodes over named values.
///
/// A value of this type is well-formed protobuf with complete constants, and the nodes of its own
/// functions are where they are called; whether its names resolve and its operators are known is
/// found when a program is made of it. Source: onnx.proto3.
public struct ONNXModel: Sendable {
  public var name: String
  /// Versions of the operator sets it uses, by domain; the default domain is the empty one.
  public var operatorSets: [OperatorSet]
  public var graph: ONNXGraph
  /// Bytes of the file, and of those beside it that hold constants.
  public var fileByteCount: Int

  public struct OperatorSet: Sendable, Hashable {
    public var domain: String
    public var version: Int
  }

  /// The version of a domain that the model imports.
  public func version(ofDomain domain: String) -> Int? {
    operatorSets.first { $0.domain == domain }?.version
  }
}

/// Nodes in topological order. A graph that is a node's attribute also sees the values around it.
public struct ONNXGraph: Sendable {
  public var name = ""
  public var nodes: [ONNXNode] = []
  /// Named constants.
  public var initializers: [ONNXTensor] = []
  /// Constants that we cannot hold, such as texts: their names, and why.
  public var unreadable: [(name: String, problem: ModelError)] = []
  /// Inputs that have an initializer are optional (usual before IR version 4).
  public var inputs: [ONNXValueInfo] = []
  public var outputs: [ONNXValueInfo] = []

  public init() {}

  public var constantNames: Set<String> {
    Set(initializers.map(\.name) + unreadable.map(\.name))
  }

  /// Inputs that must be given.
  public var requiredInputs: [ONNXValueInfo] {
    let constants = constantNames
    return inputs.filter { !constants.contains($0.name) }
  }
}

/// One application of an operator to named values.
public struct ONNXNode: Sendable {
  public var name = ""
  public var operatorType = ""
  /// Empty for the operators of ONNX itself.
  public var domain = ""
  /// Which of a function's forms it calls.
  public var overload = ""
  /// Of its domain, where a function says another than the model.
  public var version: Int?
  /// Empty for an optional input that is absent.
  public var inputs: [String] = []
  /// Empty for an output that nobody asks for.
  public var outputs: [String] = []
  public var attributes: [ONNXAttribute] = []

  public init() {}

  public func attribute(_ name: String) -> ONNXAttribute.Value? {
    attributes.first { $0.name == name }?.value
  }

  /// `Conv`, `com.microsoft.QGemm`.
  public var qualifiedOperator: String {
    domain.isEmpty ? operatorType : "\(domain).\(operatorType)"
  }
}

public struct ONNXAttribute: Sendable {
  public indirect enum Value: Sendable {
    case float(Float)
    case int(Int)
    case string(String)
    case tensor(ONNXTensor)
    case graph(ONNXGraph)
    case floats([Float])
    case ints([Int])
    case strings([String])
    /// In a function's nodes: an attribute of the call.
    case reference(String)
    /// A kind that no supported operator takes: what it is called.
    case other(String)
  }

  public var name: String
  public var value: Value
}

/// A constant.
public struct ONNXTensor: Sendable {
  public var name: String
  /// 4-bit integers are stored unpacked: each takes a byte.
  public var elementType: ElementType
  public var isNibble = false
  public var shape: Shape
  public var data: ConstantData
}

/// What the file says of an input or output.
public struct ONNXValueInfo: Sendable {
  public var name: String
  public var type: Kind

  public enum Kind: Sendable, Equatable {
    /// `dimensions` is nil when the rank is unknown.
    case tensor(ElementType, dimensions: [Dimension]?)
    case sequence
    case optional
    /// An element type or kind that is not supported: its name.
    case other(String)
    /// Nothing is said, as of many values of subgraphs.
    case unknown

    /// For messages: `float32 [N, 3, 224, 224]`.
    public var text: String {
      switch self {
      case .tensor(let type, let dimensions):
        "\(type.rawValue) " + (dimensions.map(ONNXValueInfo.text) ?? "of any shape")
      case .sequence: "a sequence"
      case .optional: "an optional"
      case .other(let name): name
      case .unknown: "an unknown kind"
      }
    }
  }

  /// `[N, 3, 224, 224]`.
  public static func text(_ dimensions: [Dimension]) -> String {
    "[" + dimensions.map(\.description).joined(separator: ", ") + "]"
  }

  /// An extent: known, or known by name only (empty when not even that).
  public enum Dimension: Sendable, Equatable, CustomStringConvertible {
    case fixed(Int)
    case named(String)

    public var description: String {
      switch self {
      case .fixed(let extent): "\(extent)"
      case .named(let name): name.isEmpty ? "?" : name
      }
    }
  }
}
