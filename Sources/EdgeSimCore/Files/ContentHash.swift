import CMessageDigest

/// Names content by its SHA-256 (FIPS 180-4), computed by libmd.
enum ContentHash {
  /// 64 hexadecimal digits. O(n).
  static func sha256(of bytes: [UInt8]) -> String {
    var context = SHA2_CTX()
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256Init(&context)
    SHA256Update(&context, bytes, bytes.count)
    SHA256Final(&digest, &context)
    return digest.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0\(digits)" : digits
    }.joined()
  }
}
