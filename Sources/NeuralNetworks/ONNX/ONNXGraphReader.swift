/// Reads a `GraphProto` and what is in it, graphs of attributes included.
struct ONNXGraphReader {
  /// Graphs in attributes of nodes of graphs ...: more would be a stack overflow's size.
  static let maximumDepth = 16

  let file: ModelBytes
  let bytes: UnsafeRawBufferPointer
  /// Nil when there can be none.
  let external: ONNXExternalFiles?

  /// O(fields).
  func graph(_ range: Range<Int>, depth: Int = 0) throws(ModelError) -> ONNXGraph {
    guard depth < Self.maximumDepth else {
      throw ModelError(
        place: "byte \(range.lowerBound)", found: "graphs nested deeper than \(depth)",
        expected: "at most \(Self.maximumDepth)")
    }
    var graph = ONNXGraph()
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1:
        do {
          graph.nodes.append(try node(field.range(), depth: depth))
        } catch { throw error.inside("node \(graph.nodes.count)") }
      case 2: graph.name = try field.string(in: bytes)
      case 5: try append(tensor(field), to: &graph)
      case 11: graph.inputs.append(try valueInfo(field.range()))
      case 12: graph.outputs.append(try valueInfo(field.range()))
      case 15: graph.unreadable.append(try sparse(field))
      default: break
      }
    }
    return graph
  }

  private func tensor(_ field: ProtobufField) throws(ModelError) -> ONNXTensorReader {
    try ONNXTensorReader(file, bytes, field.range(), external: external)
  }

  private func append(
    _ tensor: ONNXTensorReader, to graph: inout ONNXGraph
  ) throws(ModelError) {
    if let problem = tensor.unsupported {
      graph.unreadable.append((tensor.name, problem))
    } else {
      graph.initializers.append(try tensor.tensor())
    }
  }

  /// A sparse initializer has the name of its values.
  private func sparse(
    _ field: ProtobufField
  ) throws(ModelError) -> (name: String, problem: ModelError) {
    var name = ""
    var cursor = ProtobufCursor(bytes, range: try field.range())
    while let inner = try cursor.next() {
      if inner.number == 1 { name = try tensor(inner).name }
    }
    let problem = ModelError(
      place: "byte \(field.place)", found: "a sparse initializer", expected: "dense ones")
    return (name, problem)
  }

  func node(_ range: Range<Int>, depth: Int = 0) throws(ModelError) -> ONNXNode {
    var node = ONNXNode()
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: node.inputs.append(try field.string(in: bytes))
      case 2: node.outputs.append(try field.string(in: bytes))
      case 3: node.name = try field.string(in: bytes)
      case 4: node.operatorType = try field.string(in: bytes)
      case 5: node.attributes.append(try attribute(field.range(), depth: depth))
      case 7:
        let domain = try field.string(in: bytes)
        node.domain = domain == "ai.onnx" ? "" : domain
      case 8: node.overload = try field.string(in: bytes)
      default: break
      }
    }
    guard !node.operatorType.isEmpty else {
      throw ModelError(
        place: "byte \(range.lowerBound)", found: "a node without op_type", expected: "one with it")
    }
    return node
  }

  func attribute(_ range: Range<Int>, depth: Int = 0) throws(ModelError) -> ONNXAttribute {
    var fields = AttributeFields()
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: fields.name = try field.string(in: bytes)
      case 2: fields.value = .float(try field.float())
      case 3: fields.value = .int(try field.integer())
      case 4: fields.value = .string(try field.string(in: bytes))
      case 5:
        let tensor = try tensor(field)
        if let problem = tensor.unsupported {
          fields.value = .other("a tensor of \(problem.found)")
        } else {
          fields.value = .tensor(try tensor.tensor())
        }
      case 6: fields.value = .graph(try graph(field.range(), depth: depth + 1))
      case 7: try field.appendFloats(to: &fields.floats, in: bytes)
      case 8: try field.appendIntegers(to: &fields.integers, in: bytes)
      case 9: fields.strings.append(try field.string(in: bytes))
      case 10, 11, 14, 15, 22, 23: fields.value = .other("field \(field.number)")
      case 20: fields.kind = try field.integer()
      case 21: fields.value = .reference(try field.string(in: bytes))
      default: break
      }
    }
    return ONNXAttribute(name: fields.name, value: try fields.resolved(at: range.lowerBound))
  }

  private func valueInfo(_ range: Range<Int>) throws(ModelError) -> ONNXValueInfo {
    var info = ONNXValueInfo(name: "", type: .unknown)
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: info.name = try field.string(in: bytes)
      case 2: info.type = try kind(field.range())
      default: break
      }
    }
    return info
  }

  private func kind(_ range: Range<Int>) throws(ModelError) -> ONNXValueInfo.Kind {
    var cursor = ProtobufCursor(bytes, range: range)
    var kind = ONNXValueInfo.Kind.unknown
    while let field = try cursor.next() {
      switch field.number {
      case 1: kind = try tensorKind(field.range())
      case 4: kind = .sequence
      case 5: kind = .other("a map")
      case 8: kind = .other("a sparse tensor")
      case 9: kind = .optional
      default: break
      }
    }
    return kind
  }

  private func tensorKind(_ range: Range<Int>) throws(ModelError) -> ONNXValueInfo.Kind {
    var (code, dimensions) = (0, [ONNXValueInfo.Dimension]?.none)
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      switch field.number {
      case 1: code = try field.integer()
      case 2: dimensions = try self.dimensions(field.range())
      default: break
      }
    }
    guard let type = ElementType(onnxCode: code) else {
      return .other("a tensor of \(ONNXDataType.name(of: code))")
    }
    return .tensor(type, dimensions: dimensions)
  }

  private func dimensions(
    _ range: Range<Int>
  ) throws(ModelError) -> [ONNXValueInfo.Dimension] {
    var result: [ONNXValueInfo.Dimension] = []
    var cursor = ProtobufCursor(bytes, range: range)
    while let field = try cursor.next() {
      guard field.number == 1 else { continue }
      var dimension = ONNXValueInfo.Dimension.named("")
      var inner = ProtobufCursor(bytes, range: try field.range())
      while let field = try inner.next() {
        switch field.number {
        case 1: dimension = .fixed(try field.integer())
        case 2: dimension = .named(try field.string(in: bytes))
        default: break
        }
      }
      result.append(dimension)
    }
    return result
  }
}

/// What an `AttributeProto` holds; `type` says which field counts, as empty lists are not stored.
private struct AttributeFields {
  var name = ""
  var value: ONNXAttribute.Value?
  var floats: [Float] = []
  var integers: [Int] = []
  var strings: [String] = []
  var kind = 0

  func resolved(at place: Int) throws(ModelError) -> ONNXAttribute.Value {
    if case .reference(let name) = value { return .reference(name) }
    switch kind {
    case 6: return .floats(floats)
    case 7: return .ints(integers)
    case 8: return .strings(strings)
    case 0 where value == nil:
      if !floats.isEmpty { return .floats(floats) }
      if !integers.isEmpty { return .ints(integers) }
      if !strings.isEmpty { return .strings(strings) }
    default: break
    }
    if let value { return value }
    // Proto3 writers leave out a number that is zero and a text that is empty.
    switch kind {
    case 1: return .float(0)
    case 2: return .int(0)
    case 3: return .string("")
    default:
      throw ModelError(
        place: "byte \(place), attribute \"\(name)\"", found: "no value of kind \(kind)",
        expected: "a value")
    }
  }
}
