import NeuralNetworks

/// `TfIdfVectorizer` on integers: how often each n-gram of a pool occurs in a row.
enum NGramOperator {
  private enum Mode: String, CaseIterable {
    case frequency = "TF"
    case inverse = "IDF"
    case both = "TFIDF"
  }

  static func vectorize(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let pool = try call.required("pool_int64s", call.ints("pool_int64s"))
    let grams = try self.grams(call, pool)
    let weights = try call.floats("weights") ?? Array(repeating: 1, count: grams.count)
    let width = (grams.map(\.output).max() ?? -1) + 1
    guard (1...2).contains(input.rank), weights.count == grams.count else {
      throw call.problem(
        "input", found: "\(input.shape), \(weights.count) weights",
        expected: "rows, a weight for each of \(grams.count) n-grams")
    }
    let skips = try call.int("max_skip_count", default: 0)
    let length = input.shape[input.rank - 1]
    guard skips >= 0, skips <= 1 << 20 else {
      throw call.problem("attribute \"max_skip_count\"", found: "\(skips)", expected: "a count")
    }
    let rows = input.rank == 2 ? input.shape[0] : 1
    let tokens = try input.integers(limit: .max)
    let shape = try checkedShape(input.rank == 2 ? [rows, width] : [width], of: .float32)
    try call.count(steps: [rows, grams.count, skips + 1, max(length, 1)])
    let mode = try call.choice("mode", default: Mode.frequency)
    var values = [Double](repeating: 0, count: shape.elementCount)
    for row in 0..<rows {
      let tokens = Array(tokens[row * length..<(row + 1) * length])
      for (gram, weight) in zip(grams, weights) {
        let count = occurrences(gram.tokens, tokens, skips: skips)
        let value = mode == .inverse ? min(count, 1) : count
        values[row * width + gram.output] = mode == .frequency ? value : value * Double(weight)
      }
    }
    return try TensorValue(reals: values, like: .float32).reshaped(shape)
  }

  private struct Gram {
    var tokens: [Int]
    /// Column of the output.
    var output: Int
  }

  private static func grams(_ call: OperatorCall, _ pool: [Int]) throws(ModelError) -> [Gram] {
    let starts = try call.required("ngram_counts", call.ints("ngram_counts"))
    let outputs = try call.required("ngram_indexes", call.ints("ngram_indexes"))
    let shortest = try call.int("min_gram_length", default: 1)
    let longest = try call.int("max_gram_length", default: starts.count)
    guard outputs.allSatisfy({ (0..<1 << 24).contains($0) }) else {
      throw call.problem("ngram_indexes", found: "one out of range", expected: "columns")
    }
    var (grams, number) = ([Gram](), 0)
    for (index, start) in starts.enumerated() {
      let length = index + 1
      let end = index + 1 < starts.count ? starts[index + 1] : pool.count
      guard start >= 0, end >= start, end <= pool.count, (end - start) % length == 0 else {
        throw call.problem("ngram_counts", found: "\(starts)", expected: "starts of whole n-grams")
      }
      for place in stride(from: start, to: end, by: length) {
        guard number < outputs.count else {
          throw call.problem("ngram_indexes", found: "\(outputs.count)", expected: "more")
        }
        if length >= shortest, length <= longest {
          grams.append(
            Gram(tokens: Array(pool[place..<place + length]), output: outputs[number]))
        }
        number += 1
      }
    }
    return grams
  }

  /// Neighbours in an n-gram may be up to `skips` tokens apart, evenly.
  private static func occurrences(_ gram: [Int], _ tokens: [Int], skips: Int) -> Double {
    var count = 0
    for skip in 0...(gram.count == 1 ? 0 : skips) {
      let span = (gram.count - 1) * (skip + 1) + 1
      guard span <= tokens.count else { break }
      for start in 0...tokens.count - span
      where gram.indices.allSatisfy({ tokens[start + $0 * (skip + 1)] == gram[$0] }) {
        count += 1
      }
    }
    return Double(count)
  }
}
