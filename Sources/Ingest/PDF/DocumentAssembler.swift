import Documents

/// Joins the blocks of pages into the blocks of a document, as the pages come.
///
/// Holds no more than one unfinished block and what waits behind it, so that memory does not grow
/// with the document; finished blocks go to the sink in reading order.
struct DocumentAssembler {
  private let emit: (Block) -> Void
  private var pending: (block: PageBlock, depth: Int)?
  /// Footnotes and furniture met while a paragraph runs on to the next column or page.
  private var waiting: [Block] = []
  private var nesting = ListNesting()
  /// Heading looks in order of appearance; a block's level is an index until ``levels()``.
  private var looks: [HeadingLook] = []
  /// Hashes of the bookmarks' letters and digits: there may be thousands.
  private let outline: Set<UInt64>

  struct HeadingLook: Hashable {
    /// Half points.
    var size: Int
    var isBold: Bool
    var isCapitals: Bool
  }

  /// - Parameter emit: takes finished blocks. A heading's level is an index into ``levels()``.
  init(outline: [OutlineEntry], emit: @escaping (Block) -> Void) {
    self.emit = emit
    self.outline = Set(outline.compactMap { Self.folded($0.title) })
  }

  /// What the pages read so far say about ordinary text.
  struct Body {
    /// Points.
    var size: Float
    /// Most of the text is bold, so that bold says nothing.
    var isBold: Bool
  }

  mutating func add(_ blocks: [PageBlock], body: Body) {
    for block in Self.notesAfterReferences(blocks) {
      switch block.kind {
      case .furniture(let kind):
        put(Block(.furniture(block.text, kind)))
      case .footnote:
        put(Block(.footnote(block.text)))
      case .table(let table):
        finish()
        emit(Block(.table(table)))
      case .caption:
        finish()
        emit(Block(.caption(block.text)))
      case .preformatted:
        finish()
        emit(Block(.preformatted(block.text)))
      case .paragraph, .listItem:
        if joins(block) {
          append(block)
        } else {
          finish()
          if isHeading(block, body) {
            nesting.reset()
            emit(Block(.heading(block.text, level: look(of: block))))
          } else {
            var depth = 0
            if case .listItem(let marker) = block.kind { depth = nesting.depth(of: marker) }
            pending = (block, depth)
            if !block.endsColumn { finish() }
          }
        }
      }
    }
  }

  /// A footnote is read where the text refers to it: after the block that bears its mark. Notes
  /// whose mark is not found stay where they stand.
  private static func notesAfterReferences(_ blocks: [PageBlock]) -> [PageBlock] {
    var order: [[PageBlock]] = []
    var bearer: [String: Int] = [:]
    for block in blocks {
      if case .footnote(let mark) = block.kind, !mark.isEmpty, let at = bearer[mark] {
        order[at].append(block)
        continue
      }
      for mark in block.references where bearer[mark] == nil { bearer[mark] = order.count }
      order.append([block])
    }
    return order.flatMap(\.self)
  }

  /// Ends the document. Call once.
  mutating func end() { finish() }

  /// The level from 1 of each heading look, larger and bolder first.
  func levels() -> [Int] {
    let ranked = looks.sorted {
      ($0.size, $0.isBold ? 1 : 0, $0.isCapitals ? 1 : 0) > (
        $1.size, $1.isBold ? 1 : 0, $1.isCapitals ? 1 : 0
      )
    }
    return looks.map { look in min((ranked.firstIndex(of: look) ?? 0) + 1, 6) }
  }

  // MARK: Running on

  private mutating func put(_ block: Block) {
    if pending == nil { emit(block) } else { waiting.append(block) }
  }

  private mutating func finish() {
    if let (block, depth) = pending {
      pending = nil
      switch block.kind {
      case .listItem: emit(Block(.listItem(block.text, depth: depth)))
      default: emit(Block(.paragraph(block.text)))
      }
    }
    for block in waiting { emit(block) }
    waiting.removeAll()
  }

