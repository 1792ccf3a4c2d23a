package import Documents

/// Messages of e-mail (`.eml`, RFC 5322 with MIME) → the document tree.
///
/// Places are bytes of the file, whatever the transfer encoding: a quoted-printable character stands
/// in the bytes of its escape, a base64 one in the groups of four that spell it. Of alternatives the
/// richest that can be read is read; what is attached is not read, and named in a notice.
package struct MailReader: Reader {
  package init() {}

  package func read(_ bytes: [UInt8], named name: String, limits: ReadLimits) throws(ReadError)
    -> Document
  {
    var room = MailPart.mostParts
    let message = MailPart(bytes, 0..<bytes.count, room: &room)
    var reading = MailReading(file: bytes, name: name)
    try reading.read(message: message)
    var document = Document(
      mediaType: "message/rfc822",
      metadata: Metadata(
        title: message.headers["subject"]?.text, author: message.headers["from"]?.text,
        date: message.headers.date, encoding: reading.encoding?.rawValue),
      blocks: reading.blocks, links: reading.links, notices: reading.notices)
    if !reading.hasText {
      document.notices.append(Notice(.empty, detail: "The message has no text besides its header."))
    }
    return document
  }
}

/// A message being read, part by part.
private struct MailReading {
  let file: [UInt8]
  let name: String
  var blocks: [Block] = []
  var links: [Link] = []
  var notices: [Notice] = []
  var encoding: TextEncoding?
  var hasText = false
  private var attachments = 0

  init(file: [UInt8], name: String) {
    self.file = file
    self.name = name
  }

  mutating func read(message: MailPart, depth: Int = 0) throws(ReadError) {
    for (name, shown) in [
      ("subject", ""), ("from", "From"), ("to", "To"), ("cc", "Cc"), ("date", "Date"),
    ] {
      guard let field = message.headers[name], !field.text.isEmpty else { continue }
      let place = Place.bytes(field.value, verbatim: field.isVerbatim)
      if shown.isEmpty {
        blocks.append(
          Block(.heading(AnchoredText(field.text, at: place), level: min(depth + 1, 6))))
      } else {
        var text = AnchoredText(unanchored: shown + ": ")
        text.append(AnchoredText(field.text, at: place))
        blocks.append(Block(.paragraph(text)))
      }
    }
    try read(part: message, depth: depth)
  }

  private mutating func read(part: MailPart, depth: Int) throws(ReadError) {
    if part.isCut {
      notices.append(
        Notice(
          .overLimit, bytes: part.body,
          detail:
            "Parts of the message are more than \(MailPart.deepest) deep or more than \(MailPart.mostParts) and were not read."
        ))
    }
    if part.isAttachment {
      attach(part)
      return
    }
    switch part.type {
    case "message/rfc822":
      for message in part.parts { try read(message: message, depth: depth + 1) }
    case "multipart/alternative":
      try readAlternatives(part.parts, depth: depth)
    case "multipart/related":
      // Pictures and the like of the first part, which is the text.
      if let first = part.parts.first { try read(part: first, depth: depth) }
      for other in part.parts.dropFirst() where other.isAttachment { attach(other) }
    case "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime":
      notices.append(
        Notice(
          .encrypted, bytes: part.body,
          detail: "\(part.body.count) bytes of the message are encrypted (\(part.type))."))
    case "application/pkcs7-signature", "application/x-pkcs7-signature",
      "application/pgp-signature":
      break
    case let type where type.hasPrefix("multipart/"):
      if part.parts.isEmpty, !part.body.isEmpty, !part.isCut {
        // No boundary to be found: what is there is text.
        try read(text: part)
      }
      for inner in part.parts { try read(part: inner, depth: depth) }
    case let type where type.hasPrefix("text/"):
      try read(text: part)
    default:
      attach(part)
    }
  }

  /// The last that gives text; the other alternatives say the same.
  private mutating func readAlternatives(_ parts: [MailPart], depth: Int) throws(ReadError) {
    let before = self
    for part in parts.reversed() {
      self = before
      hasText = false
      try read(part: part, depth: depth)
      if hasText { return }
    }
    self = before
    if let first = parts.first { try read(part: first, depth: depth) }
  }

  private mutating func attach(_ part: MailPart) {
    attachments += 1
    let named = part.fileName.map { ", “\($0)”," } ?? ""
    notices.append(
      Notice(
        .unsupported, bytes: part.body,
        detail:
          "Attachment \(attachments)\(named) (\(part.type), \(part.body.count) bytes in the file) is not read."
      ))
  }

  private mutating func read(text part: MailPart) throws(ReadError) {
    let body = DecodedBody(file, part.body, part.transferEncoding)
    guard !body.bytes.isEmpty else { return }
    let isHTML = part.type == "text/html" || part.type == "application/xhtml+xml"
    let declared =
      part.parameters["charset"].flatMap { TextEncoding(label: $0) }
      ?? (isHTML ? HTMLEncodingDeclaration.encoding(of: body.bytes) : nil)
    let encoding = EncodingDetection.encoding(of: body.bytes, declared: declared)
    let source = SourceText(body, encoding: encoding)
    if self.encoding == nil { self.encoding = encoding }
    notices += source.notices
    if isHTML {
      let page = try HTMLReader().read(source, named: name, isAllContent: true)
      blocks += page.blocks
      links += page.links
    } else {
      blocks += QuotedText.blocks(of: source)
    }
    if source.utf8[source.range].contains(where: { $0 > 0x20 }) { hasText = true }
  }
}
