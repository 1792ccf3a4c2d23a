/// A compound file (OLE), as Office wrote before 2007, and as it wraps what it encrypts to this day: the
/// names of what is in it.
struct CompoundFile {
  private(set) var names: Set<String> = []

  static let signature: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

  /// Reads the first of its directory's sectors, where the outermost names stand.
  init(head: [UInt8], byteCount: Int, read: (Range<Int>) -> [UInt8]?) {
    let shift = head.littleEndian(at: 30, width: 2) ?? 0
    guard head.count >= 512, (9...12).contains(shift) else { return }
    let sector = head.littleEndian(at: 48, width: 4) ?? 0
    let start = (sector + 1) << shift
    guard start >= 512, start < byteCount,
      let directory = read(start..<min(byteCount, start + (4 << shift)))
    else { return }
    for entry in stride(from: 0, to: directory.count - 127, by: 128) {
      let length = directory.littleEndian(at: entry + 64, width: 2) ?? 0
      guard (4...64).contains(length) else { continue }
      let units = (0..<length / 2 - 1).map {
        UInt16(directory.littleEndian(at: entry + 2 * $0, width: 2) ?? 0)
      }
      names.insert(String(decoding: units, as: UTF16.self))
    }
  }
}
