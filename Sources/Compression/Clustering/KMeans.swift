import ReproducibleMath

/// k-means of numbers on a line: Lloyd's algorithm in Double, with sums in ascending order, so that
/// the result depends on the values only.
///
/// Source: Lloyd 1982, "Least squares quantization in PCM"; for the starts Han et al. 2016, "Deep
/// Compression".
struct KMeans {
  /// Ascending.
  private let values: [Double]
  /// Ascending; the value of each cluster.
  private(set) var centroids: [Double]

  /// O(n log n + iterations x (n + count)); the seeded start takes n x count more.
  ///
  /// - Precondition: a value at least, all finite, and a cluster at least.
  init(_ unsorted: [Float], count: Int, start: WeightClustering.Start, mostIterations: Int) {
    precondition(!unsorted.isEmpty && count > 0)
    values = unsorted.map(Double.init).sorted()
    centroids = []
    for value in values where centroids.last != value && centroids.count <= count {
      centroids.append(value)
    }
    // Few enough values are a codebook without a loss.
    guard centroids.count > count else { return }
    centroids = Self.start(start, values, count)
    var iterations = 0
    while iterations < mostIterations, step() { iterations += 1 }
  }

  /// Moves each centroid to the mean of the values that are nearest to it; one without values
  /// stays.
  ///
  /// - Returns: whether any moved.
  private mutating func step() -> Bool {
    let old = centroids
    var first = 0
    for cluster in centroids.indices {
      let end = endOfCluster(cluster, old, from: first)
      if end > first {
        centroids[cluster] = values[first..<end].reduce(0, +) / Double(end - first)
      }
      first = end
    }
    return centroids != old
  }

  private func endOfCluster(_ cluster: Int, _ centroids: [Double], from first: Int) -> Int {
    guard cluster + 1 < centroids.count else { return values.count }
    let limit = (centroids[cluster] + centroids[cluster + 1]) / 2
    var end = first
    while end < values.count, values[end] <= limit { end += 1 }
    return end
  }

  /// The cluster of the nearest centroid; the lower one of two. O(log count).
  func cluster(of value: Float) -> Int {
    var (low, high) = (0, centroids.count - 1)
    while low < high {
      let middle = (low + high) / 2
      let limit = (centroids[middle] + centroids[middle + 1]) / 2
      if Double(value) <= limit { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func start(
    _ start: WeightClustering.Start, _ values: [Double], _ count: Int
  ) -> [Double] {
    switch start {
    case .linear:
      let (low, high) = (values[0], values[values.count - 1])
      return (0..<count).map { low + (high - low) * Double($0) / Double(max(count - 1, 1)) }
    case .density:
      return (0..<count).map { values[(2 * $0 + 1) * values.count / (2 * count)] }
    case .plusPlus(let seed): return plusPlus(values, count, seed: seed)
    }
  }

  /// Each centroid is drawn with the squared distance to the nearest one so far as its weight
  /// (Arthur and Vassilvitskii 2007, "k-means++").
  private static func plusPlus(_ values: [Double], _ count: Int, seed: UInt64) -> [Double] {
    var random = RandomStream(seed: seed, name: "k-means++")
    var centroids = [values[Int(random.uniform(below: Int64(values.count)))]]
    var distances = values.map { _ in Double.infinity }
    while centroids.count < count {
      let newest = centroids[centroids.count - 1]
      var total = 0.0
      for (index, value) in values.enumerated() {
        distances[index] = min(distances[index], (value - newest) * (value - newest))
        total += distances[index]
      }
      var rest = random.uniform() * total
      let chosen = values.indices.first { index in
        rest -= distances[index]
        return rest < 0
      }
      centroids.append(values[chosen ?? values.count - 1])
    }
    return centroids.sorted()
  }
}
