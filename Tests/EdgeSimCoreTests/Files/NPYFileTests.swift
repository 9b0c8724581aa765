import DiscreteEvents
import NeuralNetworks
import ReproducibleMath
import Testing

@testable import EdgeSimCore

@Suite struct NPYFileTests {
  private func file(_ header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
    let count = header.utf8.count
    let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + data
  }

  @Test("Every element type and shape reads back as it was written")
  func roundTrip() throws {
    for type in [.int8, .uint8, .bool, .int16, .int32, .int64, .float16, .float32, .float64]
      as [ElementType]
    {
      for shape in [[], [0], [7], [2, 3], [1, 2, 0, 4], [1, 1, 1, 1, 1, 1, 1, 2]] as [[Int]] {
        let size = type.byteCount(of: shape.reduce(1, *))
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let array = NPYFile(elementType: type, shape: shape, bytes: bytes)
        #expect((array.content.count - size) % 64 == 0)
        #expect(try NPYFile.parse(array.content, file: "x.npy") == array)
      }
    }
  }

  @Test("The content is that of numpy.save, byte by byte")
  func golden() {
    let array = NPYFile(elementType: .int16, shape: [2], bytes: [1, 0, 2, 0])
    let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }"
    let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
    #expect(array.content == file(padded, data: [1, 0, 2, 0]))
  }

  @Test("Versions 2 and 3, other orders of the keys and either quote are read")
  func spellings() throws {
    let header = "{\"shape\":(2 , 1,),'fortran_order':False,'descr':'|u1'}   \n"
    for version in 1...3 as ClosedRange<UInt8> {
      let array = try NPYFile.parse(file(header, version: version, data: [5, 6]), file: "x.npy")
      #expect(array.shape == [2, 1] && array.bytes == [5, 6])
    }
  }

  @Test(
    "Headers that NumPy would not write are refused",
    arguments: [
      "", "{", "{}", "{'descr': '|u1', 'shape': (2,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2,,1)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (+2,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (-2,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2,1,1,1,1,1,1,1,1)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (4611686018427387904,4,2)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}",
      "{'descr': '|u1', 'fortran_order': True, 'shape': (2,)}",
      "{'descr': '>i2', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}",
      "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)} x",
    ])
  func refused(_ header: String) {
    #expect(throws: InputError.self) {
      try NPYFile.parse(file(header, data: [1, 2]), file: "x.npy")
    }
  }

  @Test("20,000 damaged files are read or refused; what is read has the bytes of its shape")
  func mutations() {
    var random = RandomStream(seed: 5, name: "arrays")
    let sample = NPYFile(elementType: .int16, shape: [2, 3], bytes: Array(0..<12)).content
    var accepted = 0
    for index in 0..<20_000 {
      // Half of them are headers whose length is right, so that the parser sees the damage.
      var damaged = Mutation.of(sample, with: &random)
      if index % 2 == 1 {
        let header = Mutation.of(Array(sample[10..<70]), with: &random)
        damaged = file(String(decoding: header, as: UTF8.self), data: Array(0..<12))
      }
      guard let array = try? NPYFile.parse(damaged, file: "x.npy") else { continue }
      accepted += 1
      #expect(array.elementType.byteCount(of: array.shape.reduce(1, *)) == array.bytes.count)
    }
    // Few: nearly every byte of a header has a meaning.
    #expect((100..<10_000).contains(accepted))
  }

  @Test("Every prefix of a file is refused")
  func truncated() {
    let sample = NPYFile(elementType: .uint8, shape: [9], bytes: Array(0..<9)).content
    for count in sample.indices {
      #expect(throws: InputError.self) { try NPYFile.parse(Array(sample[..<count]), file: "x") }
    }
  }
}
