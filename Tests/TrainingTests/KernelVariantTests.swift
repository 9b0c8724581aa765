import CKernels
import ReproducibleMath
import Testing

@testable import Training

@Suite("Training kernels of each instruction set")
struct KernelVariantTests {
  private static let names = ["avx2", "avxvnni", "avx512vnni", "neon", "neondot"]

  /// A layer with random values.
  private struct Problem {
    let patches: PaddedPatches
    let product: ck_float_product
    let input, upstream, weights, columns, bias: FloatMemory
    let depth, pixels, outputs: Int

    init(
      _ window: PatchGeometry, outputs: Int, isDepthwise: Bool, _ stream: inout RandomStream
    ) {
      func random(_ count: Int) -> FloatMemory {
        let memory = FloatMemory(count)
        memory.set((0..<count).map { _ in Float(stream.normal()) })
        return memory
      }
      patches = PaddedPatches(window, outputs: outputs, isDepthwise: isDepthwise)
      bias = random((outputs + 15) / 8 * 8)
      depth = window.taps * (isDepthwise ? 1 : window.channels)
      (pixels, self.outputs) = (window.pixels, outputs)
      input = random(patches.count)
      upstream = random(pixels * outputs)
      weights = random(depth * outputs)
      columns = random(pixels * depth)
      var product = patches.product
      product.bias = UnsafePointer(bias.base)
      self.product = product
    }

    private func bits(
      _ count: Int, _ body: (UnsafePointer<ck_float_product>, FloatMemory) -> Void
    ) -> [UInt32] {
      let result = FloatMemory(count)
      withExtendedLifetime(self) { withUnsafePointer(to: product) { body($0, result) } }
      return result.values.map(\.bitPattern)
    }

    /// Output, and what weights and input get.
    func products(_ variant: OpaquePointer?) -> [[UInt32]] {
      let packed = FloatMemory(Int(ck_float_packed_count(Int64(depth), Int64(outputs))))
      ck_float_pack(weights.base, Int64(depth), Int64(outputs), Int64(outputs), 1, packed.base)
      return [
        bits(pixels * outputs) {
          ck_float_multiply(variant, $0, input.base, packed.base, $1.base)
        },
        bits(depth * outputs) {
          ck_float_weight_gradient(variant, $0, input.base, upstream.base, $1.base)
        },
        bits(patches.count) { ck_float_scatter(variant, $0, columns.base, $1.base) },
      ]
    }

    func depthwise(_ variant: OpaquePointer?) -> [[UInt32]] {
      [
        bits(pixels * outputs) {
          ck_float_depthwise(variant, $0, input.base, weights.base, $1.base)
        },
        bits(depth * outputs) {
          ck_float_depthwise_weight_gradient(variant, $0, input.base, upstream.base, $1.base)
        },
        bits(patches.count) {
          ck_float_depthwise_scatter(variant, $0, weights.base, upstream.base, $1.base)
        },
      ]
    }
  }

  @Test("Every instruction set gives the same bits, on layers of all kinds of extents")
  func sameBits() throws {
    var stream = RandomStream(seed: 11, name: "training kernels")
    let portable = try #require(ck_variant_named("portable"))
    var compared = 0
    for _ in 0..<60 {
      func extent(_ most: Int64) -> Int { 1 + Int(stream.uniform(below: most)) }
      let channels = extent(37)
      let shape = [2 + extent(9), 2 + extent(9), channels]
      guard
        let window = PatchGeometry(
          input: shape, filter: (extent(3), extent(3)), stride: (extent(2), extent(2)),
          isSame: stream.uniform(below: 2) == 0)
      else { continue }
      let product = Problem(window, outputs: extent(37), isDepthwise: false, &stream)
      let depthwise = Problem(window, outputs: channels, isDepthwise: true, &stream)
      for variant in Self.names.compactMap({ ck_variant_named($0) }) {
        #expect(product.products(variant) == product.products(portable), "\(window)")
        #expect(depthwise.depthwise(variant) == depthwise.depthwise(portable), "\(window)")
        compared += 1
      }
    }
    // A machine without any of them has nothing to compare.
    #expect(compared >= 30 || ck_variant_best() == portable)
  }
}
