import NeuralNetworks

/// A setting of layers: one value for all, and other ones for layers that are named.
public struct PerLayer<Value: Sendable & Equatable>: Sendable, Equatable {
  public struct Exception: Sendable, Equatable {
    /// The weights' name.
    public var layer: String
    /// Nil leaves the layer alone.
    public var value: Value?

    public init(_ layer: String, _ value: Value?) {
      self.layer = layer
      self.value = value
    }
  }

  /// Nil leaves all layers alone that are not named.
  public var standard: Value?
  public var exceptions: [Exception]

  public init(_ standard: Value?, except exceptions: [Exception] = []) {
    self.standard = standard
    self.exceptions = exceptions
  }

  /// All values that are stated.
  var values: [Value] { [standard].compactMap { $0 } + exceptions.compactMap(\.value) }
}

/// A layer with its setting.
struct LayerSetting<Value: Sendable & Equatable>: Sendable, Equatable {
  var layer: WeightLayer
  var value: Value
  /// Whether it was asked for by name: what cannot be done to it is an error then.
  var isNamed: Bool
}

extension PerLayer {
  /// The layers that have a value, in their order. O(layers x exceptions).
  ///
  /// - Throws: `ModelError` when a name is of no layer, or stands twice.
  func resolved(in network: Network) throws(ModelError) -> [LayerSetting<Value>] {
    let layers = network.weightLayers
    try checkNames(of: layers, in: network)
    return layers.compactMap { layer in
      let exception = exceptions.first { $0.layer == layer.name }
      let value = exception.map(\.value) ?? standard
      return value.map { LayerSetting(layer: layer, value: $0, isNamed: exception != nil) }
    }
  }

  private func checkNames(of layers: [WeightLayer], in network: Network) throws(ModelError) {
    let names = layers.map(\.name)
    for (index, exception) in exceptions.enumerated() {
      guard names.contains(exception.layer) else {
        throw Self.unknown(exception.layer, names, network)
      }
      guard !exceptions[..<index].contains(where: { $0.layer == exception.layer }) else {
        throw ModelError(
          place: "layer \(exception.layer)", found: "a second setting", expected: "one")
      }
    }
  }

  private static func unknown(_ name: String, _ names: [String], _ network: Network) -> ModelError {
    if let tensor = network.main.tensors.first(where: { $0.name == name }) {
      return ModelError(
        place: "layer \(name)", found: "a tensor of \(tensor.type)",
        expected: "constant float32 weights of a convolution or a dense layer")
    }
    return .unknownLayer(name, among: names)
  }
}

extension ModelError {
  static func unknownLayer(_ name: String, among names: [String]) -> ModelError {
    let hint = NearestName.of(name, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
    let known = names.isEmpty ? "layers, but the network has none" : "one of \(names.count) layers"
    return ModelError(place: "layer \(name)", found: "no such layer", expected: known + hint)
  }
}
