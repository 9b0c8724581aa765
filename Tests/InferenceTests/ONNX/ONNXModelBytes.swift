/// Writes the protobuf of small ONNX models.
struct ONNXModelBytes {
  struct Node {
    var type: String
    var inputs: [String] = []
    var outputs: [String] = []
    var domain = ""
    /// Encoded.
    var attributes: [[UInt8]] = []
    /// A graph that is an attribute.
    var graph: (name: String, bytes: [UInt8])?
  }

  static func model(
    graph: [UInt8], version: Int = 17, functions: [[UInt8]] = []
  ) -> [UInt8] {
    number(1, 8) + field(7, graph) + field(8, number(2, version))
      + functions.flatMap { field(25, $0) }
  }

  /// A function of the domain `own`.
  static func function(
    _ name: String, _ nodes: [Node], inputs: [String], outputs: [String],
    defaults: [[UInt8]] = []
  ) -> [UInt8] {
    field(1, name) + inputs.flatMap { field(4, $0) } + outputs.flatMap { field(5, $0) }
      + nodes.flatMap { field(7, bytes(of: $0)) } + field(9, number(2, 17)) + field(10, "own")
      + defaults.flatMap { field(11, $0) }
  }

  /// An attribute of a float.
  static func attribute(_ name: String, _ value: Float) -> [UInt8] {
    let bits = (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    return field(1, name) + [2 << 3 | 5] + bits + number(20, 1)
  }

  /// An attribute that is what a call of the function says.
  static func attribute(_ name: String, reference: String) -> [UInt8] {
    field(1, name) + number(20, 1) + field(21, reference)
  }

  /// An initializer of float32 in a file beside the model.
  static func external(_ name: String, count: Int, _ entries: [(String, String)]) -> [UInt8] {
    field(
      5,
      number(1, count) + number(2, 1) + field(8, name) + number(14, 1)
        + entries.flatMap { field(13, field(1, $0.0) + field(2, $0.1)) })
  }

  static func graph(_ nodes: [Node], inputs: [String], outputs: [String]) -> [UInt8] {
    nodes.flatMap { field(1, bytes(of: $0)) } + inputs.flatMap { field(11, field(1, $0)) }
      + outputs.flatMap { field(12, field(1, $0)) }
  }

  private static func bytes(of node: Node) -> [UInt8] {
    node.inputs.flatMap { field(1, $0) } + node.outputs.flatMap { field(2, $0) }
      + field(4, node.type) + field(7, node.domain) + node.attributes.flatMap { field(5, $0) }
      + (node.graph.map { field(5, field(1, $0.name) + field(6, $0.bytes) + number(20, 5)) } ?? [])
  }

  static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(bytes.count) + bytes
  }

  static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }

  private static func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
  }
}
