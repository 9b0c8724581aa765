import NeuralNetworks
import Testing

@testable import Inference

@Suite("Arithmetic and plans")
struct ArithmeticTests {
  @Test("Scaling by either family differs from the real product by less than one")
  func scaling() throws {
    var generator = SplitMix(state: 3)
    for _ in 0..<100_000 {
      let factor = Double(generator.next() >> 11) * 0x1p-53 + 1e-9
      let multiplier = try #require(FixedPointMultiplier(factor))
      let value = Int32(truncatingIfNeeded: Int64(bitPattern: generator.next()) >> 44)
      let exact = Double(value) * factor
      for arithmetic in Arithmetic.allCases {
        #expect(abs(Double(arithmetic.scale(value, by: multiplier)) - exact) < 1)
      }
    }
  }

  @Test("The rounding shift is the closed form that was measured on tflite-micro")
  func shift() {
    var generator = SplitMix(state: 4)
    for _ in 0..<100_000 {
      let value = Int32(truncatingIfNeeded: generator.next())
      let exponent = Int64(generator.next() % 31 + 1)
      let expected = (Int64(value) + (1 << (exponent - 1)) - (value < 0 ? 1 : 0)) >> exponent
      #expect(Int64(FixedPoint.roundingShiftRight(value, by: Int32(exponent))) == expected)
    }
  }

  @Test("Factors that mean nothing have no multiplier")
  func hostileFactors() {
    for factor in [Double.nan, .infinity, -1, 0x1p30] {
      #expect(FixedPointMultiplier(factor) == nil)
    }
  }

  @Test("Buffers that live at one time never overlap, and the peak is no less than the bound")
  func planner() {
    var generator = SplitMix(state: 5)
    for _ in 0..<300 {
      let requests = (0..<Int(generator.next() % 30 + 1)).map { tensor in
        let first = Int(generator.next() % 20)
        return ArenaBuffer(
          tensor: tensor, byteCount: Int(generator.next() % 500),
          lifetime: first...(first + Int(generator.next() % 6)))
      }
      let placement = PlacementSearch.best(requests)
      #expect(placement.peakBytes >= ArenaBuffer.largestLiveSet(of: requests))
      #expect(placement.peakBytes <= PlacementSearch.asDevice(requests).peakBytes)
      #expect(placement.offsets.allSatisfy { $0 % ArenaBuffer.alignment == 0 })
      for (index, left) in requests.enumerated() {
        for other in index + 1..<requests.count {
          let right = requests[other]
          guard left.lifetime.overlaps(right.lifetime), left.byteCount * right.byteCount > 0
          else { continue }
          let (low, high) = (placement.offsets[index], placement.offsets[other])
          #expect(low + left.byteCount <= high || high + right.byteCount <= low)
        }
      }
    }
  }

  @Test(
    "Quantizations that mean nothing are refused by the plan",
    arguments: [
      (Float.nan, 0), (.infinity, 0), (0, 0), (-1, 0), (1, 128), (1, -129), (1e-38, 0),
    ])
  func hostileQuantization(scale: Float, zeroPoint: Int) {
    let shape: Shape = [1, 4]
    let tensors = [
      Tensor(
        name: "x", elementType: .int8, shape: shape,
        quantization: Quantization(scale: 1, zeroPoint: 0)),
      Tensor(
        name: "y", elementType: .int8, shape: shape,
        quantization: Quantization(scale: scale, zeroPoint: zeroPoint)),
    ]
    let op = Operator(operation: .quantize, inputs: [0], outputs: [1])
    let subgraph = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [1], operators: [op])
    let network = Network(name: "n", subgraphs: [subgraph], fileByteCount: 0)
    #expect(throws: ModelError.self) {
      try ExecutionPlan(network, arithmetic: .doubleRounding)
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
