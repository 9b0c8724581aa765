extension TFLiteReader {
  /// Each operator has a table of its own, as converters write them: a small file could otherwise
  /// ask for the preparation of thousands.
  static func checkOperatorTables(of subgraphs: [FlatBufferTable]) throws(ModelError) {
    var known: Set<Int> = []
    for (index, subgraph) in subgraphs.enumerated() {
      for (number, table) in try subgraph.tables(3, limit: maximumCount).enumerated() {
        guard known.insert(table.start).inserted else {
          throw ModelError(
            place: "subgraph \(index), operator \(number)", found: "another operator's table",
            expected: "one of its own")
        }
      }
    }
  }
}
