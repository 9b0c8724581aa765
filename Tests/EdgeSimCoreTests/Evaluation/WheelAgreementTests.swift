import Inference
import NeuralNetworks
import Testing

@testable import EdgeSimCore

/// Front end and executor together against the outputs of `pymicro-wakeword`'s own runtime
/// (`Oracles/make_wheel_outputs.py`).
@Suite struct WheelAgreementTests {
  private struct Row {
    var model: String
    var clip: String
    var digest: String
    var outputs: [UInt8]
  }

  @Test(
    "Wake-word probabilities on 72 clips equal those of the wheel's runtime",
    .enabled(if: ProjectFiles.hasPreparedData, "needs `make data`"))
  func agreement() throws {
    let rows = try Self.rows()
    #expect(rows.count == 4 * 72)
    var counts: [Arithmetic: (identical: Int, within1: Int, all: Int)] = [:]
    for row in rows {
      let path = "\(ProjectFiles.wakeWords)/\(row.clip)"
      let digest = ContentHash.sha256(of: try TextFile.read(path: path, limit: 1 << 24))
      try #require(digest == row.digest, "the clip \(row.clip) is another one: other flite?")
      for arithmetic in Arithmetic.allCases {
        let outputs = try Self.outputs(row.model, arithmetic, path: path)
        #expect(outputs.count == row.outputs.count)
        for (ours, theirs) in zip(outputs, row.outputs) {
          let difference = abs(Int(ours) - Int(theirs))
          let known = counts[arithmetic] ?? (0, 0, 0)
          counts[arithmetic] = (
            known.identical + (difference == 0 ? 1 : 0),
            known.within1 + (difference <= 1 ? 1 : 0), known.all + 1
          )
        }
      }
    }
    for arithmetic in Arithmetic.allCases {
      let count = try #require(counts[arithmetic])
      print(
        "wheel agreement, \(arithmetic.rawValue): \(count.identical) of \(count.all) frames "
          + "identical, \(count.within1) within 1")
    }
    let ruy = try #require(counts[.doubleRoundingHalfUp])
    #expect(ruy.identical == ruy.all && ruy.all > 5000)
  }

  private static func outputs(
    _ model: String, _ arithmetic: Arithmetic, path: String
  ) throws -> [UInt8] {
    let network = try ModelFormat.read(path: "\(ProjectFiles.models)/\(model).tflite")
    var stream = WakeWordStream(
      try WakeWordModel(try ExecutionPlan(network, arithmetic: arithmetic)))
    let samples = try ClipReader.samples(path: path)
    let size = WakeWordStream.samplesPerHop
    return samples.withUnsafeBufferPointer { samples in
      (0..<samples.count / size).compactMap { hop in
        let audio = UnsafeBufferPointer(rebasing: samples[hop * size..<(hop + 1) * size])
        guard case .probability(let probability) = stream.process(hop: audio) else { return nil }
        return UInt8(probability * 256)
      }
    }
  }

  private static func rows() throws -> [Row] {
    let table = try CSVFile.read(
      path: "\(ProjectFiles.package)/Tests/EdgeSimCoreTests/Oracles/wheel_outputs.csv")
    return table.rows.map { row in
      let digits = Array(row.fields[3])
      let outputs = stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
      }
      return Row(
        model: row.fields[0], clip: row.fields[1], digest: row.fields[2], outputs: outputs)
    }
  }
}
