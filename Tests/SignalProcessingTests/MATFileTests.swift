import Testing

@testable import SignalProcessing

@Suite struct MATFileTests {
  /// A MATLAB file with arrays of doubles, by name.
  static func file(_ arrays: [(name: String, values: [Double])]) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
    func element(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
      let padding = [UInt8](repeating: 0, count: (8 - payload.count % 8) % 8)
      return word(type) + word(payload.count) + payload + padding
    }
    var bytes = [UInt8](repeating: 32, count: 124) + [0, 1] + Array("IM".utf8)
    for array in arrays {
      let numbers = array.values.flatMap { value in
        (0..<8).map { UInt8(value.bitPattern >> (8 * $0) & 255) }
      }
      bytes += element(
        14,
        element(6, word(6) + word(0)) + element(5, word(array.values.count) + word(1))
          + element(1, Array(array.name.utf8)) + element(9, numbers))
    }
    return bytes
  }

  @Test("Arrays come with names, extents and numbers")
  func arrays() throws {
    let bytes = Self.file([("X118_DE_time", [1, -2.5, 3]), ("X118RPM", [1796])])
    let file = try MATFile(bytes: bytes)
    #expect(file.variables.map(\.name) == ["X118_DE_time", "X118RPM"])
    #expect(file.variables[0].values == [1, -2.5, 3] && file.variables[0].rowCount == 3)
    #expect(try file.recording(suffix: "DE_time") == [1, -2.5, 3])
    #expect(try file.recording(suffix: "other") == [1, -2.5, 3])
  }

  @Test("What is wrong is told by the byte")
  func problems() {
    let good = Self.file([("a", [1, 2, 3])])
    func error(_ bytes: [UInt8]) -> SignalFileError? {
      do throws(SignalFileError) {
        _ = try MATFile(bytes: bytes)
        return nil
      } catch { return error }
    }
    #expect(error([])?.place == "header")
    #expect(error(Array(good.dropLast(8)))?.place == "byte 128")
    var compressed = good
    compressed[128] = 15
    #expect(error(compressed)?.found == "a compressed array")
    var endless = good
    endless.replaceSubrange(
      endless.count - 8..<endless.count, with: [0, 0, 0, 0, 0, 0, 0xf0, 0x7f])
    #expect(error(endless)?.found == "a number that is not finite")
    var longer = good
    longer[160] = 4
    #expect(error(longer)?.expected.contains("4 x 1") == true)
  }

  @Test("20,000 mutated files are read or refused")
  func mutations() {
    let original = Self.file([("DE_time", (0..<40).map(Double.init)), ("b", [1, 2])])
    var random = Mutation(state: 5)
    var (read, refused) = (0, 0)
    for _ in 0..<20_000 {
      var bytes = original
      bytes.replaceSubrange(128..., with: random.mutated(Array(original[128...])))
      do throws(SignalFileError) {
        let file = try MATFile(bytes: bytes)
        #expect(file.variables.allSatisfy { $0.values.count <= bytes.count })
        read += 1
      } catch { refused += 1 }
    }
    #expect(read > 1_000 && refused > 1_000, "\(read) read, \(refused) refused")
  }
}
