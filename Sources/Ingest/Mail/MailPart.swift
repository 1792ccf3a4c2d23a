/// A message or a part of one: a header, a body, and for a multipart its parts.
struct MailPart {
  var headers: MailHeaders
  /// Bytes of the file.
  var body: Range<Int>
  var parts: [MailPart] = []
  /// In lower case: `text/plain`, …
  var type: String
  var parameters: [String: String]
  /// Parts inside it that were too deep or too many to be taken apart.
  var isCut = false

  /// Messages in messages and parts in parts, inside each other.
  static let deepest = 24
  static let mostParts = 2000

  /// Reads the part that takes `range` of the file.
  init(_ file: [UInt8], _ range: Range<Int>, depth: Int = 0, room: inout Int) {
    var start = range.upperBound
    headers = MailHeaders(file, range, bodyStart: &start)
    body = start..<range.upperBound
    (type, parameters) = headers.parameters(of: "content-type")
    if type.isEmpty { type = "text/plain" }
    room -= 1
    let isMessage = type == "message/rfc822"
    let boundary = type.hasPrefix("multipart/") ? parameters["boundary"] ?? "" : ""
    guard isMessage || !boundary.isEmpty else { return }
    guard depth < Self.deepest, room > 0 else {
      isCut = true
      return
    }
    if isMessage {
      parts = [MailPart(file, body, depth: depth + 1, room: &room)]
      return
    }
    for range in Self.ranges(file, body, boundary: Array("--\(boundary)".utf8)) {
      guard room > 0 else {
        isCut = true
        break
      }
      parts.append(MailPart(file, range, depth: depth + 1, room: &room))
    }
  }

  /// Between the lines that begin with the boundary; the line end before such a line belongs to it. A
  /// last part without an end goes up to where its multipart goes.
  private static func ranges(_ file: [UInt8], _ body: Range<Int>, boundary: [UInt8]) -> [Range<Int>]
  {
    var ranges: [Range<Int>] = []
    var start: Int?
    var position = body.lowerBound
    while position < body.upperBound {
      let (end, next) = MailHeaders.line(file, position, body.upperBound)
      if end - position >= boundary.count, file[position..<end].starts(with: boundary) {
        let rest = file[(position + boundary.count)..<end]
        let isLast = rest.starts(with: [0x2D, 0x2D])
        let tail = isLast ? rest.dropFirst(2) : rest
        // Another boundary may begin with this one.
        if tail.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
          if let start {
            var last = position
            if last > start, file[last - 1] == 0x0A { last -= 1 }
            if last > start, file[last - 1] == 0x0D { last -= 1 }
            ranges.append(start..<last)
          }
          start = next
          if isLast { return ranges }
        }
      }
      position = max(next, position + 1)
    }
    if let start, start < body.upperBound { ranges.append(start..<body.upperBound) }
    return ranges
  }

  var transferEncoding: DecodedBody.TransferEncoding {
    DecodedBody.TransferEncoding(headers.parameters(of: "content-transfer-encoding").value)
  }

  /// Sent along rather than part of what is written.
  var isAttachment: Bool {
    headers.parameters(of: "content-disposition").value == "attachment"
  }

  /// Its file name, without a path, printable and of at most 100 characters; nil where it has none.
  var fileName: String? {
    let name =
      headers.parameters(of: "content-disposition").parameters["filename"] ?? parameters["name"]
    let last = name?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last
    let printable = last.map {
      String(
        $0.unicodeScalars.filter { !$0.properties.generalCategory.isControl }.map(Character.init))
    }
    return printable.flatMap { $0.isEmpty ? nil : String($0.prefix(100)) }
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isControl: Bool {
    switch self {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}
