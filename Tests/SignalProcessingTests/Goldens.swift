import Glibc

/// Files that `Oracles/make_oracles.py` wrote, and the folder of shared test data.
enum Goldens {
  private static let folder = String(#filePath.dropLast("Goldens.swift".count))

  /// `shared/data` beside the package, where present.
  static let sharedData = folder + "../../../shared/data/"
  static let hasSpeechCommands = access(sharedData + "speech_commands/yes", R_OK) == 0
  static let officialInputs = sharedData + "mlperf_tiny/inputs/kws01_int8_1000x49x10.npy"
  static let hasOfficialInputs = access(officialInputs, R_OK) == 0

  static func lines(_ name: String) -> [String] {
    String(decoding: bytes(of: folder + "Oracles/" + name), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  static func table(_ name: String) -> [[Double]] {
    lines(name).map { $0.split(separator: " ").map { Double($0) ?? .nan } }
  }

  /// The `.wav` files of a folder in order of name.
  static func waves(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".wav") { names.append(name) }
    }
    return names.sorted().map { folder + "/" + $0 }
  }

  /// FNV-1a, 64 bits, over the values as little-endian bytes.
  static func hash(of values: some Sequence<UInt16>) -> UInt64 {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in values {
      digest = (digest ^ UInt64(value & 0xFF)) &* 0x100_0000_01b3
      digest = (digest ^ UInt64(value >> 8)) &* 0x100_0000_01b3
    }
    return digest
  }

  /// The content of a file of at most a megabyte, empty where it cannot be read.
  static func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }
}
