import DiscreteEvents
import ReproducibleMath

/// Damages bytes in the ways that files are damaged: flips, cuts, copies, insertions.
enum Mutation {
  private static let telling =
    Array("{}[]\",:\\u0001eE+-.'NaN \n\r".utf8) + [0, 0x80, 0xC0, 0xED, 0xFF]

  static func of(_ bytes: [UInt8], with random: inout RandomStream) -> [UInt8] {
    var result = bytes
    for _ in 0...random.uniform(below: 3) where !result.isEmpty {
      let place = Int(random.uniform(below: Int64(result.count)))
      let length = min(Int(random.uniform(below: 12)) + 1, result.count - place)
      switch random.uniform(below: 6) {
      case 0: result[place] ^= UInt8(1) << UInt8(random.uniform(below: 8))
      case 1: result[place] = telling[Int(random.uniform(below: Int64(telling.count)))]
      case 2:
        result.insert(telling[Int(random.uniform(below: Int64(telling.count)))], at: place)
      case 3: result.removeSubrange(place..<place + length)
      case 4: result.insert(contentsOf: result[place..<place + length], at: place)
      default: result.removeSubrange(place...)
      }
    }
    return result
  }
}
