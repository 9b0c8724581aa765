import Glibc
import Inference
import NeuralNetworks

/// Options that several commands share.
extension CommandSpecification.Option {
  static let json = Self(name: "--json", value: nil, help: "Print JSON instead of tables.")
  static let seed = Self(
    name: "--seed", value: "N", help: "Seed of all random streams (default: the scenario's, or 1).")
  static let jobs = Self(
    name: "--jobs", value: "N", help: "Threads (default: one a processor); results stay the same.")
  static let arithmetic = Self(
    name: "--arithmetic", value: "FAMILY",
    help: "Arithmetic of int8 kernels (default: double-rounding).",
    choices: Arithmetic.allCases.map(\.rawValue))
  static let devices = Self(
    name: "--devices", value: "DIR", help: "Folder of device documents (default: devices).")
}

extension ParsedArguments {
  func arithmetic() -> Arithmetic {
    value("--arithmetic").flatMap(Arithmetic.init(rawValue:)) ?? .doubleRounding
  }

  func jobs() throws(InputError) -> Int {
    if let jobs = try int("--jobs", in: 1...1024) { return jobs }
    return max(1, min(1024, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}

extension InputError {
  /// A model's error with the file it is in.
  init(_ error: ModelError, file: String) {
    self.init(
      InputProblem(file: file, place: error.place, found: error.found, expected: error.expected))
  }
}

/// Reads and plans models, naming the file in every error.
enum ModelLoader {
  static func network(path: String) throws(InputError) -> Network {
    do { return try ModelFormat.read(path: path) } catch {
      guard FileSystem.exists(path) else {
        _ = try TextFile.read(path: path, limit: .max)
        throw InputError(error, file: path)
      }
      throw InputError(error, file: path)
    }
  }

  static func plan(
    _ network: Network, arithmetic: Arithmetic, path: String
  ) throws(InputError) -> ExecutionPlan {
    do { return try ExecutionPlan(network, arithmetic: arithmetic) } catch {
      throw InputError(error, file: path)
    }
  }
}
