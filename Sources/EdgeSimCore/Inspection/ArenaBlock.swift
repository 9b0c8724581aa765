import Inference
import NeuralNetworks

/// A place of the arena over the time that something lies there.
struct ArenaBlock {
  /// Tensors that lie there, the first one first.
  var tensors: [Int]
  var name: String
  var offset: Int
  var byteCount: Int
  /// Steps of execution.
  var lifetime: ClosedRange<Int>

  /// By offset, then by time. O(n log n).
  static func all(of plan: ExecutionPlan) -> [ArenaBlock] {
    var blocks: [ArenaBlock] = []
    var blockOfOwner: [Int: Int] = [:]
    for buffer in plan.arena.buffers.sorted(by: {
      ($0.lifetime.lowerBound, $0.tensor) < ($1.lifetime.lowerBound, $1.tensor)
    }) {
      guard let index = blockOfOwner[buffer.owner] else {
        blockOfOwner[buffer.owner] = blocks.count
        blocks.append(
          ArenaBlock(
            tensors: [buffer.tensor], name: plan.network.main.tensors[buffer.tensor].name,
            offset: buffer.offset, byteCount: ArenaBuffer.rounded(buffer.byteCount),
            lifetime: buffer.lifetime))
        continue
      }
      let first = blocks[index].lifetime.lowerBound
      let last = max(blocks[index].lifetime.upperBound, buffer.lifetime.upperBound)
      blocks[index].tensors.append(buffer.tensor)
      blocks[index].lifetime = first...last
    }
    return blocks.sorted {
      ($0.offset, $0.lifetime.lowerBound) < ($1.offset, $1.lifetime.lowerBound)
    }
  }

  /// `12`, or `12=13` where tensors share the place.
  var label: String { tensors.map(String.init).joined(separator: "=") }
}
