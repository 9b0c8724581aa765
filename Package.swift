// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors, and existentials are spelled `any`, in every Swift target.
let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

/// The same for C.
let cSettings: [CSetting] = [
  .treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra"),
]

/// A target with the house's settings. The arrows of `ARCHITECTURE.md` are these `dependencies`,
/// and a tidy test holds the imports against them.
func layer(_ name: String, dependsOn dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// Goldens and the scripts that make them lie beside the tests in `Oracles`.
func tests(
  of name: String, dependsOn dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
    swiftSettings: swiftSettings)
}

/// Without `pkgConfig` where the package's flags are such as SwiftPM warns of and drops.
func debianLibrary(_ name: String, pkgConfig: String? = nil, package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
  name: "EdgeSim",
  products: [
    .executable(name: "edgesim", targets: ["EdgeSim"]),
    .library(name: "EdgeSimCore", targets: ["EdgeSimCore"]),
  ],
  targets: [
    debianLibrary("CJSON", pkgConfig: "json-c", package: "libjson-c-dev"),
    debianLibrary("CMessageDigest", pkgConfig: "libmd", package: "libmd-dev"),
    debianLibrary("CSndFile", pkgConfig: "sndfile", package: "libsndfile1-dev"),
    debianLibrary("CSampleRate", pkgConfig: "samplerate", package: "libsamplerate0-dev"),
    debianLibrary("CKissFFT", package: "libkissfft-dev"),
    debianLibrary("CPNG", package: "libpng-dev"),
    debianLibrary("CTurboJPEG", package: "libturbojpeg0-dev"),
    layer("ReproducibleMath"),
    layer("DiscreteEvents", dependsOn: ["ReproducibleMath"]),
    layer("SyntheticData", dependsOn: ["ReproducibleMath"]),
    layer("NeuralNetworks"),
    layer("FixedPointSignals"),
    .target(name: "CKernels", cSettings: cSettings),
    layer("Inference", dependsOn: ["NeuralNetworks", "CKernels", "FixedPointSignals"]),
    layer("Training", dependsOn: ["NeuralNetworks", "CKernels", "ReproducibleMath"]),
    layer(
      "Compression",
      dependsOn: ["NeuralNetworks", "Inference", "Training", "ReproducibleMath"]),
    layer("DeviceModels", dependsOn: ["NeuralNetworks"]),
    layer(
      "SignalProcessing",
      dependsOn: [
        "FixedPointSignals", "ReproducibleMath", "CSndFile", "CSampleRate", "CKissFFT", "CPNG",
        "CTurboJPEG",
      ]),
    layer(
      "EdgeSimCore",
      dependsOn: [
        "CJSON", "CMessageDigest", "DiscreteEvents", "NeuralNetworks", "Inference",
        "DeviceModels", "SignalProcessing", "ReproducibleMath", "Training", "Compression",
        "SyntheticData",
      ]),
    .executableTarget(
      name: "EdgeSim", dependencies: ["EdgeSimCore"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "EdgeSimBenchmark",
      dependencies: ["CKernels", "Inference", "NeuralNetworks", "Training"],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "QuantizationBenchmark", dependencies: ["Compression", "NeuralNetworks", "Training"],
      swiftSettings: swiftSettings),
    .testTarget(name: "TidyTests", swiftSettings: swiftSettings),
    tests(of: "ReproducibleMath"),
    tests(of: "DiscreteEvents", dependsOn: ["ReproducibleMath"]),
    tests(of: "SyntheticData", dependsOn: ["ReproducibleMath"]),
    tests(
      of: "Training", dependsOn: ["NeuralNetworks", "ReproducibleMath"], exclude: ["Oracles"]),
    tests(
      of: "Compression",
      dependsOn: ["NeuralNetworks", "Inference", "Training", "ReproducibleMath"],
      exclude: ["Oracles"]),
    tests(of: "NeuralNetworks"),
    tests(of: "Inference", dependsOn: ["NeuralNetworks"], exclude: ["Oracles"]),
    tests(of: "DeviceModels", dependsOn: ["NeuralNetworks"]),
    tests(
      of: "SignalProcessing", dependsOn: ["FixedPointSignals", "ReproducibleMath"],
      exclude: ["Oracles"]),
    tests(
      of: "EdgeSimCore",
      dependsOn: [
        "DiscreteEvents", "NeuralNetworks", "Inference", "DeviceModels", "SignalProcessing",
        "ReproducibleMath", "Training", "Compression", "SyntheticData",
      ], exclude: ["Oracles"]),
  ],
  swiftLanguageModes: [.v6]
)
