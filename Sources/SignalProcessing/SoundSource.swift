import CSndFile
import Glibc

/// Where libsndfile reads from: an open file or bytes in memory. Outlives the decoder's handle.
final class SoundSource {
  private enum Origin {
    case file(descriptor: CInt)
    case memory([UInt8])
  }

  private let origin: Origin
  private var position = 0

  /// Opens a regular file, and nothing that could block or never end.
  init(path: String) throws(SignalFileError) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw SignalFileError(
        place: "file", found: String(cString: strerror(errno)), expected: "a sound file")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw SignalFileError(place: "file", found: "no regular file", expected: "a sound file")
    }
    origin = .file(descriptor: descriptor)
  }

  init(bytes: [UInt8]) { origin = .memory(bytes) }

  deinit {
    if case .file(let descriptor) = origin { close(descriptor) }
  }

  /// A handle that reads from here, or nil where the bytes are no sound file.
  func open(_ information: inout SF_INFO) -> OpaquePointer? {
    switch origin {
    case .file(let descriptor):
      return sf_open_fd(descriptor, CInt(SFM_READ), &information, 0)
    case .memory:
      var calls = SoundSource.calls
      let context = Unmanaged.passUnretained(self).toOpaque()
      return sf_open_virtual(&calls, CInt(SFM_READ), &information, context)
    }
  }

  private var bytes: [UInt8] {
    if case .memory(let bytes) = origin { bytes } else { [] }
  }

  private static func source(_ context: UnsafeMutableRawPointer?) -> SoundSource? {
    context.map { Unmanaged<SoundSource>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let calls = SF_VIRTUAL_IO(
    get_filelen: { sf_count_t(SoundSource.source($0)?.bytes.count ?? 0) },
    seek: { sf_count_t(SoundSource.source($2)?.seek(by: Int($0), from: $1) ?? -1) },
    read: { sf_count_t(SoundSource.source($2)?.read(into: $0, count: Int($1)) ?? 0) },
    write: { _, _, _ in 0 },
    tell: { sf_count_t(SoundSource.source($0)?.position ?? 0) })

  /// Moves inside the bytes; a target outside is refused with -1.
  private func seek(by offset: Int, from origin: CInt) -> Int {
    let base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : bytes.count
    let (target, overflows) = base.addingReportingOverflow(offset)
    guard !overflows, (0...bytes.count).contains(target) else { return -1 }
    position = target
    return position
  }

  private func read(into target: UnsafeMutableRawPointer?, count: Int) -> Int {
    let available = min(max(count, 0), bytes.count - position)
    guard let target, available > 0 else { return 0 }
    bytes.withUnsafeBytes { source in
      let part = UnsafeRawBufferPointer(rebasing: source[position..<position + available])
      UnsafeMutableRawBufferPointer(start: target, count: available).copyMemory(from: part)
    }
    position += available
    return available
  }
}
