import DeviceModels
import Inference
import NeuralNetworks

/// Reads one of `runtimes` of a device document.
enum RuntimeDocument {
  private static let arithmetics = Arithmetic.allCases.map(\.rawValue)

  static func read(_ object: DocumentObject) -> Runtime? {
    defer { object.finish() }
    let name = object.string("name")
    let arithmetic = object.choice("arithmetic", of: arithmetics)
    let inference = object.figure("cyclesPerInference", .cycles)
    let perOperator = object.figure("cyclesPerOperator", .cycles)
    let residual = object.figure("residual", .ratio)
    let code = object.optionalFigure("codeSize", .data)
    let prices = object.objects("prices", count: 1...128)?.compactMap(readPrice)
    let frontEnds = object.optionalObjects("frontEnds", count: 0...16)?.compactMap(readFrontEnd)
    guard let name, let arithmetic, let inference, let perOperator, let residual, let prices
    else { return nil }
    return Runtime(
      name: name, arithmetic: arithmetic, cyclesPerInference: inference,
      cyclesPerOperator: perOperator, prices: prices, frontEnds: frontEnds ?? [],
      codeBytes: code, residual: residual)
  }

  private static func readPrice(_ object: DocumentObject) -> OperatorPrice? {
    defer { object.finish() }
    let operatorClass = object.choice("operatorClass", of: OperatorClass.allCases.map(\.rawValue))
      .flatMap(OperatorClass.init(rawValue:))
    let elementType = object.choice("elementType", of: ElementType.allCases.map(\.rawValue))
      .flatMap(ElementType.init(rawValue:))
    let mac = object.optionalFigure("cyclesPerMAC", .cycles)
    let element = object.optionalFigure("cyclesPerElement", .cycles)
    let byte = object.optionalFigure("cyclesPerByte", .cycles)
    guard let operatorClass, let elementType else { return nil }
    return OperatorPrice(
      operatorClass: operatorClass, elementType: elementType, cyclesPerMAC: mac,
      cyclesPerElement: element, cyclesPerByte: byte)
  }

  private static func readFrontEnd(_ object: DocumentObject) -> FrontEndPrice? {
    defer { object.finish() }
    guard let name = object.string("name"), let cycles = object.figure("cyclesPerHop", .cycles)
    else { return nil }
    return FrontEndPrice(name: name, cyclesPerHop: cycles)
  }
}
