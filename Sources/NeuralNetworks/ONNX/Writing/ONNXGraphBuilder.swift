/// A graph that grows operator by operator, and which of its values holds which tensor.
struct ONNXGraphBuilder {
  /// The order of a tensor's axes.
  enum Layout {
    /// As in the network: NHWC for images.
    case rows
    /// NCHW, of tensors with four axes.
    case channelsFirst
  }

  private struct Place: Hashable {
    let tensor: Int
    let layout: Layout
  }

  let source: Subgraph
  private(set) var graph = ONNXGraph()
  private let names: [String]
  /// Values as the network stores them, integers of quantized tensors.
  private var stored: [Place: String] = [:]
  /// Their real values.
  private var real: [Place: String] = [:]
  /// The order in which an operator wrote a tensor.
  private var native: [Int: Layout] = [:]
  private var constantCount = 0

  init(_ source: Subgraph) {
    self.source = source
    names = Self.uniqueNames(source)
    graph.name = source.name.isEmpty ? "main" : source.name
    for input in source.inputs {
      graph.inputs.append(info(input))
      define(input, .rows, as: names[input])
    }
  }

  /// Outputs in the network's order of axes.
  mutating func finish() {
    for output in source.outputs {
      let name = value(output, .rows)
      // An output that is an input, or a constant, needs a value of its own.
      if source.inputs.contains(output) || source.tensors[output].constant != nil {
        append("Identity", [name], output: names[output] + "/output")
        var info = info(output)
        info.name = names[output] + "/output"
        graph.outputs.append(info)
      } else {
        graph.outputs.append(info(output))
      }
    }
  }

  private static func uniqueNames(_ source: Subgraph) -> [String] {
    var seen: Set<String> = [""]
    return source.tensors.enumerated().map { index, tensor in
      let name = seen.insert(tensor.name).inserted ? tensor.name : "\(tensor.name)#\(index)"
      seen.insert(name)
      return name
    }
  }

  private func info(_ tensor: Int) -> ONNXValueInfo {
    let stated = source.tensors[tensor]
    return ONNXValueInfo(
      name: names[tensor],
      type: .tensor(stated.elementType, dimensions: stated.shape.dimensions.map { .fixed($0) }))
  }

  private mutating func define(_ tensor: Int, _ layout: Layout, as name: String) {
    stored[Place(tensor: tensor, layout: layout)] = name
    if native[tensor] == nil { native[tensor] = layout }
  }

  // MARK: Nodes

  /// - Returns: the name of the node's output.
  @discardableResult
  mutating func append(
    _ type: String, _ inputs: [String], _ attributes: [ONNXAttribute] = [], output: String
  ) -> String {
    var node = ONNXNode()
    node.name = "\(type)_\(graph.nodes.count)"
    node.operatorType = type
    node.inputs = inputs
    node.outputs = [output]
    node.attributes = attributes
    graph.nodes.append(node)
    return output
  }

  /// A node whose output has a name that nobody else has.
  mutating func append(
    _ type: String, _ inputs: [String], _ attributes: [ONNXAttribute] = []
  ) -> String {
    append(type, inputs, attributes, output: "value_\(graph.nodes.count)")
  }

  mutating func constant<Element: BitwiseCopyable>(
    _ values: [Element], _ type: ElementType, _ shape: Shape, isNibble: Bool = false
  ) -> String {
    constantCount += 1
    let name = "constant_\(constantCount)"
    graph.initializers.append(
      ONNXTensor(
        name: name, elementType: type, isNibble: isNibble, shape: shape,
        data: ConstantData(bytes: values.withUnsafeBytes { Array($0) })))
    return name
  }

  mutating func integers(_ values: [Int]) -> String {
    constant(values.map { Int64($0) }, .int64, [values.count])
  }

  mutating func scalar(_ value: Float) -> String { constant([value], .float32, []) }

  // MARK: Tensors

  /// Makes a float value the result of an operator: quantizes it when its tensor is stored so.
  mutating func write(_ value: String, to tensor: Int, _ layout: Layout) {
    let isRows = layout == .rows || source.tensors[tensor].shape.rank != 4
    let layout = isRows ? Layout.rows : layout
    let name = names[tensor] + (isRows ? "" : "/nchw")
    if let quantization = source.tensors[tensor].storedQuantization {
      let parameters = parameters(quantization, source.tensors[tensor].elementType)
      append("QuantizeLinear", [value] + parameters, output: name)
    } else if let last = graph.nodes.indices.last, graph.nodes[last].outputs == [value] {
      graph.nodes[last].outputs = [name]
    } else {
      append("Identity", [value], output: name)
    }
    define(tensor, layout, as: name)
  }

