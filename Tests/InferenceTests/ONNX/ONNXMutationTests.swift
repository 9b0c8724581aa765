import Testing

/// Models are hostile bytes: a changed one is run or refused, and never crashes or hangs.
@Suite struct ONNXMutationTests {
  @Test(
    "Mutants of ONNX's test models are run or refused",
    .enabled(if: NodeSuite.isInstalled, "needs Debian's libonnx-testdata"))
  func mutants() throws {
    var mutator = ModelMutator(seed: 7)
    var results: [Bool] = []
    for name in NodeSuite.names() { results += try mutator.run(name, mutants: 20) }
    #expect(results.count { $0 } > 100 && results.count { !$0 } > 100)
  }
}
