import NeuralNetworks

/// Bytes that constant weights take in each way to store them.
public struct WeightStorage: Sendable, Equatable {
  public var elementCount, nonzeroCount: Int
  /// All elements, packed.
  public var denseBytes: Int
  /// A bit for each element, and the elements that are not zero.
  public var bitmaskBytes: Int
  /// Compressed rows, as in the sparse encoding of `.tflite`: where each row of the first axis
  /// ends, the places in it, and the elements that are not zero; indices take 1, 2 or 4 bytes.
  public var compressedRowBytes: Int
  /// Codes of equal length and a table of values; as dense where the values are over 256.
  public var codebookBytes: Int
  /// The same with codes of Huffman's lengths, and a byte for the length of each.
  public var huffmanBytes: Int
  /// The values that are not zero, and the gaps between them, in Huffman's codes (Han et al. 2016,
  /// "Deep Compression"); as dense where the values are over 256.
  public var deepCompressionBytes: Int

  /// The least of all.
  public var leastBytes: Int {
    [
      denseBytes, bitmaskBytes, compressedRowBytes, codebookBytes, huffmanBytes,
      deepCompressionBytes,
    ].min() ?? denseBytes
  }

  public static let none = WeightStorage(
    elementCount: 0, nonzeroCount: 0, denseBytes: 0, bitmaskBytes: 0, compressedRowBytes: 0,
    codebookBytes: 0, huffmanBytes: 0, deepCompressionBytes: 0)

  public static func + (a: WeightStorage, b: WeightStorage) -> WeightStorage {
    WeightStorage(
      elementCount: a.elementCount + b.elementCount, nonzeroCount: a.nonzeroCount + b.nonzeroCount,
      denseBytes: a.denseBytes + b.denseBytes, bitmaskBytes: a.bitmaskBytes + b.bitmaskBytes,
      compressedRowBytes: a.compressedRowBytes + b.compressedRowBytes,
      codebookBytes: a.codebookBytes + b.codebookBytes,
      huffmanBytes: a.huffmanBytes + b.huffmanBytes,
      deepCompressionBytes: a.deepCompressionBytes + b.deepCompressionBytes)
  }
}

extension WeightStorage {
  /// O(elements x log distinct values).
  init(_ tensor: Tensor) {
    let bits = tensor.elementType.bitWidth
    let symbols = tensor.symbols
    elementCount = tensor.shape.elementCount
    nonzeroCount = symbols.map { $0.count { $0 != 0 } } ?? elementCount
    denseBytes = tensor.byteCount
    let valueBytes = Self.bytes(nonzeroCount * bits)
    bitmaskBytes = Self.bytes(elementCount) + valueBytes
    let rows = tensor.shape.dimensions.first ?? 1
    compressedRowBytes =
      (rows + 1) * Self.indexBytes(nonzeroCount)
      + nonzeroCount * Self.indexBytes(elementCount / max(rows, 1) - 1) + valueBytes
    let coded = symbols.flatMap { CodedSymbols($0, bitsPerValue: bits) }
    codebookBytes = coded?.codebookBytes ?? denseBytes
    huffmanBytes = coded?.huffmanBytes ?? denseBytes
    deepCompressionBytes =
      coded?.deepCompressionBytes(isDense: tensor.shape.rank == 2) ?? denseBytes
  }

  fileprivate static func bytes(_ bits: Int) -> Int { (bits + 7) / 8 }

  private static func indexBytes(_ greatest: Int) -> Int {
    greatest <= 0xFF ? 1 : greatest <= 0xFFFF ? 2 : 4
  }
}

/// A tensor's elements, when they are of at most 256 kinds.
private struct CodedSymbols {
  let symbols: [Int32]
  let bitsPerValue: Int
  let counts: [Int32: Int]

  init?(_ symbols: [Int32], bitsPerValue: Int) {
    var counts: [Int32: Int] = [:]
    for symbol in symbols {
      counts[symbol, default: 0] += 1
      if counts.count > 256 { return nil }
    }
    self.symbols = symbols
    self.bitsPerValue = bitsPerValue
    self.counts = counts
  }

  private var tableBytes: Int { WeightStorage.bytes(counts.count * bitsPerValue) }

  var codebookBytes: Int {
    let codeBits = counts.count <= 1 ? 0 : Int.bitWidth - (counts.count - 1).leadingZeroBitCount
    return WeightStorage.bytes(symbols.count * codeBits) + tableBytes
  }

  var huffmanBytes: Int {
    WeightStorage.bytes(Huffman.bitCount(Array(counts.values))) + tableBytes + counts.count
  }

  /// Gaps are of 8 bits for convolutions and of 5 for dense layers; a longer one takes zeros on
  /// its way.
  func deepCompressionBytes(isDense: Bool) -> Int {
    let longest = isDense ? 32 : 256
    var gaps = [Int](repeating: 0, count: longest + 1)
    var (gap, fillers) = (0, 0)
    for symbol in symbols {
      gap += 1
      guard symbol != 0 || gap == longest else { continue }
      if symbol == 0 { fillers += 1 }
      gaps[gap] += 1
      gap = 0
    }
    var values = counts
    values[0] = fillers == 0 ? nil : fillers
    let bits = Huffman.bitCount(Array(values.values)) + Huffman.bitCount(gaps)
    let table = WeightStorage.bytes(values.count * bitsPerValue)
    return WeightStorage.bytes(bits) + table + values.count + gaps.count { $0 > 0 }
  }
}
