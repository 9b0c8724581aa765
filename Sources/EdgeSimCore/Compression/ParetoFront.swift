/// Which of several choices nothing beats: no other is as good in every respect and better in one.
enum ParetoFront {
  /// Marks the choices on the front; equal ones are all on it. O(choices^2 x respects).
  ///
  /// - Parameter costs: of each choice, in equal respects, less is better; nil for a choice that
  ///   cannot be taken.
  static func members(_ costs: [[Double]?]) -> [Bool] {
    costs.map { own in
      guard let own else { return false }
      return !costs.contains { other in other.map { dominates($0, own) } ?? false }
    }
  }

  private static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { $0 <= $1 } && zip(a, b).contains { $0 < $1 }
  }
}
