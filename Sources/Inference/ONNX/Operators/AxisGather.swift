import NeuralNetworks

/// Copies elements to a tensor of the same rank, each axis on its own: element (i, j, ...) of the
/// output is element (maps[0][i], maps[1][j], ...) of the input, or the fill where a map says -1.
///
/// `Slice`, `Pad`, `Tile`, `Expand`, `Gather` by a vector and enlarging by repetition are this.
struct AxisGather {
  let input: TensorValue
  /// For each axis, indices of the input for each index of the output, or -1.
  let maps: [[Int]]
  /// The fill's element; nil where no map has -1.
  var fill: TensorValue?

  /// O(output).
  func callAsFunction() throws(ModelError) -> TensorValue {
    try input.elementType.movement(Body(gather: self))
  }

  /// The map that keeps an axis.
  static func identity(_ extent: Int) -> [Int] { Array(0..<extent) }

  private struct Body: MovementBody {
    let gather: AxisGather

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      let input = gather.input
      let shape = try checkedShape(gather.maps.map(\.count))
      let result = try NewTensor<Word>(input.elementType, shape)
      guard result.count > 0 else { return result.value }
      let fill = gather.fill.map { $0.elements(as: type)[0] } ?? 0
      let source = input.elements(as: type)
      guard let row = gather.maps.last else {
        result[0] = source[0]
        return result.value
      }
      let isRun = row[0] >= 0 && row.indices.allSatisfy { row[$0] == row[0] + $0 }
      forEachRow { start, base in
        if base < 0 {
          for i in row.indices { result[start + i] = fill }
        } else if isRun {
          result.copy(from: source, at: base + row[0], count: row.count, to: start)
        } else {
          for i in row.indices { result[start + i] = row[i] < 0 ? fill : source[base + row[i]] }
        }
      }
      return result.value
    }

    /// Calls `body` with the start of each row in the output, and in the input or -1.
    private func forEachRow(_ body: (_ start: Int, _ base: Int) -> Void) {
      let outer = gather.maps.dropLast()
      let strides = gather.input.shape.strides
      let rowLength = gather.maps.last?.count ?? 1
      let rows = outer.reduce(1) { $0 * $1.count }
      var position = [Int](repeating: 0, count: outer.count)
      for row in 0..<rows {
        var base = 0
        for axis in outer.indices {
          let index = outer[axis][position[axis]]
          base = index < 0 || base < 0 ? -1 : base + index * strides[axis]
        }
        body(row * rowLength, base)
        var axis = outer.count - 1
        while axis >= 0 {
          position[axis] += 1
          if position[axis] < outer[axis].count { break }
          position[axis] = 0
          axis -= 1
        }
      }
    }
  }
}
