import CJSON

/// A value that json-c parsed. Nil stands for JSON's null.
struct JSONValue {
  let object: OpaquePointer?

  struct Failure: Error {
    var offset: Int
    var message: String
  }

  static func parse(_ text: [UInt8]) -> Result<JSONValue, Failure> {
    guard let tokener = json_tokener_new_ex(Int32(JSONOutlineScanner.maximumDepth + 1)) else {
      preconditionFailure("out of memory")
    }
    defer { json_tokener_free(tokener) }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8)
    // The closing NUL tells json-c that a number at the end of the text is complete.
    let object = (text + [0]).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        json_tokener_parse_ex(tokener, $0.baseAddress, Int32($0.count))
      }
    }
    let error = json_tokener_get_error(tokener)
    guard error == json_tokener_success else {
      json_object_put(object)
      let message =
        error == json_tokener_continue
        ? "the end of the text" : String(cString: json_tokener_error_desc(error))
      return .failure(Failure(offset: json_tokener_get_parse_end(tokener), message: message))
    }
    return .success(JSONValue(object: object))
  }

  func release() { json_object_put(object) }
}
