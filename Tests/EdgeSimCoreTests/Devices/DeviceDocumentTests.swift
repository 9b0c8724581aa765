import DeviceModels
import DiscreteEvents
import ReproducibleMath
import Testing

@testable import EdgeSimCore

private let root = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(4)
  return parts.joined(separator: "/")
}()
private let catalog = DeviceCatalog(folders: [root + "/devices"])

@Suite("Device documents")
struct DeviceDocumentTests {
  @Test("Every device of the catalog is read, and there is one of each kind")
  func all() throws {
    let devices = try catalog.names().map { try catalog.device(named: $0) }
    #expect(devices.count >= 5)
    for kind in DeviceKind.allCases { #expect(devices.contains { $0.kind == kind }) }
  }

  @Test("An unknown device is refused with the nearest name")
  func unknown() {
    let error = #expect(throws: InputError.self) { try catalog.device(named: "iot-esp32s3") }
    #expect(error?.problems.first?.nearest == "iot-esp32-s3")
  }

  @Test("All problems of a document come at once, with places and nearest names")
  func problems() throws {
    var text = String(
      decoding: try TextFile.read(path: root + "/devices/iot-esp32-s3.json", limit: 1 << 20),
      as: UTF8.self)
    text.replace("\"kind\": \"iot-node\"", with: "\"kind\": \"iot-nod\"")
    text.replace("\"clock\"", with: "\"clok\"")
    let node = try DocumentReader.read(text: Array(text.utf8), file: "x.json")
    let error = #expect(throws: InputError.self) {
      try DeviceDocument.read(node, file: "x.json")
    }
    let nearest = error?.problems.compactMap(\.nearest) ?? []
    #expect(nearest.contains("iot-node"))
    #expect(nearest.contains("clock"))
    #expect(error?.problems.allSatisfy { $0.position != nil } == true)
  }

  @Test("Ten thousand mutations of each document are read or refused, never a crash")
  func mutations() throws {
    for name in try catalog.names() {
      let bytes = try TextFile.read(path: "\(root)/devices/\(name).json", limit: 1 << 20)
      var random = RandomStream(seed: 1, name: name)
      var refused = 0
      for _ in 0..<10_000 {
        let mutated = Mutation.of(bytes, with: &random)
        do {
          let node = try DocumentReader.read(text: mutated, file: name)
          _ = try DeviceDocument.read(node, file: name)
        } catch { refused += 1 }
      }
      #expect(refused > 1000)
    }
  }
}
