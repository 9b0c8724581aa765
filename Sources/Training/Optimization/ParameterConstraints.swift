import NeuralNetworks

/// `WeightConstraints` by parameter.
struct ParameterConstraints {
  private var masks: [Int: [UInt8]] = [:]
  private var groups: [Int: Groups] = [:]

  /// Weights that share a value.
  private struct Groups {
    var numbers: [UInt16]
    /// Of a group.
    var sizes: [Float]
    /// The first weight of a group; 0 for one without any.
    var firsts: [Int]

    init(_ numbers: [UInt16]) {
      self.numbers = numbers
      let count = Int(numbers.max() ?? 0) + 1
      sizes = Array(repeating: 0, count: count)
      firsts = Array(repeating: 0, count: count)
      for (place, number) in numbers.enumerated() {
        if sizes[Int(number)] == 0 { firsts[Int(number)] = place }
        sizes[Int(number)] += 1
      }
    }
  }

  /// - Throws: for a tensor that is no trained constant, or of another extent.
  init(_ constraints: WeightConstraints, of network: TrainableNetwork) throws(ModelError) {
    var extents: [Int: (parameter: Int, count: Int)] = [:]
    for (index, parameter) in network.parameters.enumerated() where parameter.isTrained {
      if let tensor = parameter.tensor { extents[tensor] = (index, parameter.values.count) }
    }
    let tensors = Set(constraints.masks.keys).union(constraints.groups.keys).sorted()
    for tensor in tensors {
      let (mask, group) = (constraints.masks[tensor], constraints.groups[tensor])
      guard let (index, count) = extents[tensor], mask?.count ?? count == count,
        group?.count ?? count == count
      else {
        throw ModelError(
          place: "constraint of tensor \(tensor)",
          found: "\(mask?.count ?? group?.count ?? 0) weights",
          expected: extents[tensor].map { "\($0.count)" } ?? "a tensor that is trained")
      }
      masks[index] = mask
      groups[index] = group.map { Groups($0) }
    }
  }

  /// The gradient that respects the constraints: none of zeros, one for each group.
  func restrict(_ gradient: UnsafeMutablePointer<Float>, parameter: Int) {
    if let mask = masks[parameter] {
      for (place, kept) in mask.enumerated() where kept == 0 { gradient[place] = 0 }
    }
    guard let groups = groups[parameter] else { return }
    var sums = [Float](repeating: 0, count: groups.sizes.count)
    for (place, number) in groups.numbers.enumerated() { sums[Int(number)] += gradient[place] }
    for (place, number) in groups.numbers.enumerated() {
      gradient[place] = sums[Int(number)] / groups.sizes[Int(number)]
    }
  }

  /// Zeros are zero, and the weights of a group are its first one's.
  func enforce(on parameters: inout [TrainableNetwork.Parameter]) {
    for index in parameters.indices {
      if let groups = groups[index] {
        for (place, number) in groups.numbers.enumerated() {
          parameters[index].values[place] = parameters[index].values[groups.firsts[Int(number)]]
        }
      }
      if let mask = masks[index] {
        for (place, kept) in mask.enumerated() where kept == 0 {
          parameters[index].values[place] = 0
        }
      }
    }
  }
}

/// Sums over the gradients of all parameters.
enum ParameterSums {
  /// What gradients are multiplied with so that their norm is not above the largest allowed.
  static func clip(_ gradients: [FloatMemory?], largestNorm: Float?) -> Float {
    guard let largestNorm else { return 1 }
    var sum = 0.0
    for gradient in gradients {
      guard let gradient else { continue }
      for i in 0..<gradient.count { sum += Double(gradient.base[i]) * Double(gradient.base[i]) }
    }
    let norm = sum.squareRoot()
    return norm > Double(largestNorm) ? Float(Double(largestNorm) / norm) : 1
  }

  /// O(n); the difference of a number from itself is 0.
  static func isFinite(_ gradient: FloatMemory) -> Bool {
    var sum: Float = 0
    for i in 0..<gradient.count { sum += gradient.base[i] - gradient.base[i] }
    return sum == 0
  }
}
