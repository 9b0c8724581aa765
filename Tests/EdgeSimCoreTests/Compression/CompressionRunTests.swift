import Compression
import Inference
import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import EdgeSimCore

@Suite struct CompressionRunTests {
  /// Images 8 x 8 x 1 of horizontal, vertical or diagonal stripes under noise.
  private static func stripes(_ count: Int, seed: UInt64) -> (NPYFile, String) {
    var random = RandomStream(seed: seed, name: "stripes")
    var (values, labels) = ([Float](), "label\n")
    for index in 0..<count {
      let phase = Int(random.uniform(below: 4))
      for place in 0..<64 {
        let (row, column) = (place / 8, place % 8)
        let position = [row, column, row + column][index % 3] + phase
        values.append((position % 4 < 2 ? 1 : -1) + Float(0.5 * random.normal()))
      }
      labels += ["horizontal", "vertical", "diagonal"][index % 3] + "\n"
    }
    let bytes = values.withUnsafeBytes { Array($0) }
    return (NPYFile(elementType: .float32, shape: [count, 8, 8, 1], bytes: bytes), labels)
  }

  private static let architecture = """
    [{"layer": "conv", "name": "first", "channels": 8, "kernel": 3, "batchNorm": true,
      "activation": "relu"},
     {"layer": "depthwise", "name": "second", "kernel": 3, "stride": 2, "activation": "relu6"},
     {"layer": "conv", "name": "third", "channels": 16, "kernel": 1, "activation": "relu"},
     {"layer": "global-average-pool"}, {"layer": "dense", "name": "last", "units": 3},
     {"layer": "softmax"}]
    """

  private static func recipe(_ variants: String) -> String {
    """
    {"format": "edgesim-recipe/1", "name": "stripes", "seed": 3,
     "data": {"training": {"array": "train.npy", "labels": "train.csv"},
              "validation": {"array": "test.npy", "labels": "test.csv"},
              "test": {"array": "test.npy", "labels": "test.csv"}},
     "variants": [
       {"name": "teacher", "from": {"architecture": \(architecture)},
        "steps": [{"step": "train", "epochs": 8, "learningRate": 0.01, "patience": 8}]},
       \(variants)],
     "devices": [{"device": "vehicle-am62a"}]}
    """
  }

  private static let small = """
    {"name": "small", "from": {"variant": "teacher"},
     "steps": [
       {"step": "remove-channels", "share": 0.5},
       {"step": "distil", "teacher": {"from": {"variant": "teacher"}}, "epochs": 6,
        "learningRate": 0.005, "pruning": {"sparsity": 0.4}},
       {"step": "cluster", "values": 16},
       {"step": "train", "epochs": 3, "learningRate": 0.001, "quantizationAware": {}},
       {"step": "quantize"}]}
    """

  private static func folder() throws -> String {
    let folder = ProjectFiles.temporaryFolder()
    for (name, count, seed) in [("train", 240, 1), ("test", 120, 2)] {
      let (array, labels) = stripes(count, seed: UInt64(seed))
      try array.write(to: "\(folder)/\(name).npy")
      try AtomicFile.write(labels, to: "\(folder)/\(name).csv")
    }
    return folder
  }

  private func run(
    _ text: String, in folder: String, work: String? = nil, jobs: Int = 1
  ) throws -> (networks: [Network], report: CompressionReport) {
    let file = "\(folder)/recipe.json"
    let recipe = try RecipeReader.read(
      try DocumentReader.read(text: Array(text.utf8), file: file), file: file)
    let device = try DeviceDocument.read(
      path: "\(ProjectFiles.package)/devices/vehicle-am62a.json")
    let test = try DeviceUnderTest(device, runtime: nil, operatingPoint: nil, file: file)
    var run = try CompressionRun(
      recipe, file: file, tests: [test], work: work.map { CompressionWork(folder: $0) },
      jobs: jobs, progress: Progress())
    let results = try run.run()
    return (results.map(\.network), run.report(results.map(\.report), provenance: []))
  }

