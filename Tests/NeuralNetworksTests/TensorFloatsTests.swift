import Testing

@testable import NeuralNetworks

@Suite struct TensorFloatsTests {
  @Test("A tensor holds the elements that it is given")
  func holding() {
    let tensor = Tensor(name: "w", elementType: .int8, shape: [4])
    #expect(tensor.floats == nil)
    let held = tensor.holding([1, 2, 3, 4], shape: [2, 2])
    #expect(held.floats == [1, 2, 3, 4] && held.shape == [2, 2])
  }
}
