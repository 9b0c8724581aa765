import EdgeSimCore
import Glibc

/// The reader under test, from `FUZZ_TARGET`.
private let target: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    fatalError("FUZZ_TARGET is \"\(name)\", expected one of \(names)")
  }
  return target
}()

/// Called by libFuzzer with each input.
@_cdecl("EdgeSimFuzzOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// What the reader may hold on the heap at one time for an input of `count` bytes.
@_cdecl("EdgeSimFuzzMostHeapBytes")
public func mostHeapBytes(_ count: Int) -> Int { target.mostHeapBytes(inputByteCount: count) }
