import NeuralNetworks

/// How a layer's weights are seen as a matrix, and what the two layers cost that take its place.
struct FactorForm: Sendable, Equatable {
  let layer: WeightLayer
  let isSpatial: Bool
  let rows, columns: Int
  /// Extents of the filter.
  let height, width: Int
  /// Positions at which the first and the second layer compute, and those of the layer itself.
  let firstPositions, secondPositions: Int

  init(_ layer: WeightLayer, _ subgraph: Subgraph, _ split: LowRankFactorization.Split) {
    self.layer = layer
    let filter = subgraph.tensors[layer.weights].shape.dimensions
    (height, width) = layer.kind == .dense ? (1, 1) : (filter[1], filter[2])
    isSpatial = split == .spatial && height > 1 && width > 1
    let output = subgraph.tensors[layer.output].shape
    secondPositions = output.elementCount / max(layer.outputCount, 1)
    if isSpatial {
      (rows, columns) = (height * layer.inputCount, width * layer.outputCount)
      firstPositions = output[0] * output[1] * subgraph.tensors[layer.input].shape[2]
    } else {
      (rows, columns) = (layer.outputCount, layer.tapCount * layer.inputCount)
      firstPositions = secondPositions
    }
  }

  /// Whether a filter sees a part of the input's channels only.
  static func isGrouped(_ layer: WeightLayer, _ subgraph: Subgraph) -> Bool {
    layer.kind == .convolution
      && subgraph.tensors[layer.input].shape.dimensions.last != layer.inputCount
  }

  /// The place of an element of the matrix in the weights.
  private func place(_ row: Int, _ column: Int) -> Int {
    guard isSpatial else {
      return layer.index(
        output: row, tap: column / layer.inputCount, input: column % layer.inputCount)
    }
    let tap = row / layer.inputCount * width + column % width
    return layer.index(output: column / width, tap: tap, input: row % layer.inputCount)
  }

  func decomposed(_ values: [Float]) -> SingularValues {
    let matrix = (0..<rows * columns).map { Double(values[place($0 / columns, $0 % columns)]) }
    return SingularValues(matrix, rows: rows, columns: columns)
  }

  /// Weights in the tensor's order from a matrix.
  func weights(from matrix: [Double]) -> [Float] {
    var result = [Float](repeating: 0, count: matrix.count)
    for index in matrix.indices {
      result[place(index / columns, index % columns)] = Float(matrix[index])
    }
    return result
  }

  // MARK: Cost

  private var macs: Int { secondPositions * rows * columns }

  private var macsPerRank: Int {
    let (first, second) = isSpatial ? (rows, columns) : (columns, rows)
    return firstPositions * first + secondPositions * second
  }

  /// The greatest rank with fewer weights and fewer multiply-accumulates than the layer has.
  var greatestUsefulRank: Int {
    min(
      min(rows, columns), (rows * columns - 1) / (rows + columns), (macs - 1) / max(macsPerRank, 1)
    )
  }

  /// Nil where the singular values decide.
  func rank(for setting: LowRankFactorization.Rank) -> Int? {
    switch setting {
    case .rank(let rank): rank
    case .macs(let share): Int(share * Double(macs) / Double(max(macsPerRank, 1)))
    case .energy: nil
    }
  }

  func rank(keeping setting: LowRankFactorization.Rank, of values: [Double]) -> Int {
    guard case .energy(let share) = setting else { return values.count }
    let total = values.reduce(0) { $0 + $1 * $1 }
    var sum = 0.0
    for (index, value) in values.enumerated() {
      sum += value * value
      if sum >= share * total { return index + 1 }
    }
    return values.count
  }

  func tooLarge(_ rank: Int) -> ModelError {
    let most = greatestUsefulRank
    return layer.failure(
      found: "the rank \(rank) of a matrix of \(rows) x \(columns)",
      expected: most < 1
        ? "a layer that two thinner ones can be smaller than"
        : "from 1 to \(most), or the two layers are larger than the one")
  }
}
