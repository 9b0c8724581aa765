import NeuralNetworks
import ReproducibleMath

/// Seeded float networks of convolutions, depthwise layers, sums, products, concatenations, pools,
/// paddings, reductions and dense layers, in any order that fits.
struct RandomGraph {
  private let builder: NetworkBuilder
  private var images: [Int] = [0]

  init(seed: UInt64) {
    builder = NetworkBuilder(seed: seed, input: [1, 8, 8, 2])
    builder.random = RandomStream(seed: seed, name: "graph")
  }

  mutating func network() -> Network {
    for _ in 0..<6 + builder.below(6) { addOperator() }
    let last = images[images.count - 1]
    let row = builder.below(2) == 0 ? builder.mean(last) : builder.flatten(last)
    let hidden = builder.dense(row, 3 + builder.below(6))
    let result = builder.dense(hidden, 4, activation: .none)
    let other = images[builder.below(images.count)]
    return builder.below(4) == 0 && other != 0
      ? builder.network(result, other) : builder.network(result)
  }

  private mutating func addOperator() {
    // Mostly the newest, so that networks are deep.
    let age = builder.below(3) == 0 ? builder.below(images.count) : images.count - 1
    let source = images[age]
    let shape = builder.shape(source)
    let partners = images.filter { builder.shape($0) == shape && $0 != 0 }
    let neighbors = images.filter {
      builder.shape($0)[1] == shape[1] && builder.shape($0)[2] == shape[2]
    }
    switch builder.below(9) {
    case 0 where !partners.isEmpty:
      images.append(builder.sum(source, partners[builder.below(partners.count)]))
    case 1 where !partners.isEmpty:
      images.append(builder.product(source, partners[builder.below(partners.count)]))
    case 2:
      images.append(
        builder.concatenation([source, neighbors[builder.below(neighbors.count)]]))
    case 3 where shape[1] > 3 && shape[2] > 3: images.append(builder.pool(source))
    case 4: images.append(builder.pad(source, channels: Int32(builder.below(2))))
    case 5: images.append(builder.depthwise(source, multiplier: 1 + builder.below(2)))
    case 6: images.append(builder.add(.logistic, [source], shape))
    case 7:
      // Equal shapes on purpose, so that sums have partners.
      images.append(builder.convolution(source, shape[3]))
    default:
      let side = 1 + 2 * builder.below(2)
      images.append(builder.convolution(source, 3 + builder.below(6), kernel: (side, side)))
    }
  }
}
