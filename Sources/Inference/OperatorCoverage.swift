import NeuralNetworks

/// Which operators of a model we can run, and what the others lack.
public struct OperatorCoverage: Sendable {
  public struct Row: Sendable {
    public var surveyed: SurveyedOperator
    /// The kernel that runs it; `-` where nothing runs, or where only running tells which; nil when
    /// it cannot run.
    public var kernelName: String?
    /// What is missing, in words; nil when it can run.
    public var missing: String?
  }

  public var model: String
  public var rows: [Row]

  /// How many operators can run.
  public var coveredCount: Int { rows.count { $0.missing == nil } }

  /// O(operands + preparation of the kernels).
  public init(_ survey: ModelSurvey, arithmetic: Arithmetic) {
    model = survey.name
    rows = survey.operators.map { Self.row($0, arithmetic) }
  }

  private static func row(_ surveyed: SurveyedOperator, _ arithmetic: Arithmetic) -> Row {
    switch surveyed.finding {
    case .unreadable(let missing):
      return Row(surveyed: surveyed, kernelName: nil, missing: missing)
    case .dependent(let operation):
      let missing = KernelTable.has(operation) ? nil : "a kernel"
      return Row(surveyed: surveyed, kernelName: missing == nil ? "-" : nil, missing: missing)
    case .readable(let candidate):
      let context = KernelContext(
        op: candidate.op, subgraph: candidate.subgraph, arithmetic: arithmetic, kernels: .best,
        place: "", network: candidate.network)
      do throws(ModelError) {
        let kernel = try PreparedOperator(context)
        return Row(surveyed: surveyed, kernelName: kernel.kernelName, missing: nil)
      } catch {
        return Row(
          surveyed: surveyed, kernelName: nil, missing: "\(error.found), not \(error.expected)")
      }
    }
  }
}
