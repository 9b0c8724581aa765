// swift-tools-version: 6.2
import PackageDescription

/// The fuzzers: libFuzzer around `FuzzTarget`. A package of its own, since it links with
/// `--sanitize fuzzer` only.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "EdgeSim", path: "..")],
  targets: [
    .target(
      name: "FuzzEntry", dependencies: [.product(name: "EdgeSimCore", package: "EdgeSim")]),
    // In C, so that `main` is libFuzzer's.
    .executableTarget(name: "Fuzz", dependencies: ["FuzzEntry"]),
  ],
  swiftLanguageModes: [.v6]
)
