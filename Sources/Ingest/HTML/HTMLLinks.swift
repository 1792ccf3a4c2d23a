import Documents

/// The links of a page, in its order: where their words stand, and the addresses as written.
struct HTMLLinks {
  private let tree: HTMLTree
  private let source: SourceText

  init(_ tree: HTMLTree, _ source: SourceText) {
    self.tree = tree
    self.source = source
  }

  /// - Parameter showsHidden: hidden elements count as shown.
  func find(showsHidden: Bool) -> [Link] {
    var links: [Link] = []
    var builder = AnchoredTextBuilder(source)
    var index = 0
    while index < tree.nodes.count {
      let node = tree.nodes[index]
      if node.tag.isElement,
        node.tag.isSilent || node.flags.contains(.hidden) && !showsHidden
      {
        index = Int(node.end)
        continue
      }
      if node.tag == .a, let address = address(ofTagBefore: Int(node.first)) {
        let bytes = words(index, &builder)
        let place = bytes ?? source.fileRange(of: Int(node.first)..<Int(node.first))
        builder.trimEnd()
        links.append(Link(.address(address), at: .bytes(place), text: builder.finish().text))
      }
      index += 1
    }
    return links
  }

  /// Puts the words of a link into the builder; the bytes of the file from the first to the last.
  private func words(_ link: Int, _ builder: inout AnchoredTextBuilder) -> Range<Int>? {
    var range: Range<Int>?
    var index = link + 1
    while index < Int(tree.nodes[link].end) {
      let node = tree.nodes[index]
      if node.tag.isElement, node.tag.isSilent {
        index = Int(node.end)
        continue
      }
      index += 1
      guard !node.tag.isElement else {
        if node.tag.isBlock || node.tag == .br { builder.separate() }
        continue
      }
      let text = Int(node.first)..<Int(node.last)
      if node.tag == .text {
        builder.appendCollapsed(text)
      } else if let scalar = Unicode.Scalar(UInt32(node.value)) {
        builder.append(String(scalar).utf8, standingFor: text)
      }
      let bytes = source.fileRange(of: text)
      // A reference that the parser hands out late may stand before what came first.
      let before = range ?? bytes
      range =
        min(before.lowerBound, bytes.lowerBound)..<max(before.upperBound, bytes.upperBound)
    }
    return range
  }

  /// Bytes of a start tag that are looked at.
  private static let longestTag = 16 << 10
  /// Beginnings of tags in it that are tried: a page may be made to have thousands.
  private static let mostCandidates = 8

  /// The `href` of the start tag that ends at `end`, or right after it; nil without one, or where it
  /// is a script. Read from the source, since the parser is not given long values whole.
  private func address(ofTagBefore end: Int) -> String? {
    let utf8 = source.utf8
    let first = max(source.start, end - Self.longestTag)
    var start = min(end, utf8.count - 3)
    var candidates = 0
    while start >= first, candidates < Self.mostCandidates {
      if utf8[start] == 0x3C, utf8[start + 1] | 0x20 == 0x61, utf8[start + 2] <= 0x20 {
        candidates += 1
        let (value, close) = Self.href(utf8, start + 2, min(utf8.count, end + 2))
        // One that ends before is text in an attribute of this one.
        if close >= end - 1 { return value.flatMap { Self.address(utf8[$0]) } }
      }
      start -= 1
    }
    return nil
  }

  /// The value of the first `href` among the attributes that begin at `start`, and where the tag ends.
  private static func href(
    _ utf8: [UInt8], _ start: Int, _ limit: Int
  ) -> (value: Range<Int>?, close: Int) {
    var found: Range<Int>?
    var position = start
    func skipSpace() { while position < limit, utf8[position] <= 0x20 { position += 1 } }
    while position < limit {
      skipSpace()
      let name = position
      while position < limit, utf8[position] > 0x20, utf8[position] != 0x3D,
        utf8[position] != 0x3E
      { position += 1 }
      let isAddress = utf8[name..<position].elementsEqual("href".utf8) { $0 | 0x20 == $1 }
      skipSpace()
      guard position < limit, utf8[position] != 0x3E else { break }
      guard utf8[position] == 0x3D else { continue }
      position += 1
      skipSpace()
      guard position < limit else { break }
      let quote = utf8[position]
      let isQuoted = quote == 0x22 || quote == 0x27
      if isQuoted { position += 1 }
      let value = position
      while position < limit,
        isQuoted ? utf8[position] != quote : utf8[position] > 0x20 && utf8[position] != 0x3E
      { position += 1 }
      if isAddress, found == nil { found = value..<position }
      if isQuoted { position += 1 }
    }
    return (found, position)
  }

  /// References decoded, and the white space that browsers ignore left out.
  private static func address(_ value: ArraySlice<UInt8>) -> String? {
    let text = HTMLReferences.decoded(value)
    let address = text.unicodeScalars.filter { $0.value >= 0x20 }
    let trimmed = String(String.UnicodeScalarView(address)).trimmingSpaces
    if trimmed.isEmpty || trimmed.lowercased().hasPrefix("javascript:") { return nil }
    return trimmed
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var part = self[...]
    while part.first == " " { part.removeFirst() }
    while part.last == " " { part.removeLast() }
    return String(part)
  }
}
