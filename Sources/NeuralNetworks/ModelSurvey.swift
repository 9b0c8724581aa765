/// All operators of a model file, also of one that cannot be run: what a coverage list needs.
public struct ModelSurvey: Sendable {
  public var name: String
  /// Bytes of the file.
  public var fileByteCount: Int
  /// By subgraph, in execution order.
  public var operators: [SurveyedOperator]
}

/// One operator as the file states it.
public struct SurveyedOperator: Sendable {
  /// What an executor may try to prepare: the operator's operands have passed validation.
  public struct Candidate: Sendable {
    /// All subgraphs, without operators.
    public var network: [Subgraph]
    public var subgraph: Subgraph
    public var op: Operator
  }

  /// What became of it.
  public enum Finding: Sendable {
    case readable(Candidate)
    /// Its shapes depend on values, so that only running tells its kernel.
    case dependent(Operation)
    /// What we lack or what is wrong, in words.
    case unreadable(String)
  }

  public var subgraph: Int
  public var index: Int
  /// In the words of the model's format.
  public var name: String
  /// Element types of the inputs, then of the outputs; `-` for an absent input.
  public var inputTypes: [String]
  public var outputTypes: [String]
  public var finding: Finding
}
