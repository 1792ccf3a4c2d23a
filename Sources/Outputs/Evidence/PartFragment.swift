import Foundation

/// The fragment that names bytes in a part of a package: `part=word/document.xml&bytes=10-25,40-41`.
package struct PartFragment: Hashable, Sendable {
  /// The part's name.
  package var part: String
  /// `bytes=FIRST-LAST,…`
  package var bytes: String

  package init(part: String, bytes: String) {
    self.part = part
    self.bytes = bytes
  }

  /// Nil where `text` is no such fragment.
  package init?(_ text: String) {
    guard text.hasPrefix("part="), let end = text.firstIndex(of: "&") else { return nil }
    let bytes = String(text[text.index(after: end)...])
    guard bytes.hasPrefix("bytes="), let part = text[..<end].dropFirst(5).removingPercentEncoding
    else { return nil }
    self.init(part: part, bytes: bytes)
  }

  package var text: String {
    var name = ""
    for byte in part.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = Array("0123456789ABCDEF")
        name += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return "part=\(name)&\(bytes)"
  }
}
