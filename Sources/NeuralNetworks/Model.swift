/// A model of any format: networks with fixed shapes are planned, ONNX graphs are evaluated.
public enum Model: Sendable {
  case network(Network)
  case onnx(ONNXModel)
}
