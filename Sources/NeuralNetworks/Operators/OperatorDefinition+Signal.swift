/// The steps of an audio front end, custom operators of TensorFlow Lite Micro.
extension OperatorDefinition {
  static let signals = [
    signal("SignalWindow", inputs: 2...2, read: { try $0.signalWindow() }) {
      try $0.windowedType()
    },
    signal("SignalFftAutoScale", outputs: 2...2, read: { _ in .autoScale }) { check in
      [try check.vector(0, .int16).type, .init(.int32, [])]
    },
    signal("SignalRfft", read: { .realTransform(length: try $0.transformLength()) }) {
      try $0.transformedType()
    },
    signal("SignalIrfft", read: { .inverseRealTransform(length: try $0.transformLength()) }) {
      try $0.transformedBackType()
    },
    signal("SignalEnergy", read: { try $0.energy() }) { try $0.energyType() },
    signal(
      "SignalFilterBank", inputs: 6...6, parameters: [3, 4, 5], read: { try $0.filterBank() }
    ) { try $0.filterBankType() },
    signal("SignalFilterBankSquareRoot", inputs: 2...2, read: { _ in .squareRoot }) { check in
      try check.require(
        try check.input(1).type == .init(.int32, []), "a scalar of int32 as input 1")
      return [.init(.uint32, try check.vector(0, .uint64).shape)]
    },
    signal(
      "SignalFilterBankSpectralSubtraction", inputs: 2...2, outputs: 2...2,
      read: { try $0.spectralSubtraction() }
    ) { try $0.spectralSubtractionTypes() },
    signal("SignalPCAN", inputs: 3...3, read: { try $0.gainControl() }) { check in
      let type = try check.vector(0, .uint32).type
      try check.require(
        try check.input(1).type == type && check.vector(2, .int16).shape[0] >= 125,
        "an estimate for each channel, and a table of 125 gains")
      return [type]
    },
    signal("SignalFilterBankLog", read: { try $0.logarithm() }) { check in
      [.init(.int16, try check.vector(0, .uint32).shape)]
    },
    signal("SignalDelay", inputs: 2...2, read: { try $0.delay() }) { try $0.delayedType() },
    signal("SignalFramer", inputs: 2...2, outputs: 2...2, read: { try $0.framer() }) {
      try $0.framedTypes()
    },
    signal("SignalOverlapAdd", inputs: 2...2, read: { try $0.overlapAdd() }) {
      try $0.addedType()
    },
    signal("SignalStacker", inputs: 2...2, outputs: 2...2, read: { try $0.stacker() }) {
      try $0.stackedTypes()
    },
  ]

  static let signalNames = Set(signals.map(\.name))

  private static func signal(
    _ name: String, inputs: ClosedRange<Int> = 1...1, outputs: ClosedRange<Int> = 1...1,
    parameters: [Int] = [],
    read: @escaping @Sendable (OperatorOptions) throws -> SignalOperation, rule: @escaping Rule
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, inputs: inputs, outputs: outputs, class: .elementwise, parameters: parameters,
      read: { .signal(try read($0)) }, rule: rule)
  }
}

extension OperatorCheck {
  fileprivate func vector(_ index: Int, _ type: ElementType) throws(ModelError) -> Tensor {
    let tensor = try input(index)
    try require(
      tensor.elementType == type && tensor.shape.rank == 1, "one axis of \(type) as input \(index)")
    return tensor
  }

  fileprivate func windowedType() throws(ModelError) -> [TensorType]? {
    let (samples, weights) = (try input(0), try vector(1, .int16))
    try require(
      samples.elementType == .int16 && samples.shape.rank > 0
        && samples.shape.elementCount % weights.shape[0] == 0,
      "int16 samples in whole frames of \(weights.shape[0])")
    return [samples.type]
  }

  fileprivate func transformedType() throws(ModelError) -> [TensorType]? {
    guard case .signal(.realTransform(let length)) = op.operation else { return nil }
    let samples = try input(0)
    guard samples.elementType == .int16, let last = samples.shape.dimensions.last, last <= length
    else {
      throw failure(found: "\(samples.type)", expected: "at most \(length) samples of int16")
    }
    let extents = samples.shape.dimensions.dropLast() + [length + 2]
    return [.init(.int16, try shape(Array(extents)))]
  }

  fileprivate func transformedBackType() throws(ModelError) -> [TensorType]? {
    guard case .signal(.inverseRealTransform(let length)) = op.operation else { return nil }
    let bins = try input(0)
    try require(
      bins.elementType == .int16 && bins.shape.dimensions.last == length + 2,
      "\(length / 2 + 1) complex bins of int16")
    return [.init(.int16, try shape(bins.shape.dimensions.dropLast() + [length]))]
  }

  fileprivate func energyType() throws(ModelError) -> [TensorType]? {
    guard case .signal(.energy(let bins)) = op.operation else { return nil }
    let parts = try vector(0, .int16).shape[0]
    try require(
      parts % 2 == 0 && bins.upperBound <= parts / 2, "\(bins.upperBound) complex bins or more")
    return [.init(.uint32, try shape([parts / 2]))]
  }

  fileprivate func filterBankType() throws(ModelError) -> [TensorType]? {
    guard case .signal(.filterBank(let channelCount)) = op.operation else { return nil }
    let binCount = try vector(0, .uint32).shape[0]
    let weightCount = try vector(1, .int16).shape[0]
    try require(try vector(2, .int16).shape[0] == weightCount, "as many weights as input 2")
    for index in 3...5 {
      try require(
        try vector(index, .int16).shape[0] == channelCount + 1,
        "\(channelCount + 1) elements as input \(index)")
    }
    for band in try filterBands() {
      try require(
        band.bin >= 0 && band.weight >= 0 && band.width >= 0 && band.bin + band.width <= binCount
          && band.weight + band.width <= weightCount, "bands inside the bins and the weights")
    }
    return [.init(.uint64, try shape([channelCount]))]
  }

  /// Of a filter bank: where each band begins among bins and weights, and its width in bins.
  public func filterBands() throws(ModelError) -> [(bin: Int, weight: Int, width: Int)] {
    var columns: [[Int16]] = []
    for index in 3...5 {
      guard let constant = try input(index).constant else {
        throw failure(found: "input \(index) without a value", expected: "a constant")
      }
      columns.append(constant.elements(as: Int16.self))
    }
    return columns[0].indices.map {
      (bin: Int(columns[0][$0]), weight: Int(columns[1][$0]), width: Int(columns[2][$0]))
    }
  }

  fileprivate func spectralSubtractionTypes() throws(ModelError) -> [TensorType]? {
    guard case .signal(.spectralSubtraction(let attributes)) = op.operation else { return nil }
    let type = try vector(0, .uint32).type
    try require(
      type.shape[0] == attributes.channelCount, "\(attributes.channelCount) channels")
    try requireState(1, count: attributes.channelCount, [.uint32])
    return [type, type]
  }
}
