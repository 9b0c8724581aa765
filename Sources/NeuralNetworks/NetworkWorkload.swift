/// What one invocation of a network asks of a device, operator by operator: counts, no prices.
public struct NetworkWorkload: Sendable, Equatable {
  /// In execution order of the entry subgraph; subgraphs that run once at start-up are left out.
  public var operators: [OperatorWorkload]
  /// Bytes of computed tensors that the device needs room for at one time: see `DeviceArena`.
  public var arenaBytes: Int

  public init(operators: [OperatorWorkload], arenaBytes: Int) {
    self.operators = operators
    self.arenaBytes = arenaBytes
  }

  /// Multiply-accumulates of one invocation; the largest integer where they are more.
  public var macs: Int {
    operators.reduce(0) { sum, next in
      let (total, overflow) = sum.addingReportingOverflow(next.macs)
      return overflow ? .max : total
    }
  }

  /// Bytes of constants that one invocation reads.
  public var weightBytes: Int { operators.reduce(0) { $0 + $1.weightBytes } }
}

/// What one operator asks of a device.
public struct OperatorWorkload: Sendable, Equatable {
  /// The name in the `.tflite` schema.
  public var name: String
  public var operatorClass: OperatorClass
  /// Element type of the activations it computes on.
  public var elementType: ElementType
  /// Multiply-accumulates, counted dense: output elements times the filter's elements for each,
  /// the taps on the padding included (as the published counts of MLPerf Tiny do).
  public var macs: Int
  /// Elements written.
  public var outputElements: Int
  /// Bytes of constants read (weights, biases).
  public var weightBytes: Int
  /// Bytes of activations read, each input once.
  public var inputBytes: Int
  /// Bytes of activations written.
  public var outputBytes: Int

  public init(
    name: String, operatorClass: OperatorClass, elementType: ElementType, macs: Int,
    outputElements: Int, weightBytes: Int, inputBytes: Int, outputBytes: Int
  ) {
    self.name = name
    self.operatorClass = operatorClass
    self.elementType = elementType
    self.macs = macs
    self.outputElements = outputElements
    self.weightBytes = weightBytes
    self.inputBytes = inputBytes
    self.outputBytes = outputBytes
  }
}

/// Operators that runtimes implement alike, and so are priced alike.
public enum OperatorClass: String, Sendable, Hashable, CaseIterable {
  /// Convolution with a filter of one pixel: a matrix product.
  case pointwiseConvolution
  case convolution
  case depthwiseConvolution
  case fullyConnected
  case pooling
  /// One arithmetic step for each element: ADD, QUANTIZE, LOGISTIC, SOFTMAX.
  case elementwise
  /// Copies without arithmetic: CONCATENATION, STRIDED_SLICE, SPLIT, variables.
  case dataMovement
  /// Nothing at run time: RESHAPE, VAR_HANDLE, CALL_ONCE.
  case bookkeeping
}
