import Glibc
import Inference

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
  static let progress = Self(
    name: "--progress", value: nil,
    help: "Tell progress where standard error is no terminal, too.")
}

extension ParsedArguments {
  func arithmetic() -> Arithmetic {
    value("--arithmetic").flatMap(Arithmetic.init(rawValue:)) ?? .doubleRounding
  }

  func progress() -> Progress { Progress(isForced: has("--progress")) }

  func jobs() throws(InputError) -> Int {
    if let jobs = try int("--jobs", in: 1...1024) { return jobs }
    return max(1, min(1024, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}
