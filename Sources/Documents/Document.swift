/// One source file, read: its blocks in reading order, and what could not be read.
///
/// Every reader (PDF, HTML, text, Word, …) ends in this one closed tree, and every consumer
/// starts from it. It says nothing about meaning: a section number or a date is text here.
package struct Document: Hashable, Sendable {
  /// The IANA media type by content, not by name: `application/pdf`, `text/html`, `text/vtt`, …
  package var mediaType: String
  package var metadata: Metadata
  /// The physical pages of a PDF, in file order; empty for formats without pages.
  package var pages: [Page]
  /// What of a package (DOCX, EPUB) text was read from, in the order of its bytes; empty where the
  /// file itself is text, or has pages.
  package var parts: [SourcePart]
  /// Reading order. Page furniture stands where it was found; ``Block/isRead`` is false for it.
  package var blocks: [Block]
  /// In the order of the file, those of furniture among them.
  package var links: [Link]
  /// What could not be read, with its place. A document with notices is never a clean success.
  package var notices: [Notice]

  package init(
    mediaType: String, metadata: Metadata = Metadata(), pages: [Page] = [],
    parts: [SourcePart] = [], blocks: [Block] = [], links: [Link] = [], notices: [Notice] = []
  ) {
    self.mediaType = mediaType
    self.metadata = metadata
    self.pages = pages
    self.parts = parts
    self.blocks = blocks
    self.links = links
    self.notices = notices
  }
}

/// What a file says about itself. Nothing here is verified.
package struct Metadata: Hashable, Sendable {
  package var title: String?
  package var author: String?
  /// A BCP 47 tag when the file declares one.
  package var language: String?
  /// The date of a meeting or a publication as the file states it, ISO 8601 (`2026-11-20`).
  package var date: String?
  /// The encoding text was decoded from, by its WHATWG name (`utf-8`, `windows-1252`, …).
  package var encoding: String?
  /// Bookmarks of a PDF, depth first.
  package var outline: [OutlineEntry]

  package init(
    title: String? = nil, author: String? = nil, language: String? = nil, date: String? = nil,
    encoding: String? = nil, outline: [OutlineEntry] = []
  ) {
    self.title = title
    self.author = author
    self.language = language
    self.date = date
    self.encoding = encoding
    self.outline = outline
  }
}

/// One bookmark: its words, its depth from 0, and the page it leads to (physical, from 1).
package struct OutlineEntry: Hashable, Sendable {
  package var title: String
  package var depth: Int
  package var page: Int?

  package init(title: String, depth: Int, page: Int?) {
    self.title = title
    self.depth = depth
    self.page = page
  }
}

/// One physical page.
package struct Page: Hashable, Sendable {
  /// As printed by the file's page labels (`iv`, `A-3`); nil where the file has none.
  package var label: String?
  /// Points, after rotation.
  package var width: Double
  package var height: Double

  package init(label: String?, width: Double, height: Double) {
    self.label = label
    self.width = width
    self.height = height
  }
}
