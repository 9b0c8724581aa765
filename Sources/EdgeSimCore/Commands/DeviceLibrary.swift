import DeviceModels

/// Finds device documents by name or path: in `--devices`, in `devices/` here, or in `../devices`
/// beside the document that names them.
struct DeviceLibrary {
  let catalog: DeviceCatalog

  init(_ arguments: ParsedArguments, documentFolder: String? = nil) {
    let usual = ["devices"] + (documentFolder.map { ["\($0)/../devices"] } ?? [])
    catalog = DeviceCatalog(
      folders: arguments.value("--devices").map { [$0] } ?? usual.filter(FileSystem.isFolder))
  }

  /// - Parameters:
  ///   - name: a name, or the path of a document.
  ///   - position: where the document `file` names it, for messages; nil for the command line.
  func device(
    _ name: String, askedIn file: String? = nil, at position: TextPosition? = nil
  ) throws(InputError) -> Device {
    Self.isPath(name)
      ? try DeviceDocument.read(path: name)
      : try catalog.device(named: name, askedIn: position == nil ? nil : file, at: position)
  }

  /// The devices that a document picks, each with its runtime and operating point.
  func tests(
    _ selections: [Scenario.DeviceSelection], askedIn file: String
  ) throws(InputError) -> [DeviceUnderTest] {
    try selections.map { selection throws(InputError) -> DeviceUnderTest in
      try DeviceUnderTest(
        try device(selection.device, askedIn: file, at: selection.position),
        runtime: selection.runtime, operatingPoint: selection.operatingPoint, file: file,
        position: selection.position)
    }
  }

  /// Where their documents lie, for provenance.
  func documents(
    _ selections: [Scenario.DeviceSelection]
  ) throws(InputError) -> [(role: String, path: String)] {
    try selections.map { selection throws(InputError) -> (role: String, path: String) in
      ("device", try path(of: selection.device))
    }
  }

  /// Where the document lies.
  func path(of name: String) throws(InputError) -> String {
    if Self.isPath(name) { return name }
    guard let path = catalog.path(of: name) else {
      preconditionFailure("a device was read and has no document")
    }
    return path
  }

  static func isPath(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".json")
  }
}
