import CKernels
import Glibc
import Inference
import NeuralNetworks

/// The runtime of this project as `Benchmarks/speed` drives every runtime: a command a line on
/// standard input, an answer a line on standard output.
///
///     EdgeSimBenchmark MODEL INPUTS ARITHMETIC
///
/// `INPUTS` are bytes of the input tensor, sample after sample. Commands:
///
/// - `single MS`: microseconds a sample, one sample at a time, over so many milliseconds.
/// - `eval MS`: the same with the batches that evaluation uses.
/// - `outputs FILE`: writes the outputs of all samples.
/// - `peak MS`: billions of multiply-accumulates a second of empty loops: `s16 u8`.
///
/// The other form trains: see `TrainingBenchmark`.
@main
struct EdgeSimBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "train", let rounds = Int(arguments[3]),
      let benchmark = TrainingBenchmark(named: arguments[2])
    {
      writeLine("\(try benchmark.samplesPerSecond(rounds: rounds))", to: STDOUT_FILENO)
      return
    }
    guard arguments.count == 4, let arithmetic = Arithmetic(rawValue: arguments[3]) else {
      writeLine("usage: EdgeSimBenchmark MODEL INPUTS ARITHMETIC", to: STDERR_FILENO)
      exit(2)
    }
    let network = try ModelFormat.read(path: arguments[1])
    let selection = getenv("EDGESIM_KERNELS").flatMap {
      KernelSelection(named: String(cString: $0))
    }
    let plan = try ExecutionPlan(network, arithmetic: arithmetic, kernels: selection ?? .best)
    let inputs = try ModelBytes(mapping: arguments[2])
    try inputs.withBytes { (samples) throws in
      var session = Session(plan, samples)
      while let line = readLine() {
        let command = line.split(separator: " ").map(String.init)
        writeLine(try session.answer(to: command), to: STDOUT_FILENO)
      }
    }
  }
}

private func writeLine(_ text: String, to descriptor: Int32) {
  let bytes = Array((text + "\n").utf8)
  _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
}

/// Two interpreters of one plan: for single samples and for batches.
struct Session: ~Copyable {
  private let samples: UnsafeRawBufferPointer
  private let sampleSize: Int
  private var single: Interpreter
  private var batch: Interpreter

  init(_ plan: ExecutionPlan, _ samples: UnsafeRawBufferPointer) {
    self.samples = samples
    sampleSize = plan.network.main.tensors[plan.network.main.inputs[0]].byteCount
    single = Interpreter(plan)
    batch = Interpreter(plan, batchSize: plan.preferredBatchSize)
  }

  /// - Throws: when an operator finds operands that it cannot compute.
  mutating func answer(to command: [String]) throws -> String {
    guard command.count == 2 else { return "error" }
    let milliseconds = Double(command[1]) ?? 0
    switch command[0] {
    case "single": return "\(try time(milliseconds) { try $0.runSingle() })"
    case "eval": return "\(try time(milliseconds) { try $0.runBatch() })"
    case "outputs": return write(try batch.outputs(of: samples, resets: true), to: command[1])
    case "peak":
      return "\(Self.peak(CK_PEAK_S16, milliseconds)) \(Self.peak(CK_PEAK_U8, milliseconds))"
    default: return "error"
    }
  }

  /// Runs some samples one by one; returns how many.
  private mutating func runSingle() throws -> Int {
    let count = min(32, samples.count / sampleSize)
    for sample in 0..<count {
      let range = sample * sampleSize..<(sample + 1) * sampleSize
      single.setInput(0, bytes: UnsafeRawBufferPointer(rebasing: samples[range]))
      try single.invoke()
    }
    return count
  }

  private mutating func runBatch() throws -> Int {
    let count = min(256, samples.count / sampleSize)
    let part = UnsafeRawBufferPointer(rebasing: samples[0..<count * sampleSize])
    return try batch.outputs(of: part, resets: true).isEmpty ? 0 : count
  }

  /// Microseconds a sample.
  private mutating func time(
    _ milliseconds: Double, _ run: (inout Session) throws -> Int
  ) throws -> Double {
    _ = try run(&self)
    var (count, elapsed) = (0, 0.0)
    let start = Self.seconds
    repeat {
      count += try run(&self)
      elapsed = Self.seconds - start
    } while elapsed * 1000 < milliseconds
    return elapsed * 1e6 / Double(count)
  }

  private func write(_ bytes: [UInt8], to path: String) -> String {
    guard let file = fopen(path, "w") else { return "error" }
    defer { fclose(file) }
    return bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) } == bytes.count
      ? "done" : "error"
  }

  private static func peak(_ method: ck_peak, _ milliseconds: Double) -> Double {
    var (products, elapsed): (UInt64, Double) = (0, 0)
    let start = seconds
    repeat {
      products += ck_int8_peak(method, 20_000)
      elapsed = seconds - start
    } while elapsed * 1000 < milliseconds
    return Double(products) / elapsed / 1e9
  }

  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
