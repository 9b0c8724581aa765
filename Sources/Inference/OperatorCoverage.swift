import NeuralNetworks

/// Which operators of a model we can run, and what the others lack.
public struct OperatorCoverage: Sendable {
  public struct Row: Sendable {
    /// The subgraph; of ONNX the graph, where 0 is the outermost.
    public var subgraph: Int
    public var index: Int
    /// In the words of the model's format.
    public var name: String
    /// Element types of the inputs, then of the outputs; `-` for an absent operand.
    public var inputTypes: [String]
    public var outputTypes: [String]
    /// The kernel that runs it, of ONNX the operator set; `-` where nothing runs, or where only
    /// running tells which; nil when it cannot run.
    public var kernelName: String?
    /// What is missing, in words; nil when it can run.
    public var missing: String?
  }

  public var model: String
  public internal(set) var rows: [Row]

  init(model: String, rows: [Row]) {
    self.model = model
    self.rows = rows
  }

  /// How many operators can run.
  public var coveredCount: Int { rows.count { $0.missing == nil } }

  /// O(operands + preparation of the kernels).
  public init(_ survey: ModelSurvey, arithmetic: Arithmetic) {
    self.init(model: survey.name, rows: survey.operators.map { Self.row($0, arithmetic) })
  }

  private static func row(_ surveyed: SurveyedOperator, _ arithmetic: Arithmetic) -> Row {
    var row = Row(
      subgraph: surveyed.subgraph, index: surveyed.index, name: surveyed.name,
      inputTypes: surveyed.inputTypes, outputTypes: surveyed.outputTypes)
    switch surveyed.finding {
    case .unreadable(let missing): row.missing = missing
    case .dependent(let operation):
      row.missing = KernelTable.has(operation) ? nil : "a kernel"
      row.kernelName = row.missing == nil ? "-" : nil
    case .readable(let candidate):
      let context = KernelContext(
        op: candidate.op, subgraph: candidate.subgraph, arithmetic: arithmetic, kernels: .best,
        place: "", network: candidate.network)
      do throws(ModelError) {
        row.kernelName = try PreparedOperator(context).kernelName
      } catch { row.missing = "\(error.found), not \(error.expected)" }
    }
    return row
  }
}
