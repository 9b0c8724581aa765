import Testing

@testable import SignalProcessing

@Suite struct ImageFileTests {
  /// Colors that change in both directions.
  static func gradient(_ width: Int, _ height: Int) -> ImageFile {
    let pixels = (0..<width * height).flatMap { index -> [UInt8] in
      let (row, column) = (index / width, index % width)
      return [
        UInt8(row * 255 / max(height - 1, 1)), UInt8(column * 255 / max(width - 1, 1)),
        UInt8((row * 7 + column * 13) % 256),
      ]
    }
    return ImageFile(width: width, height: height, pixels: pixels)
  }

  @Test("A PNG file that we write gives the same pixels", arguments: [(1, 1), (64, 48), (7, 301)])
  func pngRoundTrip(width: Int, height: Int) throws {
    let image = Self.gradient(width, height)
    #expect(try ImageFile(bytes: image.png) == image)
  }

  private static let jpegBytes = JPEGFixture.bytes

  @Test("A JPEG file gives the pixels that another decoder gives")
  func jpeg() throws {
    let image = try ImageFile(bytes: Self.jpegBytes)
    #expect(image.width == 16 && image.height == 8)
    let expected = JPEGFixture.pixels
    let differences = zip(image.pixels, expected).map { abs(Int($0) - Int($1)) }
    #expect(expected.count == image.pixels.count && (differences.max() ?? 255) <= 1)
  }

  @Test("What is no image is refused with what it is")
  func noImage() {
    for bytes in [[], Array("GIF89a".utf8), [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8]] {
      #expect(throws: SignalFileError.self) { try ImageFile(bytes: bytes) }
    }
  }

  @Test("An image that claims to be huge takes no memory")
  func huge() throws {
    var bytes = Self.gradient(8, 8).png
    // The width in the header, and its checksum.
    bytes.replaceSubrange(16..<20, with: [0x00, 0x0f, 0xff, 0xff])
    #expect(throws: SignalFileError.self) { try ImageFile(bytes: bytes) }
  }

  @Test("6,000 mutated images are read or refused")
  func mutations() {
    let originals = [Self.gradient(20, 11).png, Self.jpegBytes]
    var random = Mutation(state: 11)
    var (read, refused) = (0, 0)
    for index in 0..<6_000 {
      do throws(SignalFileError) {
        let image = try ImageFile(bytes: random.mutated(originals[index % 2]))
        #expect(image.pixels.count == 3 * image.width * image.height)
        read += 1
      } catch {
        #expect(!error.found.isEmpty)
        refused += 1
      }
    }
    #expect(read > 50 && refused > 1_000, "\(read) read, \(refused) refused")
  }
}
