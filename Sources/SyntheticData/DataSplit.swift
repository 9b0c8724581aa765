/// Which part of a data set a sample belongs to. Whole groups (routes, machines) belong to one
/// part, so that a model is tested on what it has never seen.
public enum DataSplit: String, Sendable, Equatable, CaseIterable {
  case training, validation, test

  /// Groups of a generated data set, all parts together.
  public static let groupCount = 100

  /// The groups of this part: six, two and two in ten.
  public var groups: Range<Int> {
    switch self {
    case .training: 0..<60
    case .validation: 60..<80
    case .test: 80..<100
    }
  }

  /// The part of a group.
  ///
  /// - Precondition: the group is one of `groupCount`.
  public init(ofGroup group: Int) {
    precondition((0..<DataSplit.groupCount).contains(group))
    self = group < 60 ? .training : group < 80 ? .validation : .test
  }
}

/// Where a sample stands in a generated data set: classes take turns, then groups do, so that any
/// number of samples is balanced.
public struct SamplePlace: Sendable, Equatable {
  /// The class.
  public let label: Int
  /// The route or the machine.
  public let group: Int
  /// The running number among the samples of its class and group.
  public let number: Int

  /// - Parameter split: nil for all groups.
  /// - Precondition: `index` is not negative, and there are classes.
  public init(index: Int, classCount: Int, split: DataSplit?) {
    precondition(index >= 0 && classCount > 0)
    let groups = split?.groups ?? 0..<DataSplit.groupCount
    label = index % classCount
    group = groups.lowerBound + index / classCount % groups.count
    number = index / classCount / groups.count
  }
}
