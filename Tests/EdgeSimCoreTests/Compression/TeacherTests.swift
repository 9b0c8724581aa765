import Compression
import Inference
import NeuralNetworks
import ReproducibleMath
import Testing
import Training

@testable import EdgeSimCore

/// Networks that teach by being executed.
@Suite struct TeacherTests {
  /// Two channels, so that channels first and last are different.
  private static let shape: Shape = [6, 4, 2]

  private static func network(
    classes: Int = 3, activation: DifferentiableActivation? = .relu, endsInSoftmax: Bool = true
  ) throws -> Network {
    let layers: [Architecture.Kind] = [
      .convolution(
        .init(height: 3, width: 3, usesBatchNorm: true, activation: activation), channels: 5),
      .flatten, .dense(units: classes, usesBatchNorm: false, activation: nil),
    ]
    return try TrainableNetwork(
      Architecture((layers + (endsInSoftmax ? [.softmax] : [])).map { .init($0) }),
      inputShape: shape, seed: 3
    ).network()
  }

  private static func samples(_ count: Int = 90, seed: UInt64 = 1) -> SampleSet {
    var random = RandomStream(seed: seed, name: "samples")
    let labels = (0..<count).map { $0 % 3 }
    let values = labels.flatMap { label in
      (0..<shape.elementCount).map { place in
        Float(random.normal()) + (place % 3 == label ? 1.5 : 0)
      }
    }
    return SampleSet(
      shape: shape, values: values, labels: labels, classNames: ["a", "b", "c"])
  }

  private static func quantized(_ network: Network) throws -> Network {
    let ranges = try Calibrator(.minimumMaximum, bits: 8).ranges(of: network, on: samples()) {
      _, _ in
    }
    return try Quantizer(QuantizationSettings(form: .int8)).quantize(network, ranges: ranges)
      .network
  }

  /// What is left of logits when they have been a softmax.
  private func centered(_ logits: [Float]) -> [Float] {
    stride(from: 0, to: logits.count, by: 3).flatMap { row -> [Float] in
      let mean = logits[row..<row + 3].reduce(0, +) / 3
      return logits[row..<row + 3].map { $0 - mean }
    }
  }

  private func expectNear(_ found: [Float], _ wanted: [Float], within tolerance: Float) {
    #expect(found.count == wanted.count)
    let worst = zip(found, wanted).map { ($0 - $1).magnitude }.max() ?? .infinity
    #expect(worst <= tolerance)
  }

