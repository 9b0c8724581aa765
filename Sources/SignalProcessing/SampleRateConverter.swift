import CSampleRate

/// Changes the rate of a mono signal with libsamplerate's best sinc filter, block by block.
///
/// The library computes in plain C doubles: the same blocks give the same samples.
final class SampleRateConverter {
  private let state: OpaquePointer
  private let ratio: Double
  private var output = [Float](repeating: 0, count: 16_384)

  /// - Precondition: the rates are within a factor of 256 of each other.
  init(from sourceHertz: Int, to targetHertz: Int) {
    var status: CInt = 0
    let state = src_new(CInt(SRC_SINC_BEST_QUALITY), 1, &status)
    guard let state else { fatalError("libsamplerate: \(String(cString: src_strerror(status)))") }
    self.state = state
    ratio = Double(targetHertz) / Double(sourceHertz)
    precondition(src_is_valid_ratio(ratio) == 1)
  }

  deinit { src_delete(state) }

  /// Converts a block, and hands what is ready to `body` in pieces.
  func convert(
    _ block: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) -> Void
  ) {
    process(block, isLast: false, body)
  }

  /// Ends the signal: hands over what the filter holds back.
  func finish(_ body: (UnsafeBufferPointer<Float>) -> Void) {
    // The library flushes only where the input pointer is not null, even without input.
    withUnsafePointer(to: Float(0)) {
      process(UnsafeBufferPointer(start: $0, count: 0), isLast: true, body)
    }
  }

  private func process(
    _ block: UnsafeBufferPointer<Float>, isLast: Bool, _ body: (UnsafeBufferPointer<Float>) -> Void
  ) {
    var data = SRC_DATA()
    data.data_in = block.baseAddress
    data.input_frames = block.count
    data.end_of_input = isLast ? 1 : 0
    data.src_ratio = ratio
    repeat {
      output.withUnsafeMutableBufferPointer { output in
        data.data_out = output.baseAddress
        data.output_frames = output.count
        let status = src_process(state, &data)
        precondition(status == 0, "libsamplerate refuses a block")
        body(UnsafeBufferPointer(rebasing: output[..<data.output_frames_gen]))
      }
      data.data_in = data.data_in.map { $0 + data.input_frames_used }
      data.input_frames -= data.input_frames_used
    } while data.input_frames > 0 || data.output_frames_gen > 0
  }
}
