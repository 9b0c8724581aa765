/// Writes a network as an ONNX model (operator set 18, or 21 for int16 and int4).
///
/// Convolutions and pools work on NCHW; transposes stand only where another operator needs the
/// order of the network, as at its inputs. Quantized tensors are stored as integers between a
/// QuantizeLinear and a DequantizeLinear, and operators compute floats (QDQ): what a runtime makes
/// of that is its own arithmetic, not that of the `.tflite` file.
public enum ONNXWriter {
  /// The bytes of a file. O(bytes).
  ///
  /// - Throws: `ModelError` when the network is not valid, or with the operators that have no form
  ///   in ONNX, or none that is written here.
  public static func bytes(of network: Network) throws(ModelError) -> [UInt8] {
    try model(of: network).encoded()
  }

  /// The model as `ONNXReader` would read it.
  static func model(of network: Network) throws(ModelError) -> ONNXModel {
    try network.validate()
    guard network.subgraphs.count == 1 else {
      throw ModelError(
        place: "network", found: "\(network.subgraphs.count) subgraphs",
        expected: "one, without calls, for ONNX")
    }
    var builder = ONNXGraphBuilder(network.main)
    var failures: [ModelError] = []
    for index in network.main.operators.indices {
      do throws(ModelError) { try builder.add(operator: index) } catch { failures.append(error) }
    }
    if let failure = ModelError(all: failures) { throw failure }
    builder.finish()
    let isNarrow = network.main.tensors.contains {
      $0.elementType == .int4 || $0.elementType == .int16 && $0.quantization != nil
    }
    return ONNXModel(
      name: network.name, operatorSets: [.init(domain: "", version: isNarrow ? 21 : 18)],
      graph: builder.graph, fileByteCount: 0)
  }
}
