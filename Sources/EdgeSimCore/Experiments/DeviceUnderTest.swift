import DeviceModels
import Inference
import NeuralNetworks

/// A device with the runtime and the operating point that a scenario picks.
struct DeviceUnderTest: Sendable {
  var device: Device
  var runtime: Runtime
  var operatingPoint: OperatingPoint
  var arithmetic: Arithmetic

  /// - Parameters:
  ///   - file: the document or command line that picks, for messages.
  ///   - position: where in the document.
  init(
    _ device: Device, runtime runtimeName: String?, operatingPoint pointName: String?,
    file: String, position: TextPosition? = nil
  ) throws(InputError) {
    self.device = device
    runtime = try Self.pick(
      runtimeName, of: device.runtimes, \.name, what: "runtime", device: device,
      file: file, position: position)
    operatingPoint = try Self.pick(
      pointName, of: device.operatingPoints, \.name, what: "operating point", device: device,
      file: file, position: position)
    guard let arithmetic = Arithmetic(rawValue: runtime.arithmetic) else {
      preconditionFailure("a device document's arithmetic was not checked")
    }
    self.arithmetic = arithmetic
  }

  /// The named one, or the first.
  private static func pick<Choice>(
    _ name: String?, of choices: [Choice], _ key: KeyPath<Choice, String>, what: String,
    device: Device, file: String, position: TextPosition?
  ) throws(InputError) -> Choice {
    let names = choices.map { $0[keyPath: key] }
    if let choice = name.map({ name in choices.first { $0[keyPath: key] == name } })
      ?? choices.first
    {
      return choice
    }
    throw InputError(
      InputProblem(
        file: file, position: position, place: device.name, found: "the \(what) \(name ?? "")",
        expected: "one of \(names.joined(separator: ", "))",
        nearest: name.flatMap { NearestName.of($0, among: names) }))
  }
}

extension Estimate {
  subscript(bound: CostBound) -> Double {
    switch bound {
    case .low: low
    case .nominal: nominal
    case .high: high
    }
  }

  var perBound: PerBound<Double> { PerBound(low: low, nominal: nominal, high: high) }
}
