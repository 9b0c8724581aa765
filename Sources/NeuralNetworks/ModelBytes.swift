import Glibc

/// The bytes of a model file, read-only and shared by every constant cut out of them.
///
/// Invariant: `base` stays valid and unchanged for the life of the object. Who truncates a mapped
/// file meanwhile breaks it, and the process gets SIGBUS.
public final class ModelBytes: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  public let count: Int
  private let isMapped: Bool

  /// Files of at most this size are copied: a mapping costs more, and binds us to the file.
  private static let mostCopiedBytes = 65_536

  /// Maps a regular file, or copies a small one. Complexity: O(1); pages are read when they are
  /// touched.
  ///
  /// - Throws: `ModelError` when the file cannot be opened, is no regular file, or is empty.
  public init(mapping path: String) throws(ModelError) {
    // Not to wait for who writes into a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
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
    if status.st_size <= Self.mostCopiedBytes {
      let size = Int(status.st_size)
      base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      // A file that grows is cut, one that shrinks ends earlier.
      count = Self.readAll(descriptor, into: base, count: size)
      isMapped = false
      return
    }
    let mapping = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else {
      throw ModelError(place: "file", found: String(cString: strerror(errno)), expected: "a model")
    }
    base = mapping
    count = Int(status.st_size)
    isMapped = true
  }

  private static func readAll(
    _ descriptor: CInt, into base: UnsafeMutableRawPointer, count: Int
  ) -> Int {
    var filled = 0
    while filled < count {
      let part = read(descriptor, base + filled, count - filled)
      if part < 0, errno == EINTR { continue }
      guard part > 0 else { break }
      filled += part
    }
    return filled
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

  /// Gives whole pages of a mapped file back to the system, which reads them again when they are
  /// touched. O(pages).
  public func releasePages(of range: Range<Int>) {
    guard isMapped else { return }
    let pageSize = sysconf(CInt(_SC_PAGESIZE))
    let first = (range.lowerBound + pageSize - 1) / pageSize * pageSize
    let last = range.upperBound / pageSize * pageSize
    if first < last { madvise(base + first, last - first, MADV_DONTNEED) }
  }

  /// All bytes. The pointer is valid inside `body` only.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }
}
