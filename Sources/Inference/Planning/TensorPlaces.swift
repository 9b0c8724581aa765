import NeuralNetworks

/// Where a tensor's bytes lie at run time.
struct TensorPlace: Sendable, Equatable {
  enum Memory: Sendable { case arena, constants, variables }

  let memory: Memory
  /// Bytes from the memory's start; of a constant its number in `ConstantMemory`.
  let offset: Int
  let byteCount: Int
}

/// Places of the tensors of one subgraph.
struct TensorPlaces {
  private let variableNames: [Int: String]
  private let places: [TensorPlace?]
  private let variables: VariablePlan

  init(
    network: Network, subgraph index: Int, constants: ConstantMemory, variables: VariablePlan,
    arena: ArenaPlan, arenaBase: Int
  ) {
    let subgraph = network.subgraphs[index]
    variableNames = subgraph.variableNames()
    self.variables = variables
    var places = subgraph.tensors.indices.map { tensor -> TensorPlace? in
      let byteCount = subgraph.tensors[tensor].byteCount
      if let slot = constants.slot(subgraph: index, tensor: tensor) {
        return TensorPlace(memory: .constants, offset: slot, byteCount: byteCount)
      }
      return variables.offset(subgraph: index, tensor: tensor).map {
        TensorPlace(memory: .variables, offset: $0, byteCount: byteCount)
      }
    }
    for buffer in arena.buffers {
      places[buffer.tensor] = TensorPlace(
        memory: .arena, offset: arenaBase + buffer.offset, byteCount: buffer.byteCount)
    }
    self.places = places
  }

  /// - Precondition: the tensor has a value, as validation demands.
  func place(of tensor: Int) -> TensorPlace {
    guard let place = places[tensor] else { preconditionFailure("a tensor without a place") }
    return place
  }

  func variable(ofHandle tensor: Int?) -> TensorPlace {
    guard let tensor, let name = variableNames[tensor],
      let place = variables.place(of: name)
    else { preconditionFailure("a handle without a variable") }
    return place
  }
}

/// Bytes of the variables that all start with one value.
struct VariableFill: Sendable {
  let range: Range<Int>
  let byte: UInt8
}

/// Places of what outlives an invocation: resource variables by name, and variable tensors.
struct VariablePlan {
  private var resources: [String: TensorPlace] = [:]
  private var tensorOffsets: [[Int?]] = []
  private(set) var byteCount = 0
  private(set) var fills: [VariableFill] = []

  init(_ network: Network) {
    for subgraph in network.subgraphs {
      let names = subgraph.variableNames()
      for op in subgraph.operators { placeVariable(of: op, in: subgraph, names) }
      var offsets: [Int?] = []
      for tensor in subgraph.tensors {
        let isKept = tensor.isVariable && tensor.constant == nil
        offsets.append(isKept ? take(tensor.byteCount) : nil)
        if isKept { noteFill(of: tensor) }
      }
      tensorOffsets.append(offsets)
    }
  }

  private mutating func placeVariable(
    of op: Operator, in subgraph: Subgraph, _ names: [Int: String]
  ) {
    let value: Int?
    switch op.operation {
    case .readVariable: value = op.outputs[0]
    case .assignVariable: value = op.inputs[1]
    default: return
    }
    guard let value, let handle = op.inputs[0],
      let name = names[handle], resources[name] == nil
    else { return }
    let size = subgraph.tensors[value].byteCount
    resources[name] = TensorPlace(memory: .variables, offset: take(size), byteCount: size)
  }

  /// Runtimes start variable tensors of int8 at their zero point, others at 0.
  private mutating func noteFill(of tensor: Tensor) {
    guard tensor.elementType == .int8, let zeroPoint = tensor.quantization?.zeroPoint,
      zeroPoint != 0
    else { return }
    let size = ArenaBuffer.rounded(tensor.byteCount)
    fills.append(
      VariableFill(
        range: byteCount - size..<byteCount, byte: UInt8(truncatingIfNeeded: zeroPoint)))
  }

  private mutating func take(_ size: Int) -> Int {
    defer { byteCount += ArenaBuffer.rounded(size) }
    return byteCount
  }

  func place(of name: String) -> TensorPlace? { resources[name] }

  func offset(subgraph: Int, tensor: Int) -> Int? { tensorOffsets[subgraph][tensor] }
}
