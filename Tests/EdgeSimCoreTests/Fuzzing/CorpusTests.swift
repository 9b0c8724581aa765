import Glibc
import Testing

@testable import EdgeSimCore

/// What the fuzzers found worth keeping, replayed: `docs/fuzzing.md`.
@Suite struct CorpusTests {
  private static let folder = ProjectFiles.package + "/Fuzzing/Corpus"

  @Test("Every input of the corpus is read or refused", arguments: FuzzTarget.allCases)
  func replay(target: FuzzTarget) throws {
    let folder = "\(Self.folder)/\(target.rawValue)"
    var (accepted, refused) = (0, 0)
    for name in try FileSystem.entries(of: folder) {
      let bytes = try TextFile.read(path: "\(folder)/\(name)", limit: 1 << 20)
      if target.run(bytes) { accepted += 1 } else { refused += 1 }
    }
    #expect(accepted > 0 && refused > 10, "\(accepted) accepted, \(refused) refused")
  }

  @Test("The corpus is small enough for a repository")
  func size() throws {
    var byteCount = 0
    for target in FuzzTarget.allCases {
      let folder = "\(Self.folder)/\(target.rawValue)"
      for name in try FileSystem.entries(of: folder) {
        byteCount += try TextFile.read(path: "\(folder)/\(name)", limit: 1 << 20).count
      }
    }
    #expect(byteCount < 500_000)
  }
}
