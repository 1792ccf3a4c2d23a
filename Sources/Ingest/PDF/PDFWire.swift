import Documents

/// Events as bytes, for the pipe between a reading process and its parent.
///
/// Each record is a tag byte and fields: whole numbers as LEB128, floats as eight bytes, little-endian,
/// texts as length and UTF-8. Both ends are the same binary, so the form may change with it.
enum PDFWire {
  enum Tag: UInt8 {
    case metadata = 1
    case page
    case block
    case notice
    case finished
    case failure
    case picture
    case recognising
    case link
    case package
  }

  /// What a child sends.
  enum Message {
    case event(PDFEvent)
    case picture(PagePicture)
    case failure(kind: ReadError.Kind, what: String, advice: String)
  }
}

struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func put(_ value: Int) {
    // Zigzag, so that the odd negative number is short too.
    var rest = UInt64(bitPattern: Int64(value) << 1 ^ Int64(value) >> 63)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func put(_ value: Double) {
    unsafe withUnsafeBytes(of: value.bitPattern.littleEndian) {
      unsafe bytes.append(contentsOf: $0)
    }
  }

  private mutating func put(_ box: Box) {
    put(box.x0)
    put(box.y0)
    put(box.x1)
    put(box.y1)
  }

  mutating func append(_ tag: PDFWire.Tag) { bytes.append(tag.rawValue) }

  mutating func put(_ string: [UInt8]) {
    put(string.count)
    bytes += string
  }

  mutating func put(_ text: String) {
    put(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func put(_ text: String?) {
    put(text == nil ? 0 : 1)
    if let text { put(text) }
  }

  mutating func put(_ text: AnchoredText) {
    put(text.text)
    put(text.runs.count)
    var end = 0
    for run in text.runs {
      put(run.range.lowerBound - end)
      put(run.range.count)
      end = run.range.upperBound
      let line: GlyphLine
      switch run.place {
      case .glyphs(let glyphs): line = glyphs
      case .bytes(let range, let isVerbatim):
        // In place of a page, which counts from 1.
        put(0)
        put(range.lowerBound)
        put(range.count)
        put(isVerbatim ? 1 : 0)
        continue
      }
      put(line.page)
      put(line.box)
      put(Int(line.direction.rawValue))
      put(line.edges.count)
      var edge = 0
      for next in line.edges {
        put(Int(next) - edge)
        edge = Int(next)
      }
    }
  }

  mutating func put(_ event: PDFEvent) {
    switch event {
    case .package(let mediaType, let parts):
      bytes.append(PDFWire.Tag.package.rawValue)
      put(mediaType)
      put(parts.count)
      for part in parts {
        put(part.name)
        put(part.bytes.lowerBound)
        put(part.bytes.count)
      }
    case .metadata(let metadata):
      bytes.append(PDFWire.Tag.metadata.rawValue)
      put(metadata.title)
      put(metadata.author)
      put(metadata.language)
      put(metadata.date)
      put(metadata.encoding)
      put(metadata.outline.count)
      for entry in metadata.outline {
        put(entry.title)
        put(entry.depth)
        put(entry.page ?? 0)
      }
    case .page(let page):
      bytes.append(PDFWire.Tag.page.rawValue)
      put(page.label)
      put(page.width)
      put(page.height)
    case .notice(let notice):
      bytes.append(PDFWire.Tag.notice.rawValue)
      put(notice.reason.rawValue)
      put(notice.page ?? 0)
      put(notice.bytes == nil ? 0 : 1)
      if let range = notice.bytes {
        put(range.lowerBound)
        put(range.count)
      }
      put(notice.detail)
    case .recognising: bytes.append(PDFWire.Tag.recognising.rawValue)
    case .link(let link):
      bytes.append(PDFWire.Tag.link.rawValue)
      switch link.target {
      case .address(let address):
        put(0)
        put(address)
      case .page(let target): put(target)
      }
      switch link.spot {
      case .area(let page, let box):
        put(page)
        put(box)
      case .bytes(let range):
        put(0)
        put(range.lowerBound)
        put(range.count)
      }
      put(link.text)
    case .finished(let levels):
      bytes.append(PDFWire.Tag.finished.rawValue)
      put(levels.count)
      for level in levels { put(level) }
    case .block(let block):
      bytes.append(PDFWire.Tag.block.rawValue)
      put(block)
    }
  }

  private mutating func put(_ block: Block) {
    switch block.content {
    case .heading(let text, let level):
      put(0)
      put(level)
      put(text)
    case .paragraph(let text):
      put(1)
      put(text)
    case .listItem(let text, let depth):
      put(2)
      put(depth)
      put(text)
    case .table(let table):
      put(3)
      put(table.rowCount)
      put(table.columnCount)
      put(table.cells.count)
      for cell in table.cells {
        put(cell.row)
        put(cell.column)
        put(cell.rowSpan)
        put(cell.columnSpan)
        put(cell.isHeader ? 1 : 0)
        put(cell.text)
      }
    case .preformatted(let text):
      put(4)
      put(text)
    case .footnote(let text):
      put(5)
      put(text)
    case .caption(let text):
      put(6)
      put(text)
    case .furniture(let text, let kind):
      put(7)
      put(kind.rawValue)
      put(text)
    case .turn: preconditionFailure("a PDF has no turns")
    }
  }

  mutating func putFailure(_ error: ReadError) {
    bytes.append(PDFWire.Tag.failure.rawValue)
    put(error.kind.rawValue)
    put(error.what)
    put(error.advice)
  }
}

/// Reads records from bytes that come in pieces.
struct WireReader {
  private var bytes: [UInt8] = []
  private var position = 0

  /// More bytes are wanted before the record is whole.
  struct Incomplete: Error {}
  /// The bytes are no record of ours: the child is not what we took it for.
  struct Malformed: Error {}

  mutating func append(_ more: some Sequence<UInt8>) {
    if position > 1 << 16 || position == bytes.count {
      bytes.removeFirst(position)
      position = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next whole message; nil when more bytes are wanted.
  mutating func next() throws(Malformed) -> PDFWire.Message? {
    guard position < bytes.count else { return nil }
    let start = position
    do {
      return try message()
    } catch is Incomplete {
      position = start
      return nil
    } catch {
      throw Malformed()
    }
  }

  private mutating func message() throws -> PDFWire.Message {
    guard let tag = PDFWire.Tag(rawValue: bytes[position]) else { throw Malformed() }
    position += 1
    switch tag {
    case .metadata:
      var metadata = Metadata()
      metadata.title = try optionalText()
      metadata.author = try optionalText()
      metadata.language = try optionalText()
      metadata.date = try optionalText()
      metadata.encoding = try optionalText()
      for _ in 0..<(try count()) {
        let title = try text()
        let depth = try number()
        let page = try number()
        metadata.outline.append(
          OutlineEntry(title: title, depth: depth, page: page > 0 ? page : nil))
      }
      return .event(.metadata(metadata))
    case .page:
      return .event(.page(Page(label: try optionalText(), width: try float(), height: try float())))
    case .notice:
      guard let reason = Notice.Reason(rawValue: try text()) else { throw Malformed() }
      let page = try number()
      let range = try number() == 0 ? nil : try self.range()
      return .event(
        .notice(
          Notice(reason, page: page > 0 ? page : nil, bytes: range, detail: try text())))
    case .recognising: return .event(.recognising)
    case .link:
      let target = try number()
      let address = target == 0 ? try text() : ""
      let page = try number()
      let spot: Link.Spot =
        page == 0 ? .bytes(try range()) : .area(page: page, box: try box())
      return .event(
        .link(
          Link(target == 0 ? .address(address) : .page(target), at: spot, text: try text())))
    case .package:
      let mediaType = try text()
      var parts: [SourcePart] = []
      for _ in 0..<(try count()) {
        parts.append(SourcePart(name: try text(), bytes: try range()))
      }
      return .event(.package(mediaType: mediaType, parts: parts))
    case .finished:
      var levels: [Int] = []
      for _ in 0..<(try count()) { levels.append(try number()) }
      return .event(.finished(levels: levels))
    case .block:
      return .event(.block(try block()))
    case .failure:
      guard let kind = ReadError.Kind(rawValue: try text()) else { throw Malformed() }
      return .failure(kind: kind, what: try text(), advice: try text())
    case .picture:
      return .picture(try picture())
    }
  }

  struct Request {
    var name: String
    var password: String?
    var limits: ReadLimits
    var recogniser: Recogniser?
    /// None: the document is read.
    var wishes: [PagePicture.Wish] = []
    var scale = 1.0
  }

  /// The next whole request; nil when more bytes are wanted.
  mutating func nextRequest() throws(Malformed) -> Request? {
    let start = position
    do {
      return try request()
    } catch is Incomplete {
      position = start
      return nil
    } catch {
      throw Malformed()
    }
  }

  private mutating func request() throws -> Request {
    var request = Request(
      name: try text(), password: try optionalText(),
      limits: ReadLimits(
        seconds: Double(try number()) / 1000, memoryBytes: try number(), pages: try number(),
        bytes: try number(), nesting: try number()))
    let program = try optionalText()
    let seconds = Double(try number()) / 1000
    request.recogniser = program.map { Recogniser(program: $0, secondsPerPage: seconds) }
    (request.wishes, request.scale) = try wishes()
    return request
  }

  mutating func number() throws -> Int {
    // Nearly all take one byte or two.
    if position + 1 < bytes.count {
      let low = bytes[position]
      let high = bytes[position + 1]
      if low < 0x80 {
        position += 1
        return Self.signed(UInt64(low))
      }
      if high < 0x80 {
        position += 2
        return Self.signed(UInt64(low & 0x7F) | UInt64(high) << 7)
      }
    }
    return try longNumber()
  }

  private mutating func longNumber() throws -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < bytes.count else { throw Incomplete() }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
      guard shift < 64 else { throw Malformed() }
    }
    return Self.signed(value)
  }

  private static func signed(_ value: UInt64) -> Int {
    Int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
  }

  mutating func count() throws -> Int {
    let count = try number()
    guard count >= 0, count < 1 << 31 else { throw Malformed() }
    return count
  }

  mutating func float() throws -> Double {
    guard position + 8 <= bytes.count else { throw Incomplete() }
    let bits = unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    }
    position += 8
    return Double(bitPattern: UInt64(littleEndian: bits))
  }

  private mutating func range() throws -> Range<Int> {
    let start = try count()
    return start..<start + (try count())
  }

  private mutating func box() throws -> Box {
    Box(x0: try float(), y0: try float(), x1: try float(), y1: try float())
  }

  mutating func byteString() throws -> [UInt8] {
    let length = try count()
    guard position + length <= bytes.count else { throw Incomplete() }
    defer { position += length }
    return Array(bytes[position..<position + length])
  }

  private mutating func text() throws -> String {
    let length = try count()
    guard position + length <= bytes.count else { throw Incomplete() }
    defer { position += length }
    return String(decoding: bytes[position..<position + length], as: UTF8.self)
  }

  private mutating func optionalText() throws -> String? { try number() == 0 ? nil : try text() }

  private mutating func anchoredText() throws -> AnchoredText {
    let whole = try text()
    let length = whole.utf8.count
    let runCount = try count()
    var runs: [SourceRun] = []
    runs.reserveCapacity(min(runCount, 1 << 12))
    var end = 0
    for _ in 0..<runCount {
      let start = end + (try count())
      let stop = start + (try count())
      guard stop <= length else { throw Malformed() }
      let page = try number()
      end = stop
      if page == 0 {
        let place = Place.bytes(try range(), verbatim: try number() != 0)
        if stop > start { runs.append(SourceRun(range: start..<stop, place: place)) }
        continue
      }
      let box = try self.box()
      guard let direction = GlyphLine.Direction(rawValue: UInt8(clamping: try number())) else {
        throw Malformed()
      }
      let edges = try self.edges()
      guard stop > start else { continue }
      runs.append(
        SourceRun(
          range: start..<stop,
          place: .glyphs(GlyphLine(page: page, box: box, direction: direction, edges: edges))))
    }
    return AnchoredText(whole, runs: runs)
  }

  /// Ascending numbers, each as its distance from the one before.
  private mutating func edges() throws -> [UInt16] {
    let edgeCount = try count()
    var edges: [UInt16] = []
    edges.reserveCapacity(min(edgeCount, 1 << 16))
    var edge = 0
    for _ in 0..<edgeCount {
      edge += try number()
      edges.append(UInt16(clamping: edge))
    }
    return edges
  }

  private mutating func block() throws -> Block {
    switch try number() {
    case 0:
      let level = try number()
      return Block(.heading(try anchoredText(), level: level))
    case 1: return Block(.paragraph(try anchoredText()))
    case 2:
      let depth = try number()
      return Block(.listItem(try anchoredText(), depth: depth))
    case 3:
      let rows = try count()
      let columns = try count()
      var cells: [Table.Cell] = []
      for _ in 0..<(try count()) {
        cells.append(
          Table.Cell(
            row: try number(), column: try number(), rowSpan: try number(),
            columnSpan: try number(), isHeader: try number() != 0, text: try anchoredText()))
      }
      return Block(.table(Table(rowCount: rows, columnCount: columns, cells: cells)))
    case 4: return Block(.preformatted(try anchoredText()))
    case 5: return Block(.footnote(try anchoredText()))
    case 6: return Block(.caption(try anchoredText()))
    case 7:
      guard let kind = Block.Furniture(rawValue: try text()) else { throw Malformed() }
      return Block(.furniture(try anchoredText(), kind))
    default: throw Malformed()
    }
  }
}
