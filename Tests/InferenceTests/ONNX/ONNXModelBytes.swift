/// Writes the protobuf of small ONNX models.
struct ONNXModelBytes {
  struct Node {
    var type: String
    var inputs: [String] = []
    var outputs: [String] = []
    /// A graph that is an attribute.
    var graph: (name: String, bytes: [UInt8])?
  }

  static func model(graph: [UInt8], version: Int = 17) -> [UInt8] {
    number(1, 8) + field(7, graph) + field(8, number(2, version))
  }

  static func graph(_ nodes: [Node], inputs: [String], outputs: [String]) -> [UInt8] {
    nodes.flatMap { field(1, bytes(of: $0)) } + inputs.flatMap { field(11, field(1, $0)) }
      + outputs.flatMap { field(12, field(1, $0)) }
  }

  private static func bytes(of node: Node) -> [UInt8] {
    node.inputs.flatMap { field(1, $0) } + node.outputs.flatMap { field(2, $0) }
      + field(4, node.type)
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
