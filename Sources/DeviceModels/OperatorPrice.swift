import NeuralNetworks

/// What operators of one class cost on one element type. Absent parts cost nothing.
public struct OperatorPrice: Sendable, Equatable {
  public var operatorClass: OperatorClass
  public var elementType: ElementType
  public var cyclesPerMAC: Figure?
  public var cyclesPerElement: Figure?
  /// Of weights, inputs and outputs.
  public var cyclesPerByte: Figure?

  public init(
    operatorClass: OperatorClass, elementType: ElementType, cyclesPerMAC: Figure? = nil,
    cyclesPerElement: Figure? = nil, cyclesPerByte: Figure? = nil
  ) {
    self.operatorClass = operatorClass
    self.elementType = elementType
    self.cyclesPerMAC = cyclesPerMAC
    self.cyclesPerElement = cyclesPerElement
    self.cyclesPerByte = cyclesPerByte
  }
}
