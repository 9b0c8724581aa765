import Testing

@testable import NeuralNetworks

@Suite struct ShapeTests {
  @Test("A shape whose element count does not fit is refused")
  func overflow() {
    #expect(Shape(checking: [1 << 16, 1 << 15]) == nil)
    #expect(Shape(checking: [1 << 40, 1 << 40]) == nil)
    #expect(Shape(checking: [-1]) == nil)
    #expect(Shape(checking: [46_340, 46_341])?.elementCount == 46_340 * 46_341)
  }
}
