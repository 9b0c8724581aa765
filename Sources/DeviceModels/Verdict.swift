import NeuralNetworks

/// Why a network cannot run on a device: data for the report, no error.
public enum Verdict: Sendable, Equatable {
  case operatorNotSupported(
    index: Int, name: String, operatorClass: OperatorClass, elementType: ElementType)
  case doesNotFitRAM(neededBytes: Int, availableBytes: Int)
  case doesNotFitFlash(neededBytes: Int, availableBytes: Int)
}