  @Test("A recipe gives a smaller network that is still right, and says what it lost")
  func shrinks() throws {
    let folder = try Self.folder()
    let (networks, report) = try run(Self.recipe(Self.small), in: folder)
    let (teacher, small) = (report.variants[0].result, report.variants[1].result)
    #expect(try #require(teacher.score).quality > 0.95)
    #expect(try #require(small.score).quality > 0.9)
    #expect(small.size.macs * 2 < teacher.size.macs)
    #expect(small.size.sparsity > 0.3)
    #expect(
      report.variants[1].stages.map(\.step) == [
        "origin", "remove-channels", "distil", "cluster", "train", "quantize",
      ])
    let input = networks[1].main.tensors[networks[1].main.inputs[0]]
    #expect(input.elementType == .int8)
    #expect(report.variants.allSatisfy { $0.devices.count == 1 })
    #expect(report.json.contains("\"signalToNoiseDecibels\""))
    let removed = try #require(report.variants[1].stages[1].layers.first { $0.name == "third" })
    #expect(removed.macsBefore == 16 * 16 * 8 && removed.macsAfter == 16 * 8 * 4)
  }

  @Test("What is made of a pruned variant keeps its zeros")
  func keepsZeros() throws {
    let folder = try Self.folder()
    let variants = """
      {"name": "pruned", "from": {"variant": "teacher"},
       "steps": [{"step": "prune", "sparsity": 0.5}]},
      {"name": "stored", "from": {"variant": "pruned"}, "sparse": true,
       "steps": [{"step": "prune", "sparsity": 0.9}]},
      {"name": "tuned", "from": {"variant": "pruned"},
       "steps": [{"step": "train", "epochs": 2}]}
      """
    let (_, report) = try run(Self.recipe(variants), in: folder)
    let (pruned, tuned) = (report.variants[1].result.size, report.variants[3].result.size)
    #expect(report.variants[2].result.size.fileBytes < pruned.fileBytes)
    #expect(pruned.sparsity > 0.4 && tuned.zeroCount >= pruned.zeroCount - 16)
  }

  @Test("Threads, repetition and a killed run that goes on give the same bytes")
  func sameBytes() throws {
    let folder = try Self.folder()
    func bytes(_ networks: [Network]) throws -> [[UInt8]] {
      try networks.map { try TFLiteWriter.bytes(of: $0) }
    }
    let text = Self.recipe(Self.small)
    let whole = try run(text, in: folder)
    let work = "\(folder)/work"
    try FileSystem.makeFolder(work)
    let kept = try run(text, in: folder, work: work, jobs: 3)
    #expect(try bytes(whole.networks) == bytes(kept.networks))
    #expect(whole.report.json == kept.report.json)
    // A run that was killed after the first training has only its state.
    let states = try FileSystem.entries(of: work)
    #expect(states.count == 3)
    for name in states.dropFirst() { FileSystem.removeFile("\(work)/\(name)") }
    try AtomicFile.write([1, 2, 3], to: "\(work)/\(states[1])")
    #expect(try bytes(run(text, in: folder, work: work).networks) == bytes(whole.networks))
  }

  @Test("Bits are chosen by loss and cost, and training and quantization take them")
  func mixedPrecision() throws {
    let variants = """
      {"name": "mixed", "from": {"variant": "teacher"},
       "steps": [
         {"step": "remove-channels", "share": 0.25, "criterion": "mean-activation",
          "compensates": true},
         {"step": "mixed-precision", "bits": [8, 4, 2], "share": 0.6},
         {"step": "distil", "epochs": 4, "learningRate": 0.005,
          "teacher": {"from": {"variant": "teacher"},
                      "features": [{"student": "second", "weight": 0.1}]},
          "quantizationAware": {"layers": {"last": 8}}},
         {"step": "quantize", "storesNibbles": true, "layers": {"last": 8}}]},
      {"name": "timed", "from": {"variant": "teacher"},
       "steps": [{"step": "mixed-precision", "share": 1, "device": "vehicle-am62a"},
                 {"step": "quantize"}]},
      {"name": "shifts", "from": {"variant": "teacher"},
       "steps": [
         {"step": "train", "epochs": 4, "learningRate": 0.005,
          "quantizationAware": {"weightBits": 4, "logarithmicStepsPerOctave": 1}},
         {"step": "logarithmic", "bits": 4}]}
      """
    let (networks, report) = try run(Self.recipe(variants), in: try Self.folder())
    let chosen = try #require(report.variants[1].stages.first { $0.step == "mixed-precision" })
    #expect(Set(chosen.layers.map(\.bitsAfter)).count > 1)
    #expect(report.variants[1].result.layers.first { $0.name == "last" }?.bitsAfter == 8)
    for layer in report.variants[1].result.layers where layer.name != "last" {
      #expect(chosen.layers.first { $0.name == layer.name }?.bitsAfter == layer.bitsAfter)
    }
    #expect(networks[1].main.tensors.contains { $0.elementType == .int4 })
    #expect(report.variants[2].result.layers.allSatisfy { $0.bitsAfter == 8 })
    for variant in report.variants { #expect(try #require(variant.result.score).quality > 0.85) }
    let exponents = networks[3].weightLayers.flatMap {
      networks[3].main.tensors[$0.weights].floats ?? []
    }
    .filter { $0 != 0 }.map(\.significand)
    #expect(exponents.allSatisfy { abs($0) == 1 })
  }

  @Test("What cannot be applied is told before any work, with step, layer and reason")
  func impossible() throws {
    let folder = try Self.folder()
    let cases = [
      (
        "{\"step\": \"prune\", \"sparsity\": 0.5, \"layers\": {\"frist\": 0.1}}",
        ["variants[1].steps[0] (prune)", "frist", "did you mean \"first\"?"]
      ),
      (
        "{\"step\": \"remove-channels\", \"share\": 0.5, \"layers\": {\"last\": 0.5}}",
        ["variants[1].steps[0] (remove-channels)", "last"]
      ),
      ("{\"step\": \"quantize\", \"weightBits\": 12}", ["(quantize)", "12 bits"]),
      (
        "{\"step\": \"remove-channels\", \"target\": \"rows\", \"share\": 0.5}",
        ["(remove-channels)", "no channel", "filters or channels or rows"]
      ),
      (
        "{\"step\": \"mixed-precision\", \"bytes\": 10}",
        ["(mixed-precision)", "a budget of 10", "at least"]
      ),
      (
        "{\"step\": \"mixed-precision\", \"share\": 0.5, \"device\": \"none\"}",
        ["(mixed-precision)", "\"none\"", "vehicle-am62a"]
      ),
      (
        """
        {"step": "distil", "epochs": 1, "teacher": {"from": {"variant": "teacher"},
         "features": [{"student": "first", "teacher": "frist"}]}}
        """, ["(distil)", "frist", "first"]
      ),
      ("{\"step\": \"factorize\", \"rank\": 0}", ["steps[0].rank"]),
      ("{\"step\": \"prune\"}", ["sparsity"]),
    ]
    for (step, parts) in cases {
      let variant = """
        {"name": "odd", "from": {"variant": "teacher"}, "steps": [\(step)]}
        """
      let error = #expect(throws: InputError.self) {
        try run(Self.recipe(variant), in: folder, work: nil)
      }
      for part in parts {
        #expect(error?.description.contains(part) == true, "\(part) in \(error?.description ?? "")")
      }
    }
  }
}
