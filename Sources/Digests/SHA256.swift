import CDigests

/// SHA-256 (FIPS 180-4), fed in pieces of any size.
package struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]
  /// Bytes that do not fill a block yet: fewer than 64.
  private var rest: [UInt8] = []
  private var length: UInt64 = 0

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    length += UInt64(bytes.count)
    var consumed = 0
    if !rest.isEmpty {
      consumed = min(64 - rest.count, bytes.count)
      unsafe rest.append(contentsOf: bytes[..<consumed])
      if rest.count < 64 { return }
      unsafe docket_sha256_blocks(&state, rest, 1)
      rest.removeAll(keepingCapacity: true)
    }
    let blocks = (bytes.count - consumed) / 64
    if blocks > 0 {
      unsafe docket_sha256_blocks(
        &state, (base + consumed).assumingMemoryBound(to: UInt8.self), blocks)
      consumed += blocks * 64
    }
    unsafe rest.append(contentsOf: bytes[consumed...])
  }

  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { unsafe update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of everything fed so far, as 64 lower-case hexadecimal digits.
  package func hexDigest() -> String {
    var end = self
    var padding: [UInt8] = [0x80]
    padding += repeatElement(0, count: (119 - rest.count % 64) % 64)
    let bits = length &* 8
    for shift in stride(from: 56, through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    end.update(padding)
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in end.state {
      for shift in stride(from: 28, through: 0, by: -4) {
        text.append(digits[Int(word >> UInt32(shift) & 15)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  package static func hash(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexDigest()
  }

  package static func hash(of text: String) -> String {
    var hash = SHA256()
    hash.update(text)
    return hash.hexDigest()
  }
}