  /// Whether the block goes on with the unfinished one of the column or page before.
  private func joins(_ next: PageBlock) -> Bool {
    guard let (last, _) = pending, next.startsColumn, case .paragraph = next.kind else {
      return false
    }
    guard abs(last.size - next.size) <= max(0.6, last.size * 0.06), last.isBold == next.isBold
    else { return false }
    let bytes = last.text.text.utf8
    guard let end = bytes.last, let start = next.text.text.unicodeScalars.first else {
      return false
    }
    let startsLower = start.properties.isLowercase
    if Spelling.finalHyphenLength(Array(bytes.suffix(3))) != nil { return startsLower }
    // A last line with room for the next word ended its paragraph.
    guard last.room < next.firstWordWidth + last.size * 0.6 else { return false }
    if startsLower { return true }
    let isEnded = [0x2E, 0x3F, 0x21, 0x3A, 0x3B, 0x22, 0x29].contains(end)
    return !isEnded && !next.isIndented
  }

  private mutating func append(_ next: PageBlock) {
    guard let (unfinished, depth) = pending else { return }
    var block = unfinished
    let bytes = Array(block.text.text.utf8.suffix(4))
    if let hyphen = Spelling.finalHyphenLength(bytes) {
      let length = block.text.text.utf8.count
      if bytes.count > hyphen, bytes[bytes.count - hyphen - 1] >= 0x61 {
        block.text = block.text.slice(0..<length - hyphen)
      }
      block.text.append(next.text)
    } else {
      block.text.append(unanchored: " ")
      block.text.append(next.text)
    }
    block.room = next.room
    block.references += next.references
    block.endsColumn = next.endsColumn
    block.lineCount += next.lineCount
    pending = (block, depth)
    if !next.endsColumn { finish() }
  }

  // MARK: Headings

  private func isHeading(_ block: PageBlock, _ body: Body) -> Bool {
    let text = block.text.text
    guard block.lineCount <= 4, text.utf8.count <= 300, let first = text.unicodeScalars.first,
      text.unicodeScalars.contains(where: { $0.properties.isAlphabetic })
    else { return false }
    if case .listItem(let marker) = block.kind, case .bullet = marker.style { return false }
    if first.properties.isLowercase { return false }
    guard let last = text.utf8.last, last != 0x2C, last != 0x3B else { return false }
    if block.size > body.size * 1.12, block.lineCount <= 3 || block.isBold { return true }
    if block.isBold, !body.isBold, block.size >= body.size * 0.93 { return true }
    if !outline.isEmpty, block.size >= body.size * 0.93, let folded = Self.folded(text),
      outline.contains(folded)
    {
      return true
    }
    return block.isCapitals && block.isCentered && block.lineCount <= 3
      && block.gapAbove > 0.5 && block.gapBelow > 0.3 && block.size >= body.size * 0.95
  }

  private mutating func look(of block: PageBlock) -> Int {
    let look = HeadingLook(
      size: Int((block.size * 2).rounded()), isBold: block.isBold, isCapitals: block.isCapitals)
    if let at = looks.firstIndex(of: look) { return at }
    looks.append(look)
    return looks.count - 1
  }

  /// A hash of the letters and digits in lower case (64-bit FNV-1a where they are ASCII), for comparing
  /// with bookmarks. Nil where there are fewer than three.
  private static func folded(_ text: String) -> UInt64? {
    var hash = FNVHash()
    var count = 0
    for byte in text.utf8 {
      switch byte {
      case 0x41...0x5A: hash.mix(byte | 0x20)
      case 0x61...0x7A, 0x30...0x39: hash.mix(byte)
      case 0x80...:
        let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
        guard letters.count >= 3 else { return nil }
        // Accents may be spelled in two ways, which are equal as texts.
        guard letters.utf8.allSatisfy({ $0 < 0x80 }) else {
          return UInt64(bitPattern: Int64(letters.hashValue))
        }
        hash = FNVHash()
        for byte in letters.utf8 { hash.mix(byte) }
        return hash.value
      default: continue
      }
      count += 1
    }
    return count >= 3 ? hash.value : nil
  }
}
