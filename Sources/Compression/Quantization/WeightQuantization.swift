import NeuralNetworks

/// Weights as integers of few bits: codes, and the scale and zero point of each group of them.
struct WeightQuantization {
  /// In the tensor's order.
  private(set) var codes: [Int]
  /// By group.
  private(set) var scales: [Float] = []
  private(set) var zeroPoints: [Int] = []
  /// The group of each weight.
  let groups: WeightGroups

  /// Codes around 0, from -(2^(bits - 1) - 1) to the same above. O(weights).
  ///
  /// - Parameter leastScales: by group; a scale is not smaller than this.
  init(
    symmetric weights: [Float], bits: Int, groups: WeightGroups, leastScales: [Float]? = nil
  ) {
    let limit = 1 << (bits - 1) - 1
    self.groups = groups
    codes = Array(repeating: 0, count: weights.count)
    for group in 0..<groups.count {
      let indices = groups.indices(of: group)
      let largest = indices.reduce(Float(0)) { max($0, abs(weights[$1])) }
      var scale = max(largest / Float(limit), leastScales?[group] ?? 0)
      if !(scale >= .leastNormalMagnitude) { scale = 1 }
      for index in indices {
        codes[index] = Self.rounded(weights[index] / scale, in: -limit...limit)
      }
      scales.append(scale)
      zeroPoints.append(0)
    }
  }

  /// Codes from 0 to 2^bits - 1 between the least and the greatest weight of each group:
  /// `round((W - W_min) / (W_max - W_min) * (2^b - 1))`. O(weights).
  ///
  /// The range is widened to hold 0, so that pruned weights stay zero.
  init(asymmetric weights: [Float], bits: Int, groups: WeightGroups) {
    let limit = 1 << bits - 1
    self.groups = groups
    codes = Array(repeating: 0, count: weights.count)
    for group in 0..<groups.count {
      let indices = groups.indices(of: group)
      let low = indices.reduce(Float(0)) { min($0, weights[$1]) }
      let high = indices.reduce(Float(0)) { max($0, weights[$1]) }
      var scale = (high - low) / Float(limit)
      if !(scale >= .leastNormalMagnitude) { scale = 1 }
      let zeroPoint = Self.rounded(-low / scale, in: 0...limit)
      for index in indices {
        codes[index] = Self.rounded(weights[index] / scale + Float(zeroPoint), in: 0...limit)
      }
      scales.append(scale)
      zeroPoints.append(zeroPoint)
    }
  }

  /// Half away from zero, as TensorFlow Lite rounds.
  private static func rounded(_ value: Float, in range: ClosedRange<Int>) -> Int {
    let clamped = max(Float(range.lowerBound), min(Float(range.upperBound), value))
    return Int(clamped.rounded(.toNearestOrAwayFromZero))
  }

  /// The real values that the codes stand for. O(weights).
  var values: [Float] {
    var values = [Float](repeating: 0, count: codes.count)
    for group in 0..<groups.count {
      for index in groups.indices(of: group) {
        values[index] = Float(codes[index] - zeroPoints[group]) * scales[group]
      }
    }
    return values
  }

  /// The codes, a byte each.
  var bytes: [UInt8] { codes.map { UInt8(bitPattern: Int8($0)) } }

  /// The codes, two in a byte, the earlier one in the lower half.
  var nibbles: [UInt8] {
    stride(from: 0, to: codes.count, by: 2).map { index in
      let high = index + 1 < codes.count ? codes[index + 1] : 0
      return UInt8(truncatingIfNeeded: codes[index] & 0xF | high << 4)
    }
  }
}

/// Which weights of a tensor share a scale.
struct WeightGroups {
  let count: Int
  private let shape: Shape
  private let axis: Int
  private let blockSize: Int
  private let blocksPerChannel: Int

  /// - Parameter axis: of the output channels.
  init(_ granularity: QuantizationSettings.Granularity, shape: Shape, axis: Int) {
    self.shape = shape
    self.axis = axis
    let channels = shape[axis]
    let perChannel = shape.elementCount / max(channels, 1)
    switch granularity {
    case .tensor: (count, blockSize, blocksPerChannel) = (1, shape.elementCount, 0)
    case .channel: (count, blockSize, blocksPerChannel) = (channels, perChannel, 1)
    case .block(let size):
      blockSize = size
      blocksPerChannel = (perChannel + size - 1) / size
      count = channels * blocksPerChannel
    }
  }

  /// Places of the weights of a group, ascending.
  func indices(of group: Int) -> [Int] {
    guard blocksPerChannel > 0 else { return Array(0..<shape.elementCount) }
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let perChannel = shape.elementCount / shape[axis]
    let (channel, block) = (group / blocksPerChannel, group % blocksPerChannel)
    let members = block * blockSize..<min((block + 1) * blockSize, perChannel)
    return members.map { member in
      (member / inner * shape[axis] + channel) * inner + member % inner
    }
  }
}
