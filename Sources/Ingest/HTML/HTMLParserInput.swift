import Foundation

/// A page as it is given to libxml2: without what is in scripts, styles and comments, and with what
/// the parser would stop at made blank.
///
/// Scripts are half of many pages, and the parser reads them a character at a time. Offsets in the
/// input and in the page differ by what has been left out before; the parser only moves forward, so
/// a cursor over the gaps finds one from the other at no cost.
struct HTMLParserInput {
  /// Ends in a NUL, which does not count.
  private(set) var text: [UInt8]
  /// From this offset of the input on, the page is that much ahead.
  private(set) var gaps: [(input: Int, ahead: Int)]
  private var gap = 0

  var byteCount: Int { text.count - 1 }

  init(_ source: SourceText) {
    var text: [UInt8] = []
    var gaps: [(input: Int, ahead: Int)] = [(0, source.start)]
    let count = source.utf8.count
    text.reserveCapacity(count - source.start + 1)
    unsafe source.utf8.withUnsafeBufferPointer { utf8 in
      var position = source.start
      var kept = position
      func matches(_ at: Int, _ word: StaticString) -> Bool {
        guard at + word.utf8CodeUnitCount <= count else { return false }
        for index in 0..<word.utf8CodeUnitCount {
          var byte = unsafe utf8[at + index]
          if (0x41...0x5A).contains(byte) { byte |= 0x20 }
          if unsafe byte != word.utf8Start[index] { return false }
        }
        return true
      }
      func flush(_ end: Int) {
        guard end > kept else { return }
        unsafe text.append(contentsOf: utf8[kept..<end])
      }
      /// Leaves out the page from `start` up to `end`.
      func skip(_ start: Int, _ end: Int) {
        flush(start)
        kept = end
        gaps.append((text.count, end - text.count))
      }
      while position < count {
        let byte = unsafe utf8[position]
        if byte == 0x3C {
          if matches(position, "<!--") {
            if let end = unsafe Self.find("-->", utf8, position + 4) { skip(position + 4, end) }
            position += 4
            if position < kept { position = kept }
            continue
          }
          let next = position + 1 < count ? unsafe utf8[position + 1] : 0
          guard (0x61...0x7A).contains(next | 0x20) else {
            position += 1
            continue
          }
          let isScript = matches(position, "<script")
          let isStyle = !isScript && matches(position, "<style")
          let end = unsafe Self.tagEnd(utf8, position + 1)
          if isScript || isStyle, end < count {
            let after = unsafe utf8[position + (isScript ? 7 : 6)]
            let close = unsafe Self.find(isScript ? "</script" : "</style", utf8, end)
            if after <= 0x20 || after == 0x3E || after == 0x2F, let close {
              skip(end, close)
              position = close
              continue
            }
          }
          position = max(end, position + 1)
          continue
        }
        position += 1
      }
      flush(count)
    }
    Self.makeBlank(&text)
    text.append(0)
    self.text = text
    self.gaps = gaps
  }

  /// The page's offset of an offset in the input; asked for in (nearly) ascending order.
  mutating func pageOffset(_ offset: Int) -> Int {
    while gap + 1 < gaps.count, gaps[gap + 1].input <= offset { gap += 1 }
    while gap > 0, gaps[gap].input > offset { gap -= 1 }
    return offset + gaps[gap].ahead
  }

  /// Behind the `>` of a tag; quotes count only where a value begins.
  private static func tagEnd(_ utf8: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var position = start
    var isValue = false
    while position < utf8.count {
      let byte = unsafe utf8[position]
      switch byte {
      case 0x3E: return position + 1
      case 0x3D: isValue = true
      case 0x22, 0x27:
        if isValue {
          let rest = utf8.count - position - 1
          guard
            let end = unsafe memchr(utf8.baseAddress! + position + 1, Int32(byte), rest)
          else { return position + 1 }
          position = unsafe UnsafeRawPointer(end) - UnsafeRawPointer(utf8.baseAddress!)
        }
        isValue = false
      case 0...0x20: break
      default: isValue = false
      }
      position += 1
    }
    return utf8.count
  }

  private static func find(
    _ word: StaticString, _ utf8: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> Int? {
    let length = word.utf8CodeUnitCount
    let first = unsafe Int32(word.utf8Start[0])
    var position = start
    while position + length <= utf8.count {
      let left = utf8.count - position
      guard let hit = unsafe memchr(utf8.baseAddress! + position, first, left) else { return nil }
      position = unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(utf8.baseAddress!)
      guard position + length <= utf8.count else { return nil }
      var index = 1
      while index < length {
        var byte = unsafe utf8[position + index]
        if (0x41...0x5A).contains(byte) { byte |= 0x20 }
        if unsafe byte != word.utf8Start[index] { break }
        index += 1
      }
      if index == length { return position }
      position += 1
    }
    return nil
  }

  /// Control characters, and the two non-characters of the first plane, byte for byte.
  private static func makeBlank(_ text: inout [UInt8]) {
    unsafe text.withUnsafeMutableBufferPointer { text in
      for position in 0..<text.count {
        let byte = unsafe text[position]
        if byte < 0x20 {
          if byte != 0x0A, byte != 0x09, byte != 0x0D { unsafe text[position] = 0x20 }
        } else if byte == 0xEF, position + 2 < text.count, unsafe text[position + 1] == 0xBF,
          unsafe text[position + 2] >= 0xBE
        {
          unsafe text[position + 2] = 0xBD
        }
      }
    }
  }
}
