/// Turns an image into what a network takes: the middle of its aspect ratio, resized, as numbers
/// from 0 to 1.
///
/// Integers until the last step, so that a device's fixed-point code can give the same: each axis
/// that shrinks takes the mean of the area that a pixel covers, each that grows is interpolated
/// between pixel centers, with weights of 1/65,536 and one rounding for each axis.
public struct ImageFrontEnd: Sendable, Equatable {
  public static let sides = 1...1024
  public static let channelCounts = [1, 3]

  public let height: Int
  public let width: Int
  /// 3 for RGB; 1 for its luma (Rec. 601, in 256ths: 77, 150, 29).
  public let channelCount: Int

  /// Nil for sides or channels outside the limits.
  public init?(height: Int, width: Int, channelCount: Int) {
    guard ImageFrontEnd.sides.contains(height), ImageFrontEnd.sides.contains(width),
      ImageFrontEnd.channelCounts.contains(channelCount)
    else { return nil }
    self.height = height
    self.width = width
    self.channelCount = channelCount
  }

  /// Of the features: height, width, channels.
  public var extents: [Int] { [height, width, channelCount] }

  /// Values 0...1. Complexity: O(pixels of the image).
  public func features(of image: ImageFile) -> [Float] { bytes(of: image).map { Float($0) / 255 } }

  /// The features times 255.
  public func bytes(of image: ImageFile) -> [UInt8] {
    let crop = crop(of: image)
    let columns = ResizedAxis(from: crop.columns, to: width)
    let rows = ResizedAxis(from: crop.rows, to: height)
    // Rows of the image that are needed, at the final width; then columns of those.
    let wide = crop.rows.map { row in columns.line(image, row: row) }
    return (0..<height).flatMap { row -> [UInt8] in
      let line = rows.blend(wide, at: row, first: crop.rows.lowerBound)
      return channelCount == 3 ? line : ImageFrontEnd.luma(line)
    }
  }

  /// The largest part in the middle that has the aspect ratio of the result.
  private func crop(of image: ImageFile) -> (rows: Range<Int>, columns: Range<Int>) {
    let cropWidth = min(image.width, max(1, image.height * width / height))
    let cropHeight = min(image.height, max(1, image.width * height / width))
    let left = (image.width - cropWidth) / 2
    let top = (image.height - cropHeight) / 2
    return (top..<top + cropHeight, left..<left + cropWidth)
  }

  private static func luma(_ line: [UInt8]) -> [UInt8] {
    stride(from: 0, to: line.count, by: 3).map { index in
      let sum = 77 * Int(line[index]) + 150 * Int(line[index + 1]) + 29 * Int(line[index + 2])
      return UInt8((sum + 128) >> 8)
    }
  }
}

/// How the pixels of one axis become more or fewer.
struct ResizedAxis: Sendable {
  /// For each new pixel, old ones with their weights, which sum to `unit`.
  private(set) var taps: [[(index: Int, weight: Int)]]

  static let unit = 1 << 16

  init(from source: Range<Int>, to count: Int) {
    taps = (0..<count).map { place in
      source.count > count
        ? ResizedAxis.area(of: place, source, count)
        : ResizedAxis.line(at: place, source, count)
    }
  }

  /// Old pixels by the part that the new one covers, in units of 1/count.
  private static func area(
    of place: Int, _ source: Range<Int>, _ count: Int
  ) -> [(index: Int, weight: Int)] {
    let (start, end) = (place * source.count, (place + 1) * source.count)
    var rest = unit
    let indices = start / count...(end - 1) / count
    return indices.map { index in
      let overlap = min(end, (index + 1) * count) - max(start, index * count)
      let weight = index == indices.upperBound ? rest : unit * overlap / source.count
      rest -= weight
      return (source.lowerBound + index, weight)
    }
  }

  /// The two old pixels around the new one's center; edges are repeated.
  private static func line(
    at place: Int, _ source: Range<Int>, _ count: Int
  ) -> [(index: Int, weight: Int)] {
    // Centers, in units of 1/(2 count).
    let center = (2 * place + 1) * source.count - count
    let index = center >= 0 ? center / (2 * count) : -1
    let weight = unit * (center - index * 2 * count) / (2 * count)
    let low = source.lowerBound + max(index, 0)
    let high = source.lowerBound + min(index + 1, source.count - 1)
    return [(low, unit - weight), (high, weight)]
  }

  /// A row of an image at the new width.
  func line(_ image: ImageFile, row: Int) -> [UInt8] {
    let start = row * image.width
    return taps.flatMap { taps -> [UInt8] in
      (0..<3).map { channel in
        ResizedAxis.rounded(
          taps.reduce(0) { $0 + $1.weight * Int(image.pixels[3 * (start + $1.index) + channel]) })
      }
    }
  }

  /// A new row of old ones, of which the first has the index `first`.
  func blend(_ lines: [[UInt8]], at row: Int, first: Int) -> [UInt8] {
    lines[0].indices.map { column in
      ResizedAxis.rounded(
        taps[row].reduce(0) { $0 + $1.weight * Int(lines[$1.index - first][column]) })
    }
  }

  /// At most 255: weights sum to the unit.
  private static func rounded(_ sum: Int) -> UInt8 { UInt8((sum + unit / 2) / unit) }
}
