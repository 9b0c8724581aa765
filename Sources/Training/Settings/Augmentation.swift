import NeuralNetworks
import ReproducibleMath

/// A random change of a sample that leaves its label true.
///
/// Each sample of each epoch has a random stream of its own, so that results do not depend on
/// batches or threads. Samples are [height, width, channels], or [time, features].
public enum Augmentation: Sendable, Equatable {
  /// Mirrors left and right, half of the time.
  case flip
  /// Moves by up to so many rows and columns; what comes in is zero.
  case shift(rows: Int, columns: Int)
  /// Multiplies by a factor from `1 - amount` to `1 + amount`.
  case gain(amount: Float)
  /// Adds normal noise of this deviation.
  case noise(deviation: Float)
  /// Zeros a random rectangle of up to so many rows and columns (DeVries and Taylor 2017).
  case cutout(rows: Int, columns: Int)
  /// Zeros up to so many adjacent rows, which are moments (Park et al. 2019).
  case timeMask(rows: Int)

  var isInRange: Bool {
    switch self {
    case .flip: true
    case .shift(let rows, let columns), .cutout(let rows, let columns): rows >= 0 && columns >= 0
    case .gain(let amount), .noise(let amount): amount >= 0 && amount.isFinite
    case .timeMask(let rows): rows >= 0
    }
  }

  func apply(_ sample: inout [Float], _ shape: [Int], _ random: inout RandomStream) {
    let rows = shape.count > 0 ? shape[0] : 1
    let columns = shape.count > 1 ? shape[1] : 1
    let depth = max(sample.count / max(rows * columns, 1), 1)
    switch self {
    case .flip:
      guard random.uniform() < 0.5 else { return }
      let original = sample
      for place in sample.indices {
        let (row, column) = (place / (columns * depth), place / depth % columns)
        sample[place] =
          original[(row * columns + columns - 1 - column) * depth + place % depth]
      }
    case .shift(let mostRows, let mostColumns):
      let down = Int(random.uniform(below: Int64(2 * mostRows + 1))) - mostRows
      let right = Int(random.uniform(below: Int64(2 * mostColumns + 1))) - mostColumns
      let original = sample
      for place in sample.indices {
        let row = place / (columns * depth) - down
        let column = place / depth % columns - right
        let isInside = (0..<rows).contains(row) && (0..<columns).contains(column)
        sample[place] = isInside ? original[(row * columns + column) * depth + place % depth] : 0
      }
    case .gain(let amount):
      let factor = 1 + amount * Float(random.uniform(from: -1, to: 1))
      for place in sample.indices { sample[place] *= factor }
    case .noise(let deviation):
      for place in sample.indices { sample[place] += deviation * Float(random.normal()) }
    case .timeMask(let most):
      let length = Int(random.uniform(below: Int64(min(most, rows) + 1)))
      let first = Int(random.uniform(below: Int64(rows - length + 1)))
      for place in first * columns * depth..<(first + length) * columns * depth {
        sample[place] = 0
      }
    case .cutout(let mostRows, let mostColumns):
      let height = Int(random.uniform(below: Int64(min(mostRows, rows) + 1)))
      let width = Int(random.uniform(below: Int64(min(mostColumns, columns) + 1)))
      let top = Int(random.uniform(below: Int64(rows - height + 1)))
      let left = Int(random.uniform(below: Int64(columns - width + 1)))
      for row in top..<top + height {
        for place in (row * columns + left) * depth..<(row * columns + left + width) * depth {
          sample[place] = 0
        }
      }
    }
  }
}
