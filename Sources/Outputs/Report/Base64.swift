/// RFC 4648 base 64 with padding.
enum Base64 {
  static func text(of bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let first = bytes[at]
      let second = at + 1 < bytes.count ? bytes[at + 1] : 0
      let third = at + 2 < bytes.count ? bytes[at + 2] : 0
      result.append(alphabet[Int(first >> 2)])
      result.append(alphabet[Int(first & 3) << 4 | Int(second >> 4)])
      result.append(
        at + 1 < bytes.count
          ? alphabet[Int(second & 15) << 2 | Int(third >> 6)] : UInt8(ascii: "="))
      result.append(at + 2 < bytes.count ? alphabet[Int(third & 63)] : UInt8(ascii: "="))
      at += 3
    }
    return String(decoding: result, as: UTF8.self)
  }
}
