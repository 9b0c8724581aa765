import NeuralNetworks

/// Chooses the bits of each layer, so that a budget is kept with little loss.
public struct MixedPrecision: Sendable {
  /// What a layer loses with so many bits while all others stay as they are.
  public struct Layer: Sendable, Equatable {
    /// Of its weights.
    public var name: String
    /// By bits.
    public var losses: [Int: Double]

    public init(name: String, losses: [Int: Double]) {
      self.name = name
      self.losses = losses
    }
  }

  /// Bits by layer, for `QuantizationSettings.weightBitsByLayer`.
  ///
  /// Begins with the least loss everywhere, and takes the step that loses least for what it saves
  /// until the budget is kept. O((layers x widths)^2).
  ///
  /// - Parameters:
  ///   - cost: of a layer with so many bits: bytes, or seconds on a device.
  ///   - budget: of all layers together.
  /// - Throws: `ModelError` when even the cheapest choice is over the budget, or a layer has no
  ///   choice.
  public static func bits(
    for layers: [Layer], budget: Double, cost: (_ layer: String, _ bits: Int) -> Double
  ) throws(ModelError) -> [String: Int] {
    let choices = layers.map { layer in
      layer.losses.map { Choice(bits: $0, loss: $1, cost: cost(layer.name, $0)) }
        .sorted { ($0.loss, $0.cost, $0.bits) < ($1.loss, $1.cost, $1.bits) }
    }
    if let empty = choices.firstIndex(where: \.isEmpty) {
      throw ModelError(
        place: "layer \(layers[empty].name)", found: "no bit width", expected: "one or more")
    }
    var chosen = choices.map { $0[0] }
    while chosen.reduce(0, { $0 + $1.cost }) > budget {
      guard let step = bestStep(choices, chosen) else {
        let least = chosen.reduce(0) { $0 + $1.cost }
        throw ModelError(
          place: "mixed precision", found: "a budget of \(budget)", expected: "at least \(least)")
      }
      chosen[step.layer] = step.choice
    }
    return Dictionary(uniqueKeysWithValues: zip(layers, chosen).map { ($0.name, $1.bits) })
  }

  private struct Choice {
    let bits: Int
    let loss, cost: Double
  }

  /// The cheaper choice of a layer with the least loss for what it saves; of equal ones the first.
  private static func bestStep(
    _ choices: [[Choice]], _ chosen: [Choice]
  ) -> (layer: Int, choice: Choice)? {
    var best: (layer: Int, choice: Choice)?
    var least = Double.infinity
    for (layer, options) in choices.enumerated() {
      for option in options where option.cost < chosen[layer].cost {
        let price = (option.loss - chosen[layer].loss) / (chosen[layer].cost - option.cost)
        if price < least { (best, least) = ((layer, option), price) }
      }
    }
    return best
  }
}
