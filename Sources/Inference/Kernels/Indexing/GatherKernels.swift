import NeuralNetworks

/// Operators that copy slices from where indices say.
enum GatherKernels {
  static func gather(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .gather(let stated, let statedBatch) = context.op.operation,
      let reader = IndexReader(context.input(1)), context.output.elementType.isByteAddressed
    else { return nil }
    let (source, indices) = (context.input(0), context.input(1).shape)
    let axis = try context.check.axis(stated, rank: source.shape.rank)
    let batchAxes = statedBatch < 0 ? statedBatch + indices.rank : statedBatch
    func product(_ extents: ArraySlice<Int>) -> Int { extents.reduce(1, *) }
    let extents = source.shape.dimensions
    let batchCount = product(extents[..<batchAxes])
    let outerCount = product(extents[batchAxes..<axis])
    let indexCount = product(indices.dimensions[batchAxes...])
    let sliceBytes = source.elementType.byteCount(of: product(extents[(axis + 1)...]))
    let extent = extents[axis]
    return { operands in
      let from = operands.input(0, as: UInt8.self)
      let positions = operands.input(1, as: UInt8.self)
      var to = operands.output(as: UInt8.self)
      for batch in 0..<batchCount {
        for outer in 0..<outerCount {
          let lines = from + (batch &* outerCount &+ outer) &* extent &* sliceBytes
          for position in 0..<indexCount {
            let index = reader(positions, batch &* indexCount &+ position)
            guard index >= 0, index < extent else { return operands.fail(.indexOutOfRange) }
            to.update(from: lines + index &* sliceBytes, count: sliceBytes)
            to += sliceBytes
          }
        }
      }
    }
  }

  static func gatherND(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let (source, indices) = (context.input(0), context.input(1))
    let depth = indices.shape[indices.shape.rank - 1]
    guard let tuples = TupleIndex(indices, depth: depth, into: source.shape),
      source.elementType.isByteAddressed
    else { return nil }
    let count = indices.shape.dimensions.dropLast().reduce(1, *)
    let size = source.elementType.byteCount(of: 1)
    let sliceBytes = size * tuples.sliceCount
    return { operands in
      let from = operands.input(0, as: UInt8.self)
      let to = operands.output(as: UInt8.self)
      for tuple in 0..<count {
        guard let place = tuples.place(operands.input(1, as: UInt8.self), tuple: tuple) else {
          return operands.fail(.indexOutOfRange)
        }
        (to + tuple &* sliceBytes).update(from: from + place &* size, count: sliceBytes)
      }
    }
  }

  /// Rows of a table as they are stored.
  static func embedding(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let table = context.input(1)
    guard let reader = IndexReader(context.input(0)), table.elementType.isByteAddressed,
      table.elementType == context.output.elementType
    else { return nil }
    let (rows, count) = (table.shape[0], context.input(0).shape[0])
    let rowBytes = rows == 0 ? 0 : table.byteCount / rows
    return { operands in
      let (from, to) = (operands.input(1, as: UInt8.self), operands.output(as: UInt8.self))
      for position in 0..<count {
        let row = reader(operands.input(0, as: UInt8.self), position)
        guard row >= 0, row < rows else { return operands.fail(.indexOutOfRange) }
        (to + position &* rowBytes).update(from: from + row &* rowBytes, count: rowBytes)
      }
    }
  }

  /// Rows of an int8 table, brought back to float32.
  static func hybridEmbedding(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let table = context.input(1)
    guard let reader = IndexReader(context.input(0)), table.elementType == .int8,
      context.output.elementType == .float32
    else { return nil }
    let (rows, count) = (table.shape[0], context.input(0).shape[0])
    let scales = try context.weightScales(of: table, axis: 0, count: rows).map { Float($0) }
    let rowCount = rows == 0 ? 0 : table.shape.elementCount / rows
    return { operands in
      let (from, to) = (operands.input(1, as: Int8.self), operands.output(as: Float.self))
      for position in 0..<count {
        let row = reader(operands.input(0, as: UInt8.self), position)
        guard row >= 0, row < rows else { return operands.fail(.indexOutOfRange) }
        let scale = scales[min(row, scales.count &- 1)]
        for column in 0..<rowCount {
          to[position &* rowCount &+ column] = Float(from[row &* rowCount &+ column]) * scale
        }
      }
    }
  }
}
