import Glibc
import Testing

@testable import EdgeSimCore

@Suite struct FileTests {
  @Test("A file is written whole into folders made for it, and read back")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let path = "\(folder)/a/b/x.bin"
      try AtomicFile.write(bytes, to: path)
      #expect(try TextFile.read(path: path, limit: bytes.count) == bytes)
      try AtomicFile.write("short", to: path)
      #expect(try TextFile.read(path: path, limit: 5) == Array("short".utf8))
      #expect(try FileSystem.entries(of: "\(folder)/a/b") == ["x.bin"])
    }
  }

  @Test("A write that fails leaves no temporary file and the old content")
  func failedWrite() throws {
    try withTemporaryFolder { folder in
      try FileSystem.makeFolder("\(folder)/taken")
      try AtomicFile.write("old", to: "\(folder)/taken/file")
      #expect(throws: InputError.self) { try AtomicFile.write("x", to: "\(folder)/taken") }
      #expect(throws: InputError.self) { try AtomicFile.write("x", to: "\(folder)/taken/file/x") }
      #expect(try FileSystem.entries(of: folder) == ["taken"])
      #expect(try FileSystem.entries(of: "\(folder)/taken") == ["file"])
      #expect(try TextFile.read(path: "\(folder)/taken/file", limit: 9) == Array("old".utf8))
    }
  }

  @Test("A missing file is named with the nearest one")
  func missing() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("{}", to: "\(folder)/speech.json")
      let error = #expect(throws: InputError.self) {
        try TextFile.read(path: "\(folder)/speach.json", limit: 9)
      }
      #expect(
        error?.description == "\(folder)/speach.json: found no such file or directory, "
          + "expected a readable file; did you mean \"speech.json\"?")
    }
  }

  @Test("Folders, pipes and files that are too long are refused; a pipe does not hang")
  func wrongKinds() throws {
    try withTemporaryFolder { folder in
      #expect(throws: InputError.self) { try TextFile.read(path: folder, limit: 9) }
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      #expect(throws: InputError.self) { try TextFile.read(path: "\(folder)/pipe", limit: 9) }
      try AtomicFile.write("0123456789", to: "\(folder)/ten")
      #expect(throws: InputError.self) { try TextFile.read(path: "\(folder)/ten", limit: 9) }
    }
  }

  @Test("Entries are sorted by bytes")
  func entries() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "B", "a10", "a2", "é", ".hidden"] {
        try AtomicFile.write("", to: "\(folder)/\(name)")
      }
      #expect(try FileSystem.entries(of: folder) == ["B", "a10", "a2", "b", "é"])
      unlink("\(folder)/.hidden")
    }
  }

  @Test("Paths are taken apart and put together")
  func paths() {
    #expect(FileSystem.folder(of: "a/b.c") == "a" && FileSystem.folder(of: "b") == ".")
    #expect(FileSystem.folder(of: "/b") == "/" && FileSystem.name(of: "a/b.c") == "b.c")
    #expect(FileSystem.stem(of: "a.b/c.tar.gz") == "c.tar" && FileSystem.stem(of: ".x") == ".x")
    #expect(FileSystem.resolve("m.tflite", in: "a") == "a/m.tflite")
    #expect(FileSystem.resolve("/m", in: "a") == "/m" && FileSystem.resolve("m", in: ".") == "m")
  }

  @Test("SHA-256 has the values of FIPS 180-4's examples")
  func hash() {
    #expect(
      ContentHash.sha256(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      ContentHash.sha256(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      ContentHash.sha256(of: [UInt8](repeating: 0x61, count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
