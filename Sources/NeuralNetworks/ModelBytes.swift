import Glibc

/// The bytes of a model file, mapped read-only and shared by every constant cut out of them.
///
/// Invariant: `base` stays valid and unchanged for the life of the object.
public final class ModelBytes: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  public let count: Int
  private let isMapped: Bool

  /// Maps a regular file. Complexity: O(1); pages are read when they are touched.
  ///
  /// - Throws: `ModelError` when the file cannot be opened, is no regular file, or is empty.
  public init(mapping path: String) throws(ModelError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ModelError(place: "file", found: String(cString: strerror(errno)), expected: "a model")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ModelError(place: "file", found: "no regular file", expected: "a model")
    }
    guard status.st_size > 0 else {
      throw ModelError(place: "file", found: "an empty file", expected: "a model")
    }
    let mapping = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else {
      throw ModelError(place: "file", found: String(cString: strerror(errno)), expected: "a model")
    }
    base = mapping
    count = Int(status.st_size)
    isMapped = true
  }

  /// Copies bytes that are in memory already. Complexity: O(n).
  public init(_ bytes: [UInt8]) {
    base = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    count = bytes.count
    isMapped = false
    UnsafeMutableRawBufferPointer(start: base, count: bytes.count).copyBytes(from: bytes)
  }

  deinit {
    if isMapped { munmap(base, count) } else { base.deallocate() }
  }

  /// All bytes. The pointer is valid inside `body` only.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }
}
