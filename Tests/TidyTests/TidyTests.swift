import Testing

@Suite struct TidyTests {
  @Test("The project keeps its house rules")
  func project() {
    let files = Project.files()
    #expect(files.count > 200)
    for file in files {
      for rule in TidyRules.all {
        for complaint in rule(file) { Issue.record(Comment(rawValue: complaint)) }
      }
    }
  }

  @Test("The arrows of the tidy rules are those of the package")
  func arrows() throws {
    let package = try #require(Project.text(of: "Package.swift"))
    let compact = package.filter { !$0.isWhitespace }
    for (target, dependencies) in TidyRules.arrows
    where !["EdgeSim", "EdgeSimBenchmark", "QuantizationBenchmark"].contains(target) {
      let names = dependencies.map { "\"\($0)\"" }
      let plain =
        names.isEmpty
        ? "layer(\"\(target)\")"
        : "layer(\"\(target)\",dependsOn:[\(names.joined(separator: ","))"
      #expect(compact.contains(plain), "\(target)")
    }
  }

  @Test("Each rule finds what breaks it")
  func plantedViolations() {
    let planted: [(rule: (SourceFile) -> [String], path: String, text: String)] = [
      (TidyRules.lineLength, "Sources/A/B.swift", String(repeating: "x", count: 101)),
      (TidyRules.fileLength, "Sources/A/B.swift", String(repeating: "\n", count: 301)),
      (
        TidyRules.functionLength, "Sources/A/B.swift",
        "  func a() {" + String(repeating: "\n    b()", count: 61) + "\n  }\n"
      ),
      (TidyRules.leftovers, "Sources/A/B.swift", "// TO" + "DO: later"),
      (TidyRules.forbiddenInSources, "Sources/A/B.swift", "  let a = try" + "! b()"),
      (TidyRules.forbiddenInSources, "Sources/A/B.swift", "import Foundation"),
      (TidyRules.forbiddenInSources, "Sources/A/B.swift", "    print(\"a\")"),
      (TidyRules.imports, "Sources/DiscreteEvents/B.swift", "import DeviceModels"),
      (TidyRules.imports, "Sources/DeviceModels/B.swift", "import EdgeSimCore"),
      (TidyRules.fileName, "Sources/A/B.swift", "struct C {}"),
      (TidyRules.machinePaths, "README.md", "see /ho" + "me/someone/file"),
      (TidyRules.schemas, "devices/a.json", "{}"),
    ]
    for (rule, path, text) in planted {
      #expect(!rule(SourceFile(path: path, text: text)).isEmpty, "\(path): \(text.prefix(40))")
    }
  }

  @Test("What is in order is left alone")
  func tidySource() {
    let file = SourceFile(
      path: "Sources/Inference/Arena+Layout.swift",
      text: "import NeuralNetworks\n\nextension Arena {\n  func a() {\n    b()\n  }\n}\n")
    #expect(TidyRules.all.flatMap { $0(file) }.isEmpty)
  }
}
