/// A fully connected layer and whatever a test breaks about it.
struct SmallModel {
  var codes: [FlatValue] = [.table([0: .int8(9)])]
  var inputShape = [1, 2]
  var outputShape = [1, 3]
  var weightBytes: [UInt8] = [1, 2, 3, 4, 5, 6]
  var weightScales: [Float] = [0.5]
  var weightZeroPoints: [Int]?
  var weightAxis = 0
  var biasType = 2
  var operands = [0, 1, 2]
  var results = [3]
  var version = 3

  private func tensor(
    _ shape: [Int], type: Int, buffer: Int, scales: [Float], zeroPoints: [Int]? = nil,
    axis: Int = 0
  ) -> FlatValue {
    .table([
      0: .int32s(shape), 1: .int8(type), 2: .int32(buffer), 3: .string("t\(buffer)"),
      4: .table([
        2: .floats(scales), 3: .int64s(zeroPoints ?? scales.map { _ in 0 }), 6: .int32(axis),
      ]),
    ])
  }

  func file() -> [UInt8] {
    let tensors: [FlatValue] = [
      tensor(inputShape, type: 9, buffer: 0, scales: [0.5]),
      tensor(
        [3, 2], type: 9, buffer: 1, scales: weightScales, zeroPoints: weightZeroPoints,
        axis: weightAxis),
      tensor([3], type: biasType, buffer: 2, scales: [0.25]),
      tensor(outputShape, type: 9, buffer: 0, scales: [1]),
    ]
    let operators: [FlatValue] = codes.indices.map {
      .table([0: .int32($0), 1: .int32s(operands), 2: .int32s(results)])
    }
    let subgraph: FlatValue = .table([
      0: .tables(tensors), 1: .int32s([0]), 2: .int32s([3]), 3: .tables(operators),
      4: .string("main"),
    ])
    let biasSize = biasType == 2 || biasType == 0 ? 12 : 3
    let buffers: [FlatValue] = [
      .table([:]), .table([0: .vector(weightBytes, count: weightBytes.count)]),
      .table([0: .vector([UInt8](repeating: 0, count: biasSize), count: biasSize)]),
    ]
    return FlatValue.table([
      0: .int32(version), 1: .tables(codes), 2: .tables([subgraph]), 4: .tables(buffers),
    ]).file()
  }
}
