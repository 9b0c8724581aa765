/// Sets of channels that must leave together, as a union-find forest over places of tensor axes.
///
/// A place is an index along one axis of one tensor; it is given a number when its axis is first
/// asked for.
struct ChannelClasses {
  /// An axis of a tensor.
  struct Axis: Hashable {
    var tensor: Int
    var axis: Int
  }

  /// In the order in which they were asked for.
  private(set) var axes: [Axis] = []
  /// The numbers of an axis's places, beside `axes`.
  private(set) var places: [Range<Int>] = []
  private var indices: [Axis: Int] = [:]
  private var parents: [Int] = []
  /// Why a class cannot leave, by root; the reason that was found first.
  private var reasons: [Int: String] = [:]

  /// The numbers of the places along an axis. Amortized O(extent).
  mutating func places(of axis: Axis, extent: Int) -> Range<Int> {
    if let index = indices[axis] { return places[index] }
    let range = parents.count..<parents.count + extent
    indices[axis] = axes.count
    axes.append(axis)
    places.append(range)
    parents += Array(range)
    return range
  }

  /// Nil for an axis that no operator asked for.
  func knownPlaces(of axis: Axis) -> Range<Int>? { indices[axis].map { places[$0] } }

  /// The class of a place. O(log places).
  func root(_ place: Int) -> Int {
    var place = place
    while parents[place] != place { place = parents[place] }
    return place
  }

  mutating func join(_ a: Int, _ b: Int) {
    // The path is halved on the way, and the older place becomes the root.
    let (first, second) = (shortenedRoot(a), shortenedRoot(b))
    guard first != second else { return }
    let (root, child) = (min(first, second), max(first, second))
    parents[child] = root
    if let reason = reasons.removeValue(forKey: child), reasons[root] == nil {
      reasons[root] = reason
    }
  }

  mutating func fix(_ place: Int, _ reason: String) {
    let root = shortenedRoot(place)
    if reasons[root] == nil { reasons[root] = reason }
  }

  /// Why the class of a place cannot leave; nil when it can.
  func reason(_ place: Int) -> String? { reasons[root(place)] }

  private mutating func shortenedRoot(_ place: Int) -> Int {
    var place = place
    while parents[place] != place {
      parents[place] = parents[parents[place]]
      place = parents[place]
    }
    return place
  }
}
