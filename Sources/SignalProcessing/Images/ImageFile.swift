/// An image in memory: 8-bit RGB, row by row.
///
/// Reads PNG through libpng and JPEG through libjpeg-turbo. Gray is spread over three channels,
/// transparency lies on black, 16 bits become 8. A file is untrusted: its extents are held against
/// the limits below before memory is taken for its pixels, and a broken or truncated file is
/// refused.
public struct ImageFile: Sendable, Equatable {
  public static let sides = 1...8192
  public static let mostPixels = 1 << 24

  public let width: Int
  public let height: Int
  /// [height, width, 3].
  public let pixels: [UInt8]

  /// - Precondition: three bytes a pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == 3 * width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Complexity: O(pixels).
  ///
  /// - Throws: `SignalFileError` when the bytes are no such image, or it lies outside the limits.
  public init(bytes: [UInt8]) throws(SignalFileError) {
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
      self = try PNGCodec.decode(bytes)
    } else if bytes.starts(with: [0xff, 0xd8]) {
      self = try JPEGCodec.decode(bytes)
    } else {
      throw SignalFileError(
        place: "header", found: "no PNG and no JPEG", expected: "an image of either kind")
    }
  }

  /// The bytes of a PNG file of this image. O(pixels).
  public var png: [UInt8] { PNGCodec.encode(self) }

  static func check(width: Int, height: Int) throws(SignalFileError) {
    guard sides.contains(width), sides.contains(height), width * height <= mostPixels else {
      throw SignalFileError(
        place: "header", found: "\(width) x \(height) pixels",
        expected: "sides of at most \(sides.upperBound), and at most \(mostPixels) pixels")
    }
  }
}
