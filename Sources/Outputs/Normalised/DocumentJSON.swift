package import Documents
package import JSON

/// The normalised document as JSON: what `docket ingest` prints.
///
/// Every block has its `type` and `text`; a PDF's block also `page` (physical, from 1), `bbox`
/// (`[x0, y0, x1, y1]` in points, origin top left, of its part on that page) and `boxes` (one a
/// line, `[page, x0, y0, x1, y1]`); a block of HTML or text `bytes`, half-open, in the file; one of a
/// package (DOCX, EPUB) the `part` it stands in and `bytes` of that part, unpacked. A link has the same
/// of its place, its `text`, and `uri` as written or `toPage` (physical, from 1).
package struct DocumentJSON {
  private let document: Document

  package init(_ document: Document) { self.document = document }

  package var value: JSONValue {
    var object: JSONObject = [
      "format": 1, "mediaType": .string(document.mediaType),
      "blocks": .array(document.blocks.map(block)),
      "notices": .array(document.notices.map(notice)),
    ]
    var metadata = JSONObject()
    metadata["title"] = document.metadata.title.map { .string($0) }
    metadata["author"] = document.metadata.author.map { .string($0) }
    metadata["language"] = document.metadata.language.map { .string($0) }
    metadata["date"] = document.metadata.date.map { .string($0) }
    metadata["encoding"] = document.metadata.encoding.map { .string($0) }
    if !document.metadata.outline.isEmpty {
      metadata["outline"] = .array(
        document.metadata.outline.map {
          [
            "title": .string($0.title), "depth": .integer($0.depth),
            "page": $0.page.map { .integer($0) } ?? .null,
          ]
        })
    }
    object["metadata"] = .object(metadata)
    if !document.pages.isEmpty {
      object["pages"] = .array(
        document.pages.map {
          [
            "label": $0.label.map { .string($0) } ?? .null, "width": .number(rounded($0.width)),
            "height": .number(rounded($0.height)),
          ]
        })
    }
    if !document.links.isEmpty { object["links"] = .array(document.links.map(link)) }
    return .object(object)
  }

  private func link(_ link: Link) -> JSONValue {
    var object: JSONObject = ["text": .string(link.text)]
    switch link.target {
    case .address(let address): object["uri"] = .string(address)
    case .page(let page): object["toPage"] = .integer(page)
    }
    switch link.spot {
    case .area(let page, let box):
      object["page"] = .integer(page)
      object["bbox"] = .array([box.x0, box.y0, box.x1, box.y1].map { .number(rounded($0)) })
    case .bytes(let bytes): add(bytes, to: &object)
    }
    return .object(object)
  }

  private func notice(_ notice: Notice) -> JSONValue {
    var object: JSONObject = [
      "reason": .string(notice.reason.rawValue), "detail": .string(notice.detail),
    ]
    object["page"] = notice.page.map { .integer($0) }
    if let bytes = notice.bytes { add(bytes, to: &object) }
    return .object(object)
  }

  private func block(_ block: Block) -> JSONValue {
    var object: JSONObject = ["type": .string(block.kind)]
    object["text"] = .string(block.texts.map(\.text).joined(separator: "\t"))
    switch block.content {
    case .heading(_, let level): object["level"] = .integer(level)
    case .listItem(_, let depth): object["depth"] = .integer(depth)
    case .furniture(_, let furniture): object["furniture"] = .string(furniture.rawValue)
    case .table(let table): add(table, to: &object)
    case .turn(let turn):
      object["text"] = .string(turn.text.text)
      object["turn"] = .integer(turn.index)
      object["speaker"] = turn.speaker.map { .string($0.text) } ?? .null
      object["start"] = turn.start.map { .number($0) }
      object["end"] = turn.end.map { .number($0) }
    case .paragraph, .preformatted, .footnote, .caption: break
    }
    addPlaces(of: block, to: &object)
    return .object(object)
  }

  private func add(_ table: Table, to object: inout JSONObject) {
    var rows = [[String]](
      repeating: [String](repeating: "", count: table.columnCount), count: table.rowCount)
    for cell in table.cells where cell.row < table.rowCount && cell.column < table.columnCount {
      rows[cell.row][cell.column] = cell.text.text
    }
    object["rows"] = .array(rows.map { .array($0.map { .string($0) }) })
    object["cells"] = .array(
      table.cells.map {
        [
          "row": .integer($0.row), "column": .integer($0.column), "rowSpan": .integer($0.rowSpan),
          "columnSpan": .integer($0.columnSpan), "header": .bool($0.isHeader),
          "text": .string($0.text.text),
        ]
      })
    object["text"] = .string(rows.map { $0.joined(separator: "\t") }.joined(separator: "\n"))
  }

  private func addPlaces(of block: Block, to object: inout JSONObject) {
    var bytes: Range<Int>?
    var lines: [GlyphLine] = []
    for run in block.texts.flatMap(\.runs) {
      switch run.place {
      case .bytes(let place, _):
        bytes =
          bytes.map {
            min($0.lowerBound, place.lowerBound)..<max($0.upperBound, place.upperBound)
          } ?? place
      case .glyphs(let line): lines.append(line)
      }
    }
    if let bytes { add(bytes, to: &object) }
    guard let first = lines.first else { return }
    let box = lines.filter { $0.page == first.page }.map(\.box).reduce(first.box) { $0.union($1) }
    object["page"] = .integer(first.page)
    object["bbox"] = .array(coordinates(box))
    object["boxes"] = .array(lines.map { .array([.integer($0.page)] + coordinates($0.box)) })
  }

  private func add(_ bytes: Range<Int>, to object: inout JSONObject) {
    let part = document.parts.part(at: bytes.lowerBound)
    let own = part?.own(bytes) ?? bytes
    object["part"] = part.map { .string($0.name) }
    object["bytes"] = [.integer(own.lowerBound), .integer(own.upperBound)]
  }

  private func coordinates(_ box: Box) -> [JSONValue] {
    [box.x0, box.y0, box.x1, box.y1].map { .number(rounded($0)) }
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
