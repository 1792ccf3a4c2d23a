/// The bytes of a part of a message, freed of their transfer encoding, with the way back to the bytes
/// of the file that spell them.
struct DecodedBody {
  private(set) var bytes: [UInt8] = []
  /// Sorted by ``Piece/decoded``; the first begins at 0.
  private var pieces: [Piece] = []

  /// A stretch in which every `unit` bytes are spelled by `width` bytes of the file.
  private struct Piece {
    var decoded: Int
    var file: Int
    var unit: Int
    var width: Int
  }

  enum TransferEncoding {
    case none, quotedPrintable, base64

    /// - Parameter name: the value of `Content-Transfer-Encoding`; unknown ones are no encoding, as
    ///   mail programs have it.
    init(_ name: String) {
      switch name.lowercased() {
      case "quoted-printable": self = .quotedPrintable
      case "base64": self = .base64
      default: self = .none
      }
    }
  }

  /// Decodes `range` of a file.
  init(_ file: [UInt8], _ range: Range<Int>, _ encoding: TransferEncoding) {
    bytes.reserveCapacity(range.count)
    switch encoding {
    case .none: append(file, range)
    case .quotedPrintable: decodeQuotedPrintable(file, range)
    case .base64: decodeBase64(file, range)
    }
  }

  /// The bytes of the file that spell the bytes at `range`, which is not empty.
  func fileRange(of range: Range<Int>) -> Range<Int> {
    let first = pieces[piece(at: range.lowerBound)]
    let last = pieces[piece(at: range.upperBound - 1)]
    let start = first.file + (range.lowerBound - first.decoded) / first.unit * first.width
    let end = last.file + ((range.upperBound - 1 - last.decoded) / last.unit + 1) * last.width
    return start..<max(start, end)
  }

  /// How many bytes from `offset` on stand in the file as they are, and where.
  func verbatim(at offset: Int) -> (count: Int, file: Int) {
    let index = piece(at: offset)
    let piece = pieces[index]
    guard piece.unit == 1, piece.width == 1 else { return (0, 0) }
    let end = index + 1 < pieces.count ? pieces[index + 1].decoded : bytes.count
    return (end - offset, piece.file + offset - piece.decoded)
  }

  private func piece(at offset: Int) -> Int {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].decoded <= offset { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  // MARK: Decoding

  private mutating func append(_ file: [UInt8], _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    begin(file: range.lowerBound, unit: 1, width: 1)
    bytes += file[range]
  }

  /// Goes on with the last stretch where it fits.
  private mutating func begin(file: Int, unit: Int, width: Int) {
    if let last = pieces.last, last.unit == unit, last.width == width,
      (bytes.count - last.decoded).isMultiple(of: unit),
      last.file + (bytes.count - last.decoded) / unit * width == file
    {
      return
    }
    pieces.append(Piece(decoded: bytes.count, file: file, unit: unit, width: width))
  }

  /// RFC 2045, 6.7; an equals sign that begins no escape stands for itself.
  private mutating func decodeQuotedPrintable(_ file: [UInt8], _ range: Range<Int>) {
    func digit(_ at: Int) -> UInt8? {
      guard at < range.upperBound else { return nil }
      return Character(Unicode.Scalar(file[at])).hexDigitValue.map { UInt8($0) }
    }
    var position = range.lowerBound
    var kept = position
    while position < range.upperBound {
      let byte = file[position]
      if byte == 0x3D {
        if let high = digit(position + 1), let low = digit(position + 2) {
          append(file, kept..<position)
          begin(file: position, unit: 1, width: 3)
          bytes.append(high << 4 | low)
          position += 3
          kept = position
          continue
        }
        // A line broken for transport alone, perhaps with white space that was added on the way.
        var end = position + 1
        while end < range.upperBound, file[end] == 0x20 || file[end] == 0x09 { end += 1 }
        if end == range.upperBound || file[end] == 0x0D || file[end] == 0x0A {
          append(file, kept..<position)
          if end < range.upperBound, file[end] == 0x0D { end += 1 }
          if end < range.upperBound, file[end] == 0x0A { end += 1 }
          position = end
          kept = end
          continue
        }
      }
      position += 1
    }
    append(file, kept..<range.upperBound)
  }

  /// Characters outside of the alphabet are skipped (RFC 2045, 6.8); padding ends the data.
  private mutating func decodeBase64(_ file: [UInt8], _ range: Range<Int>) {
    var values = 0
    var count = 0
    var first = 0
    var position = range.lowerBound
    func value(_ byte: UInt8) -> Int? {
      switch byte {
      case 0x41...0x5A: Int(byte) - 0x41
      case 0x61...0x7A: Int(byte) - 0x61 + 26
      case 0x30...0x39: Int(byte) - 0x30 + 52
      case 0x2B: 62
      case 0x2F: 63
      default: nil
      }
    }
    while position < range.upperBound, file[position] != 0x3D {
      if let value = value(file[position]) {
        if count == 0 { first = position }
        values = values << 6 | value
        count += 1
        if count == 4 {
          begin(file: first, unit: 3, width: position + 1 - first)
          bytes += [
            UInt8(truncatingIfNeeded: values >> 16), UInt8(truncatingIfNeeded: values >> 8),
            UInt8(truncatingIfNeeded: values),
          ]
          values = 0
          count = 0
        }
      }
      position += 1
    }
    guard count >= 2 else { return }
    begin(file: first, unit: 3, width: position - first)
    values <<= 6 * (4 - count)
    bytes.append(UInt8(truncatingIfNeeded: values >> 16))
    if count == 3 { bytes.append(UInt8(truncatingIfNeeded: values >> 8)) }
  }
}

extension SourceText {
  /// The text of a part of a message; its places are those of the whole file.
  init(_ body: DecodedBody, encoding: TextEncoding) {
    let inner = SourceText(body.bytes, encoding: encoding)
    var segments: [Segment] = []
    var end = 0
    func add(_ utf8: Int, _ file: Range<Int>, width: Int) {
      defer { end = file.upperBound }
      if let last = segments.last, last.width == width, end == file.lowerBound { return }
      segments.append(Segment(utf8: utf8, file: file.lowerBound, width: width))
    }
    for (index, segment) in inner.segments.enumerated() {
      let limit =
        index + 1 < inner.segments.count ? inner.segments[index + 1].utf8 : inner.utf8.count
      var utf8 = segment.utf8
      var decoded = segment.file
      while utf8 < limit {
        if segment.width < 0 {
          add(utf8, end..<end, width: -1)
          break
        }
        if segment.width == 0 {
          // As much as stands in the file as it is, up to a character's border.
          let (whole, file) = body.verbatim(at: decoded)
          var count = min(whole, limit - utf8)
          while count > 0, utf8 + count < inner.utf8.count, inner.utf8[utf8 + count] & 0xC0 == 0x80
          {
            count -= 1
          }
          if count > 0 {
            add(utf8, file..<file + count, width: 0)
            utf8 += count
            decoded += count
            continue
          }
        }
        var length = 1
        while utf8 + length < limit, inner.utf8[utf8 + length] & 0xC0 == 0x80 { length += 1 }
        let width = segment.width == 0 ? length : segment.width
        let file = body.fileRange(of: decoded..<decoded + width)
        add(utf8, file, width: file.count)
        utf8 += length
        decoded += width
      }
    }
    self.init(
      utf8: inner.utf8, start: inner.start, encoding: inner.encoding, segments: segments,
      replacements: inner.replacements.map { $0.isEmpty ? $0 : body.fileRange(of: $0) },
      replacementCount: inner.replacementCount)
  }
}