  /// Scale and zero point of a whole tensor.
  private mutating func parameters(_ quantization: Quantization, _ type: ElementType) -> [String] {
    let zero = quantization.zeroPoint
    let zeroPoint =
      switch type {
      case .uint8: constant([UInt8(zero)], .uint8, [])
      case .int16: constant([Int16(zero)], .int16, [])
      default: constant([Int8(zero)], .int8, [])
      }
    return [scalar(quantization.scale), zeroPoint]
  }

  /// A tensor as it is stored, its axes in this order.
  private mutating func value(_ tensor: Int, _ layout: Layout) -> String {
    if let known = stored[Place(tensor: tensor, layout: layout)] { return known }
    let stated = source.tensors[tensor]
    if let constant = stated.constant {
      let name = self.constant(constant, of: stated, layout)
      stored[Place(tensor: tensor, layout: layout)] = name
      return name
    }
    let other: Layout = layout == .rows ? .channelsFirst : .rows
    guard let known = stored[Place(tensor: tensor, layout: other)] else {
      preconditionFailure("tensor \(tensor) has no value")
    }
    let order = layout == .rows ? [0, 2, 3, 1] : [0, 3, 1, 2]
    let name = names[tensor] + (layout == .rows ? "" : "/nchw")
    append("Transpose", [known], [.ints("perm", order)], output: name)
    stored[Place(tensor: tensor, layout: layout)] = name
    return name
  }

  /// The real values of a tensor, its axes in this order.
  mutating func real(_ tensor: Int, _ layout: Layout) -> String {
    let place = Place(tensor: tensor, layout: layout)
    if let known = real[place] { return known }
    let value = value(tensor, layout)
    var name = value
    if let quantization = source.tensors[tensor].storedQuantization {
      let parameters = parameters(quantization, source.tensors[tensor].elementType)
      name = append("DequantizeLinear", [value] + parameters)
    }
    real[place] = name
    return name
  }

  private mutating func constant(
    _ data: ConstantData, of tensor: Tensor, _ layout: Layout
  ) -> String {
    var (shape, bytes) = (tensor.shape, data.withBytes { Array($0) })
    if layout == .channelsFirst {
      let padded = Array(repeating: 1, count: 4 - shape.rank) + shape.dimensions
      bytes = Transposition([0, 3, 1, 2], of: padded).apply(
        bytes, elementSize: tensor.elementType.bitWidth / 8)
      shape = Shape([padded[0], padded[3], padded[1], padded[2]])
    }
    return constant(bytes, tensor.elementType, shape)
  }

  /// The order that a tensor is there in without a transpose.
  func nativeLayout(of tensor: Int) -> Layout { native[tensor] ?? .rows }
}

/// Puts the axes of a constant in another order.
struct Transposition {
  private let extents: [Int]
  private let strides: [Int]

  /// - Parameter order: for each axis of the result, the axis of the source.
  init(_ order: [Int], of shape: [Int]) {
    let steps = Shape(shape).strides
    extents = order.map { shape[$0] }
    strides = order.map { steps[$0] }
  }

  /// O(elements x axes).
  func apply(_ bytes: [UInt8], elementSize: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for element in 0..<extents.reduce(1, *) {
      var (rest, place) = (element, 0)
      for axis in extents.indices.reversed() {
        place += rest % extents[axis] * strides[axis]
        rest /= extents[axis]
      }
      result += bytes[place * elementSize..<(place + 1) * elementSize]
    }
    return result
  }
}

extension ONNXAttribute {
  static func int(_ name: String, _ value: Int) -> Self { .init(name: name, value: .int(value)) }
  static func ints(_ name: String, _ values: [Int]) -> Self {
    .init(name: name, value: .ints(values))
  }
  static func float(_ name: String, _ value: Float) -> Self {
    .init(name: name, value: .float(value))
  }
  static func string(_ name: String, _ text: String) -> Self {
    .init(name: name, value: .string(text))
  }
}

extension Tensor {
  /// Of a tensor that holds integers for real numbers.
  fileprivate var storedQuantization: Quantization? {
    [.int8, .uint8, .int16].contains(elementType) ? quantization : nil
  }
}
