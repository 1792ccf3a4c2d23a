package import Documents

/// HTML and XHTML → the document tree: main content as blocks, what is around it as furniture.
package struct HTMLReader: Reader {
  package init() {}

  package func read(
    _ bytes: [UInt8], named name: String, limits: ReadLimits
  ) throws(ReadError) -> Document {
    guard bytes.count < Int(Int32.max) else {
      throw ReadError(
        .overLimit, file: name,
        what: "the page has \(bytes.count) bytes, and at most \(Int32.max - 1) are read",
        advice: "Split the page.")
    }
    let encoding = EncodingDetection.encoding(
      of: bytes, declared: HTMLEncodingDeclaration.encoding(of: bytes))
    return try read(SourceText(bytes, encoding: encoding), named: name)
  }

  /// - Parameter isAllContent: nothing of it is navigation or the like around a main content: a
  ///   message, a chapter.
  func read(
    _ source: SourceText, named name: String, isAllContent: Bool = false
  ) throws(ReadError) -> Document {
    guard var tree = HTMLParser.parse(source) else {
      throw ReadError(
        .crashed, file: name, what: "libxml2 got no memory for \(source.utf8.count) bytes",
        advice: "Free memory, or run fewer documents at a time.")
    }
    let content = HTMLContent(&tree, source, isAll: isAllContent)
    var blocks = HTMLBlocks(tree, source, content)
    var document = Document(
      mediaType: "text/html",
      metadata: Metadata(
        title: tree.title ?? tree.siteTitle, author: tree.author, language: tree.language,
        date: tree.date, encoding: source.encoding.rawValue),
      blocks: blocks.read(),
      links: HTMLLinks(tree, source).find(showsHidden: content.showsHidden), notices: source.notices
    )
    if !document.blocks.contains(where: \.isRead) {
      document.notices.append(Notice(.empty, detail: "The page holds no text."))
    }
    return document
  }
}
