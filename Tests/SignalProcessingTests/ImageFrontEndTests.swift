import Testing

@testable import SignalProcessing

@Suite struct ImageFrontEndTests {
  @Test("An image of the right size passes unchanged")
  func identity() throws {
    let image = ImageFileTests.gradient(24, 17)
    let frontEnd = try #require(ImageFrontEnd(height: 17, width: 24, channelCount: 3))
    #expect(frontEnd.bytes(of: image) == image.pixels)
    #expect(frontEnd.features(of: image) == image.pixels.map { Float($0) / 255 })
  }

  @Test("Halving takes the mean of four pixels")
  func halving() throws {
    let image = ImageFileTests.gradient(12, 10)
    let frontEnd = try #require(ImageFrontEnd(height: 5, width: 6, channelCount: 3))
    let bytes = frontEnd.bytes(of: image)
    for row in 0..<5 {
      for column in 0..<6 {
        for channel in 0..<3 {
          let parts = (0..<4).map { part in
            Double(image.pixels[3 * ((2 * row + part / 2) * 12 + 2 * column + part % 2) + channel])
          }
          let mean = parts.reduce(0, +) / 4
          #expect(abs(Double(bytes[3 * (row * 6 + column) + channel]) - mean) <= 1)
        }
      }
    }
  }

  @Test("An even image stays even at any size", arguments: [(3, 5), (64, 64), (200, 31), (1, 1)])
  func constant(height: Int, width: Int) throws {
    let image = ImageFile(
      width: 40, height: 30, pixels: (0..<1200).flatMap { _ in [255, 7, 128] as [UInt8] })
    let frontEnd = try #require(ImageFrontEnd(height: height, width: width, channelCount: 3))
    let expected = (0..<height * width).flatMap { _ in [255, 7, 128] as [UInt8] }
    #expect(frontEnd.bytes(of: image) == expected)
    let gray = try #require(ImageFrontEnd(height: height, width: width, channelCount: 1))
    #expect(gray.bytes(of: image) == [UInt8](repeating: 95, count: height * width))
  }

  @Test("Weights of a new pixel sum to one and stay in the source")
  func weights() {
    for (source, count) in [(5, 3), (3, 5), (1, 7), (7, 1), (640, 64), (64, 640)] {
      for taps in ResizedAxis(from: 10..<10 + source, to: count).taps {
        #expect(taps.reduce(0) { $0 + $1.weight } == ResizedAxis.unit)
        #expect(taps.allSatisfy { (10..<10 + source).contains($0.index) && $0.weight >= 0 })
      }
    }
  }

  @Test("Enlarging is linear between pixel centers")
  func enlarging() throws {
    let image = ImageFile(
      width: 2, height: 2, pixels: [0, 0, 0, 200, 200, 200, 0, 0, 0, 200, 200, 200])
    let frontEnd = try #require(ImageFrontEnd(height: 4, width: 4, channelCount: 1))
    #expect(Array(frontEnd.bytes(of: image)[..<4]) == [0, 50, 150, 200])
  }

  @Test("The middle of a wide image is taken")
  func crop() throws {
    var pixels = [UInt8](repeating: 0, count: 3 * 40)
    for column in 3..<7 {
      for row in 0..<4 {
        for channel in 0..<3 {
          pixels[3 * (row * 10 + column) + channel] = 90
        }
      }
    }
    let image = ImageFile(width: 10, height: 4, pixels: pixels)
    let frontEnd = try #require(ImageFrontEnd(height: 2, width: 2, channelCount: 1))
    #expect(frontEnd.bytes(of: image) == [90, 90, 90, 90])
  }
}
