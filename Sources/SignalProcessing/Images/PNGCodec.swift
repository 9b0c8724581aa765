import CPNG

/// PNG through libpng's simplified interface, which keeps its long jumps to itself.
enum PNGCodec {
  private static let rgb = UInt32(PNG_FORMAT_FLAG_COLOR)

  static func decode(_ bytes: [UInt8]) throws(SignalFileError) -> ImageFile {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else {
      throw problem(image, place: "header")
    }
    try ImageFile.check(width: Int(image.width), height: Int(image.height))
    image.format = rgb
    var pixels = [UInt8](repeating: 0, count: 3 * Int(image.width) * Int(image.height))
    var background = png_color(red: 0, green: 0, blue: 0)
    let (width, height) = (Int(image.width), Int(image.height))
    guard png_image_finish_read(&image, &background, &pixels, 0, nil) != 0 else {
      throw problem(image, place: "pixels")
    }
    // A warning is a defect that libpng worked around.
    guard image.warning_or_error == 0 else { throw problem(image, place: "pixels") }
    return ImageFile(width: width, height: height, pixels: pixels)
  }

  /// Compressed as libpng does by default.
  static func encode(_ file: ImageFile) -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(file.width)
    image.height = UInt32(file.height)
    image.format = rgb
    // No more than deflate's bound: 6 bytes for each block of 16 KiB, and the chunks around it.
    var count = (3 * file.width + 1) * file.height
    count += count / 1024 + 4096
    var bytes = [UInt8](repeating: 0, count: count)
    guard png_image_write_to_memory(&image, &bytes, &count, 0, file.pixels, 0, nil) != 0 else {
      preconditionFailure("an image in memory could not be written")
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private static func problem(_ image: png_image, place: String) -> SignalFileError {
    let text = withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return SignalFileError(place: place, found: "\"\(text)\"", expected: "a PNG image")
  }
}
