import Documents
import Foundation

/// Books (EPUB 2 and 3) → the document tree: the pages of the spine in its order, each read as HTML.
///
/// Places are bytes of the package's parts (``SourcePart``). The table of contents that a book brings as a
/// page is kept as furniture.
enum EPUBReader {
  private static let advice = "Check that it is a whole EPUB, or convert it to HTML or PDF."

  /// A file that the book's package document lists.
  private struct Item {
    var part: String
    var type: String
    var isContents: Bool
  }

  static func read(_ parts: PackageParts, limits: ReadLimits) throws(ReadError) -> Document {
    try refuseEncrypted(parts)
    let (container, _) = try parts.wellFormedTree(of: "META-INF/container.xml", advice: advice)
    let root = container.nodes.indices.lazy.filter { container.nodes[$0].name == .rootFile }
      .compactMap { container.value("full-path", of: $0) }
      .compactMap { OfficePackage.resolve($0, from: "") }.first
    guard let root else {
      throw damaged(parts, "META-INF/container.xml names no package document")
    }
    let (tree, source) = try parts.wellFormedTree(of: root, advice: advice)
    let folder = root.lastIndex(of: "/").map { String(root[...$0]) } ?? ""
    let items = manifest(tree, folder: folder)
    let spine = tree.nodes.indices.filter { tree.nodes[$0].name == .itemReference }
      .compactMap { tree.value("idref", of: $0) }
    guard !spine.isEmpty else { throw damaged(parts, "\(root) lists no pages to read") }
    var document = Document(
      mediaType: MediaType.epub.name ?? "", metadata: metadata(tree, source))
    var seen: Set<String> = []
    for reference in spine {
      guard let item = items[reference] else {
        parts.add(Notice(.damaged, detail: "A page that the book lists is declared nowhere."))
        continue
      }
      guard seen.insert(item.part).inserted else { continue }
      try add(item, to: &document, parts)
    }
    document.parts = parts.parts
    document.notices = parts.notices + document.notices
    if !document.blocks.contains(where: \.isRead) {
      document.notices.append(Notice(.empty, detail: "The book holds no text."))
    }
    return document
  }

  private static func add(
    _ item: Item, to document: inout Document, _ parts: PackageParts
  ) throws(ReadError) {
    let name = PackageParts.shown(item.part)
    guard item.type == "application/xhtml+xml" || item.type == "text/html" else {
      parts.add(Notice(.unsupported, detail: "\(name) is of a type that is not read."))
      return
    }
    guard parts.holds(item.part) else {
      parts.add(Notice(.damaged, detail: "\(name) is missing from the package."))
      return
    }
    let source: SourceText
    do throws(ReadError) {
      source = try parts.text(of: item.part)
    } catch {
      // What is wrong with one page costs that page; what is too large costs the book.
      if error.kind == .overLimit { throw error }
      parts.add(error)
      return
    }
    let page = try HTMLReader().read(source, named: parts.file, isAllContent: true)
    document.metadata.encoding = document.metadata.encoding ?? source.encoding.rawValue
    document.links += page.links
    // Pages without text hold pictures: covers, plates.
    document.notices += page.notices.filter { $0.reason != .empty && $0.reason != .undecodable }
    guard item.isContents else {
      document.blocks += page.blocks
      return
    }
    document.blocks += page.blocks.map { block in
      var all = AnchoredText()
      for text in block.texts where !text.isEmpty {
        if !all.isEmpty { all.append(unanchored: " ") }
        all.append(text)
      }
      return Block(.furniture(all, .boilerplate))
    }
  }

  private static func manifest(_ tree: XMLTree, folder: String) -> [String: Item] {
    var items: [String: Item] = [:]
    for node in tree.nodes.indices where tree.nodes[node].name == .item {
      guard let id = tree.value("id", of: node), let reference = tree.value("href", of: node),
        let part = OfficePackage.resolve(reference, from: folder)
      else { continue }
      let properties = tree.value("properties", of: node)?.split(separator: " ") ?? []
      items[id] = Item(
        part: part, type: tree.value("media-type", of: node)?.lowercased() ?? "",
        isContents: properties.contains("nav"))
    }
    return items
  }

  private static func metadata(_ tree: XMLTree, _ source: SourceText) -> Metadata {
    func words(_ name: XMLName) -> [String] {
      tree.nodes.indices.filter { tree.nodes[$0].name == name }
        .map { XMLText.string(source.utf8, tree.content(of: $0)) }.filter { !$0.isEmpty }
    }
    let authors = words(.creator)
    return Metadata(
      title: words(.title).first, author: authors.isEmpty ? nil : authors.joined(separator: "; "),
      language: words(.language).first,
      date: words(.date).lazy.compactMap { CivilDay.prefix(of: $0) }.first)
  }

  /// Books of shops are encrypted; those whose fonts alone are made unreadable are not.
  private static func refuseEncrypted(_ parts: PackageParts) throws(ReadError) {
    guard parts.holds("META-INF/encryption.xml") else { return }
    let (tree, _) = try parts.wellFormedTree(of: "META-INF/encryption.xml", advice: advice)
    let fonts = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]
    for node in tree.nodes.indices where tree.nodes[node].name == .encryptedData {
      let method = tree.child(.encryptionMethod, of: node).flatMap {
        tree.value("Algorithm", of: $0)
      }
      guard !fonts.contains(method ?? "") else { continue }
      throw ReadError(
        .missingPassword, file: parts.file,
        what: "the book is encrypted (digital rights management)",
        advice: "Docket does not open these; leave it out.")
    }
  }

  private static func damaged(_ parts: PackageParts, _ what: String) -> ReadError {
    ReadError(.damaged, file: parts.file, what: what, advice: advice)
  }
}