  @Test("An executed network says what the trained one does in front of its softmax")
  func logits() throws {
    let network = try Self.network()
    let samples = Self.samples()
    func said(_ teacher: any Teacher) throws -> [Float] {
      #expect(teacher.inputCount == 48 && teacher.outputCount == 3)
      return try teacher.outputs(of: samples.values, count: samples.count, features: [])[0]
    }
    let wanted = try said(TrainableNetwork(network))
    let executed = try NetworkTeacher(network, shape: Self.shape, outputs: .logits, jobs: 2)
    expectNear(try said(executed), wanted, within: 1e-4)
    let onnx = try ONNXReader.read(ModelBytes(try ONNXWriter.bytes(of: network)), name: "teacher")
    let evaluated = try ONNXTeacher(onnx, shape: Self.shape, outputs: .logits, jobs: 2)
    expectNear(try said(evaluated), wanted, within: 1e-4)
    let step = (wanted.map(\.magnitude).max() ?? 0) / 100
    let rounded = try NetworkTeacher(
      try Self.quantized(network), shape: Self.shape, outputs: .logits)
    expectNear(try said(rounded), wanted, within: 10 * step)
    // In minibatches it says the same.
    #expect(
      try rounded.outputs(of: Array(samples.values[..<48]), count: 1, features: [])[0]
        == Array(try said(rounded)[..<3]))
  }

  @Test("Probabilities become logits, and what is none is refused")
  func probabilities() throws {
    let logits: [Float] = [0.5, -1, 2, 3, 0, -2]
    let powers = logits.map { Float(ReproducibleMath.exp(Double($0))) }
    let shares = powers.enumerated().map { index, power in
      power / powers[index / 3 * 3..<index / 3 * 3 + 3].reduce(0, +)
    }
    let outputs = TeacherOutputs(.probabilities, scale: nil, quantization: nil)
    expectNear(centered(try outputs.logits(of: shares)), centered(logits), within: 1e-4)
    #expect(throws: TrainingError.self) { try outputs.logits(of: logits) }
    let stored = TeacherOutputs(
      .probabilities, scale: nil, quantization: Quantization(scale: 1 / 256, zeroPoint: -128))
    #expect(try stored.logits(of: [0])[0] == Float(ReproducibleMath.log(1.0 / 512)))
  }

  @Test("A teacher of other classes or samples is refused before any work")
  func mismatch() throws {
    let student = try TrainableNetwork(try Self.network())
    func trained(by teacher: any Teacher) throws {
      _ = try Trainer(
        student, training: Self.samples(), settings: TrainingSettings(epochs: 1),
        distillation: Distillation(teacher: teacher))
    }
    let wide = try NetworkTeacher(
      try Self.network(classes: 4), shape: Self.shape, outputs: .logits)
    let error = #expect(throws: ModelError.self) { try trained(by: wide) }
    #expect(error?.description.contains("4 outputs") == true)
    #expect(throws: ModelError.self) { try trained(by: TrainableNetwork(Self.network(classes: 2))) }
    #expect(throws: ModelError.self) {
      try NetworkTeacher(try Self.network(), shape: [5, 4, 2], outputs: .logits)
    }
  }

  @Test("Values inside an executed network are taught by their names")
  func features() throws {
    let network = try Self.network()
    let inside = network.main.tensors[network.main.operators[0].outputs[0]].name
    let teacher = try NetworkTeacher(
      try Self.quantized(network), shape: Self.shape, outputs: .logits, features: [inside])
    #expect(try teacher.channelCount(ofFeature: inside) == 5)
    let taught = try teacher.outputs(of: Self.samples(2).values, count: 2, features: [inside])
    #expect(taught.count == 2 && taught[1].count == 2 * 24 * 5)
    let trainer = try Trainer(
      try TrainableNetwork(network), training: Self.samples(),
      settings: TrainingSettings(epochs: 2),
      distillation: Distillation(
        teacher: teacher,
        features: [.init(student: inside, teacher: inside, teacherChannels: 5)]))
    try trainer.run()
    #expect(throws: ModelError.self) {
      try NetworkTeacher(network, shape: Self.shape, outputs: .logits, features: ["nowhere"])
    }
  }

  private static func recipe(_ teacher: String) -> String {
    """
    {"format": "edgesim-recipe/1", "name": "taught",
     "data": {"training": {"array": "train.npy", "labels": "train.csv"},
              "test": {"array": "test.npy", "labels": "test.csv"}},
     "variants": [
       {"name": "student", "from": {"architecture": [
          {"layer": "reshape", "shape": [6, 8]}, {"layer": "gru", "units": 6},
          {"layer": "dense", "units": 3}, {"layer": "softmax"}]},
        "steps": [{"step": "distil", "teacher": {"from": {"file": "\(teacher)"}}, "epochs": 12,
                   "learningRate": 0.02}]}]}
    """
  }

  /// Data, an int8 teacher and an ONNX teacher, both right.
  private static func folder() throws -> String {
    let folder = ProjectFiles.temporaryFolder()
    for (name, seed) in [("train", 1), ("test", 2)] {
      let samples = Self.samples(180, seed: UInt64(seed))
      let bytes = samples.values.withUnsafeBytes { Array($0) }
      try NPYFile(elementType: .float32, shape: [180, 6, 4, 2], bytes: bytes)
        .write(to: "\(folder)/\(name).npy")
      let labels = samples.labels.map { samples.classNames[$0] + "\n" }
      try AtomicFile.write("label\n" + labels.joined(), to: "\(folder)/\(name).csv")
    }
    let trainer = try Trainer(
      try TrainableNetwork(try Self.network()), training: samples(180),
      settings: TrainingSettings(epochs: 10, schedule: .init(base: 0.01)))
    try trainer.run()
    let network = trainer.network.network()
    try AtomicFile.write(
      try TFLiteWriter.bytes(of: try quantized(network)), to: "\(folder)/teacher-int8.tflite")
    try AtomicFile.write(try ONNXWriter.bytes(of: network), to: "\(folder)/teacher.onnx")
    try AtomicFile.write(
      try ONNXWriter.bytes(of: try Self.network(classes: 5)), to: "\(folder)/wide.onnx")
    return folder
  }

  private func run(_ teacher: String, in folder: String, work: String? = nil, jobs: Int = 1) throws
    -> (network: Network, report: VariantReport)
  {
    let file = "\(folder)/recipe.json"
    let recipe = try RecipeReader.read(
      try DocumentReader.read(text: Array(Self.recipe(teacher).utf8), file: file), file: file)
    var run = try CompressionRun(
      recipe, file: file, tests: [], work: work.map { CompressionWork(folder: $0) }, jobs: jobs,
      progress: Progress())
    return try run.run()[0]
  }

  @Test("A recipe's teacher may be an int8 or an ONNX file; threads and a restart change nothing")
  func recipes() throws {
    let folder = try Self.folder()
    let work = "\(folder)/work"
    try FileSystem.makeFolder(work)
    for teacher in ["teacher-int8.tflite", "teacher.onnx"] {
      let whole = try run(teacher, in: folder)
      #expect(try #require(whole.report.result.score).quality > 0.9)
      let bytes = try TFLiteWriter.bytes(of: whole.network)
      let kept = try run(teacher, in: folder, work: work, jobs: 3)
      #expect(try TFLiteWriter.bytes(of: kept.network) == bytes)
      let resumed = try run(teacher, in: folder, work: work)
      #expect(try TFLiteWriter.bytes(of: resumed.network) == bytes)
    }
    let error = #expect(throws: InputError.self) { try run("wide.onnx", in: folder) }
    #expect(error?.description.contains("5 outputs") == true)
    #expect(throws: InputError.self) { try run("nowhere.onnx", in: folder) }
  }
}
