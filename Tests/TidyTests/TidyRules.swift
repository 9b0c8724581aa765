/// The house rules that a machine can hold. Each returns its complaints: `path:line: what`.
enum TidyRules {
  static let all: [@Sendable (SourceFile) -> [String]] = [
    lineLength, fileLength, functionLength, leftovers, forbiddenInSources, imports, fileName,
    machinePaths, schemas,
  ]

  /// 100 columns; tables of Markdown and recorded transcripts cannot be wrapped.
  static func lineLength(_ file: SourceFile) -> [String] {
    let isWrapped = [".swift", ".sh", ".py", "Makefile"].contains { file.name.hasSuffix($0) }
    guard isWrapped || file.path.hasPrefix("setup/") && !file.name.hasSuffix(".lock") else {
      return []
    }
    return complaints(file, "over 100 columns") { $0.unicodeScalars.count > 100 }
  }

  static func fileLength(_ file: SourceFile) -> [String] {
    file.isSwift && file.lines.count > 300
      ? ["\(file.path):1: \(file.lines.count) lines, at most 300"] : []
  }

  /// A function ends at the brace that stands under its beginning.
  static func functionLength(_ file: SourceFile) -> [String] {
    guard file.isSwift else { return [] }
    var result: [String] = []
    for (start, line) in file.lines.enumerated() {
      let indent = line.prefix { $0 == " " }
      let words = line.split(separator: " ").map(String.init)
      guard words.contains("func") || words.contains(where: { $0.hasPrefix("init(") }),
        !line.contains("///"), !line.hasSuffix("}")
      else { continue }
      let end = file.lines[start...].firstIndex { $0 == indent + "}" } ?? start
      if end - start > 60 {
        result.append("\(file.path):\(start + 1): a function of \(end - start) lines, at most 60")
      }
    }
    return result
  }

  static func leftovers(_ file: SourceFile) -> [String] {
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    return complaints(file, "a leftover") { line in
      line.split { !$0.isLetter }.contains { words.contains(String($0)) }
    }
  }

  static func forbiddenInSources(_ file: SourceFile) -> [String] {
    guard file.isSwift, !file.isTest, file.path != "Package.swift" else { return [] }
    return complaints(file, "a forced try, forced cast, Foundation or print") { line in
      let code = line.contains("//") ? String(line.prefix { $0 != "/" }) : line
      return code.contains("try" + "!") || code.contains("as" + "! ")
        || code.contains("import Foundation") || code.contains(" print(")
    }
  }

  /// The arrows of `ARCHITECTURE.md`: what each target may import of the project.
  static let arrows: [String: [String]] = [
    "ReproducibleMath": [], "NeuralNetworks": [], "FixedPointSignals": [],
    "DiscreteEvents": ["ReproducibleMath"], "SyntheticData": ["ReproducibleMath"],
    "Training": ["NeuralNetworks", "CKernels", "ReproducibleMath"],
    "Compression": ["NeuralNetworks", "Inference", "Training", "ReproducibleMath"],
    "Inference": ["NeuralNetworks", "CKernels", "FixedPointSignals"],
    "DeviceModels": ["NeuralNetworks"],
    "SignalProcessing": [
      "FixedPointSignals", "ReproducibleMath", "CSndFile", "CSampleRate", "CKissFFT", "CPNG",
      "CTurboJPEG",
    ],
    "EdgeSimCore": [
      "CJSON", "CMessageDigest", "DiscreteEvents", "NeuralNetworks", "Inference", "DeviceModels",
      "SignalProcessing", "ReproducibleMath", "Training", "Compression", "SyntheticData",
    ],
    "EdgeSim": ["EdgeSimCore"],
    "EdgeSimBenchmark": ["CKernels", "Inference", "NeuralNetworks", "Training"],
    "QuantizationBenchmark": ["Compression", "NeuralNetworks", "Training"],
  ]

  private static let systemModules = ["Glibc", "Dispatch"]

  static func imports(_ file: SourceFile) -> [String] {
    guard file.isSwift, let target = file.target else { return [] }
    let allowed = (arrows[target] ?? []) + systemModules
    return complaints(file, "an import that \(target) may not have") { line in
      guard line.hasPrefix("import ") else { return false }
      return !allowed.contains(String(line.dropFirst(7)))
    }
  }

  /// A file is named after a type that it declares or extends.
  static func fileName(_ file: SourceFile) -> [String] {
    guard file.isSwift, file.target != nil else { return [] }
    let stem = String(file.name.dropLast(6))
    let type = stem.split(separator: "+").first.map(String.init) ?? stem
    let keywords = ["struct", "class", "enum", "protocol", "extension", "actor"]
    let declares = file.lines.contains { line in
      let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
      return zip(words, words.dropFirst()).contains { keywords.contains($0) && $1 == type }
    }
    return declares ? [] : ["\(file.path):1: no type \(type) in it"]
  }

  static func machinePaths(_ file: SourceFile) -> [String] {
    let parts = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
    return complaints(file, "a path of one machine") { line in
      parts.contains { line.contains($0) }
    }
  }

  /// Documents name the schema that editors complete them from.
  static func schemas(_ file: SourceFile) -> [String] {
    let folders = ["devices/", "scenarios/"]
    guard file.name.hasSuffix(".json"), folders.contains(where: file.path.hasPrefix) else {
      return []
    }
    return file.lines.contains { $0.contains("\"$schema\"") }
      ? [] : ["\(file.path):1: no \"$schema\""]
  }

  private static func complaints(
    _ file: SourceFile, _ what: String, where isBad: (String) -> Bool
  ) -> [String] {
    file.lines.indices.filter { isBad(file.lines[$0]) }.map { "\(file.path):\($0 + 1): \(what)" }
  }
}
