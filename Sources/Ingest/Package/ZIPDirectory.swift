/// The names in a ZIP archive, seen without unpacking anything: what kind of package it is.
///
/// This runs on every file of a folder, in the process that scans it; so it is bounded, and takes the
/// archive's directory for a list of names and nothing else.
struct ZIPDirectory {
  /// At most ``mostNames``.
  private(set) var names: [String] = []
  /// What the first file says if its name is `mimetype`: how EPUB and OpenDocument name themselves.
  private(set) var mimeType: String?

  /// What an archive begins with that is not empty: the head of its first file.
  static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

  private static let mostNames = 10_000
  private static let mostBytes = 1 << 20

  /// - Parameters:
  ///   - head: the first bytes.
  ///   - read: bytes of the file; nil where they cannot be had.
  init(head: [UInt8], byteCount: Int, read: (Range<Int>) -> [UInt8]?) {
    mimeType = Self.mimeType(head)
    if let directory = Self.directory(byteCount, read) {
      Self.walk(directory, signature: [0x50, 0x4B, 0x01, 0x02], fixed: 46, lengths: 28) {
        names.append($0)
        return names.count < Self.mostNames
      }
    }
    // Cut off: what stands at the head still says what it was.
    if names.isEmpty { names = Self.localNames(head) }
    names = names.map { ZIPPackage.name($0) ?? $0 }
  }

  func holds(_ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }

  func holds(folder: String) -> Bool {
    names.contains { $0.lowercased().hasPrefix(folder) }
  }

  // MARK: Records

  private static func matches(_ bytes: [UInt8], _ at: Int, _ signature: [UInt8]) -> Bool {
    at >= 0 && at + signature.count <= bytes.count
      && bytes[at..<at + signature.count].elementsEqual(signature)
  }

  /// The first ``mostBytes`` of the directory, which the record at the file's end points to.
  private static func directory(_ byteCount: Int, _ read: (Range<Int>) -> [UInt8]?) -> [UInt8]? {
    let start = max(0, byteCount - (22 + 65_535))
    guard byteCount >= 22, let tail = read(start..<byteCount), tail.count >= 22 else { return nil }
    var at = tail.count - 22
    while at >= 0, !matches(tail, at, [0x50, 0x4B, 0x05, 0x06]) { at -= 1 }
    guard at >= 0, var size = tail.littleEndian(at: at + 12, width: 4),
      var offset = tail.littleEndian(at: at + 16, width: 4)
    else {
      return nil
    }
    if offset == 0xFFFF_FFFF || size == 0xFFFF_FFFF {
      guard matches(tail, at - 20, [0x50, 0x4B, 0x06, 0x07]),
        let record = tail.littleEndian(at: at - 12, width: 8), record <= byteCount - 56,
        let wide = read(record..<record + 56), matches(wide, 0, [0x50, 0x4B, 0x06, 0x06]),
        let wideSize = wide.littleEndian(at: 40, width: 8),
        let wideOffset = wide.littleEndian(at: 48, width: 8)
      else { return nil }
      size = wideSize
      offset = wideOffset
    } else if start + at >= size {
      // Right before its end record, also where something was put in front of the archive.
      offset = start + at - size
    }
    guard offset >= 0, offset < byteCount, size > 0 else { return nil }
    return read(offset..<min(byteCount, offset + min(size, mostBytes)))
  }

  /// Hands over the names of records that follow each other, until told to stop.
  private static func walk(
    _ bytes: [UInt8], signature: [UInt8], fixed: Int, lengths: Int, take: (String) -> Bool
  ) {
    var at = 0
    while matches(bytes, at, signature), let name = bytes.littleEndian(at: at + lengths, width: 2),
      let extra = bytes.littleEndian(at: at + lengths + 2, width: 2),
      let comment = bytes.littleEndian(at: at + lengths + 4, width: 2),
      at + fixed + name <= bytes.count
    {
      let start = at + fixed
      guard take(String(decoding: bytes[start..<start + name], as: UTF8.self)) else { return }
      at = start + name + extra + comment
    }
  }

  private static func localNames(_ head: [UInt8]) -> [String] {
    var names: [String] = []
    var at = 0
    while at + 30 <= head.count, names.count < 1000 {
      guard head[at] == 0x50, matches(head, at, signature),
        let length = head.littleEndian(at: at + 26, width: 2), length > 0,
        at + 30 + length <= head.count
      else {
        at += 1
        continue
      }
      names.append(String(decoding: head[at + 30..<at + 30 + length], as: UTF8.self))
      at += 30 + length
    }
    return names
  }

  /// Stored, not compressed, and first in the archive, so that it stands at the same place in each.
  private static func mimeType(_ head: [UInt8]) -> String? {
    guard matches(head, 0, signature), head.littleEndian(at: 8, width: 2) == 0,
      head.littleEndian(at: 26, width: 2) == 8, matches(head, 30, Array("mimetype".utf8)),
      let extra = head.littleEndian(at: 28, width: 2)
    else { return nil }
    let start = 38 + extra
    guard start < head.count else { return nil }
    let text = head[start...].prefix(100).prefix { $0 > 0x20 && $0 < 0x7F }
    // Where its size is not said there, the next record follows at once.
    let whole = String(decoding: text, as: UTF8.self)
    let size = head.littleEndian(at: 22, width: 4) ?? 0
    if size > 0, size <= whole.utf8.count { return String(whole.prefix(size)) }
    return whole.split(separator: "PK").first.map(String.init)
  }
}
