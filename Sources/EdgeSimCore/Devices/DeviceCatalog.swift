import DeviceModels
import NeuralNetworks

/// Finds device documents by name: `NAME.json` in the first folder that has it.
struct DeviceCatalog {
  let folders: [String]

  /// Names in all folders, sorted, each once.
  func names() throws(InputError) -> [String] {
    var names: [String] = []
    for folder in folders where FileSystem.isFolder(folder) {
      for entry in try FileSystem.entries(of: folder) where entry.hasSuffix(".json") {
        let name = FileSystem.stem(of: entry)
        if !names.contains(name) { names.append(name) }
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// - Throws: an unknown name, with the nearest; or the document's problems.
  func device(
    named name: String, askedIn file: String? = nil, at position: TextPosition? = nil
  ) throws(InputError) -> Device {
    let names = try names()
    guard names.contains(name), let path = path(of: name) else {
      throw InputError(
        InputProblem(
          file: file ?? folders.first ?? "devices", position: position,
          found: "no device \"\(name.prefix(60))\"",
          expected: names.isEmpty
            ? "a folder with devices"
            : "one of "
              + names.joined(separator: ", "),
          nearest: NearestName.of(name, among: names)))
    }
    let device = try DeviceDocument.read(path: path)
    guard device.name == name else {
      throw InputError(
        InputProblem(
          file: path, place: "name", found: "\"\(device.name.prefix(60))\"",
          expected: "\"\(name)\", as the file is called"))
    }
    return device
  }

  /// The document of a device, if there is one.
  func path(of name: String) -> String? {
    folders.map { "\($0)/\(name).json" }.first { FileSystem.exists($0) }
  }
}
