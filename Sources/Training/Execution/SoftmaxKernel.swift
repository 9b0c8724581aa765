import ReproducibleMath

/// Softmax over rows.
final class SoftmaxKernel: NodeKernel {
  private let beta: Float
  private let width: Int
  private let memory: NodeMemory

  init(beta: Float, width: Int, _ memory: NodeMemory) {
    self.beta = beta
    self.width = width
    self.memory = memory
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      let range = samples.lowerBound * output.count..<samples.upperBound * output.count
      for row in stride(from: range.lowerBound, to: range.upperBound, by: width) {
        Softmax.apply(
          input.value + row, into: output.value + row, width: width, beta: Double(beta))
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let output = memory.output
    batch.eachShard { _, samples in
      let (y, dy) = (
        output.value + samples.lowerBound * output.count, memory.upstream(samples.lowerBound)
      )
      memory.inputs[0].addGradient(samples) { target in
        for row in stride(from: 0, to: samples.count * output.count, by: width) {
          let dot = (row..<row + width).reduce(Float(0)) { $0 + y[$1] * dy[$1] }
          for i in row..<row + width { target[i] = beta * y[i] * (dy[i] - dot) }
        }
      }
    }
  }
}

enum Softmax {
  /// O(width); no overflow, sums in double.
  static func apply(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, width: Int,
    beta: Double
  ) {
    var greatest = -Float.infinity
    for i in 0..<width { greatest = max(greatest, input[i]) }
    var sum = 0.0
    for i in 0..<width {
      let power = ReproducibleMath.exp(beta * Double(input[i] - greatest))
      output[i] = Float(power)
      sum += power
    }
    for i in 0..<width { output[i] = Float(Double(output[i]) / sum) }
  }
}
