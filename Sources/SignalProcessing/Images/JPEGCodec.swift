import CTurboJPEG

/// JPEG through libjpeg-turbo.
enum JPEGCodec {
  static func decode(_ bytes: [UInt8]) throws(SignalFileError) -> ImageFile {
    guard let handle = tjInitDecompress() else { fatalError("libjpeg-turbo: out of memory") }
    defer { tjDestroy(handle) }
    var (width, height, sampling, colors): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
    let size = UInt(bytes.count)
    guard
      tjDecompressHeader3(handle, bytes, size, &width, &height, &sampling, &colors) == 0
    else { throw problem(handle, place: "header") }
    try ImageFile.check(width: Int(width), height: Int(height))
    var pixels = [UInt8](repeating: 0, count: 3 * Int(width) * Int(height))
    // The accurate transform gives the same pixels with and without vector instructions; warnings
    // are refused, and so are the endless scans of a hostile progressive file.
    let flags = CInt(TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
    let format = CInt(TJPF_RGB.rawValue)
    guard
      tjDecompress2(handle, bytes, size, &pixels, width, 0, height, format, flags) == 0
    else { throw problem(handle, place: "pixels") }
    return ImageFile(width: Int(width), height: Int(height), pixels: pixels)
  }

  private static func problem(_ handle: tjhandle, place: String) -> SignalFileError {
    SignalFileError(
      place: place, found: "\"\(String(cString: tjGetErrorStr2(handle)))\"",
      expected: "a JPEG image")
  }
}
