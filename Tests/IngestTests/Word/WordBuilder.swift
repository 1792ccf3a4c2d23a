import Documents
import Foundation
import TestSupport

@testable import Ingest

/// Makes documents of Word from the XML of their parts.
struct WordBuilder {
  var body: String
  var styles: String?
  var numbering: String?
  var footnotes: String?
  var endnotes: String?
  var header: String?
  /// Further relationships of the body: `rId9` on.
  var relationships = ""
  var core: String?
  /// Instead of what the body makes.
  var document: [UInt8]?
  var extra: [(name: String, text: String)] = []
  var leftOut: Set<String> = []

  init(_ body: String = "") { self.body = body }

  static let namespaces =
    #"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main""#
  private static let kinds =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let types = "application/vnd.openxmlformats-officedocument.wordprocessingml"

  var package: PackageBuilder {
    var package = PackageBuilder()
    func add(_ name: String, _ text: String) {
      if !leftOut.contains(name) { package.add(name, text) }
    }
    func part(_ root: String, _ inner: String) -> String {
      #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"# + "\n"
        + "<w:\(root) \(Self.namespaces)>\(inner)</w:\(root)>"
    }
    add(
      "[Content_Types].xml",
      #"""
      <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
      <Default Extension="xml" ContentType="application/xml"/>
      <Override PartName="/word/document.xml" ContentType="\#(Self.types).document.main+xml"/>
      </Types>
      """#)
    add(
      "_rels/.rels",
      #"""
      <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
      <Relationship Id="rId1" Type="\#(Self.kinds)/officeDocument" Target="word/document.xml"/>
      <Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>
      </Relationships>
      """#)
    if let document {
      if !leftOut.contains("word/document.xml") { package.add("word/document.xml", document) }
    } else {
      add("word/document.xml", part("document", "<w:body>\(body)</w:body>"))
    }
    var rels = relationships
    for (id, kind, root, text) in [
      ("rId1", "styles", "styles", styles), ("rId2", "numbering", "numbering", numbering),
      ("rId3", "footnotes", "footnotes", footnotes), ("rId4", "endnotes", "endnotes", endnotes),
      ("rId5", "header", "hdr", header),
    ] {
      guard let text else { continue }
      add("word/\(kind).xml", part(root, text))
      rels += #"<Relationship Id="\#(id)" Type="\#(Self.kinds)/\#(kind)" Target="\#(kind).xml"/>"#
    }
    add(
      "word/_rels/document.xml.rels",
      #"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\#(rels)</Relationships>"#
    )
    if let core {
      add(
        "docProps/core.xml",
        #"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">\#(core)</cp:coreProperties>"#
      )
    }
    for (name, text) in extra { package.add(name, text) }
    return package
  }

  /// A paragraph of one run.
  static func paragraph(_ words: String, _ properties: String = "", run: String = "") -> String {
    "<w:p><w:pPr>\(properties)</w:pPr><w:r><w:rPr>\(run)</w:rPr><w:t xml:space=\"preserve\">\(words)</w:t></w:r></w:p>"
  }

  static func numbered(_ words: String, list: Int = 1, level: Int = 0) -> String {
    paragraph(
      words, "<w:numPr><w:ilvl w:val=\"\(level)\"/><w:numId w:val=\"\(list)\"/></w:numPr>")
  }

  /// `w:lvl` elements of texts and formats.
  static func levels(_ levels: [(text: String, format: String, more: String)]) -> String {
    levels.enumerated().map { index, level in
      #"<w:lvl w:ilvl="\#(index)"><w:start w:val="1"/><w:numFmt w:val="\#(level.format)"/>\#(level.more)<w:lvlText w:val="\#(level.text)"/></w:lvl>"#
    }.joined()
  }
}

/// A package read from a file, and its parts' bytes one after another as places count them.
struct PackageReading {
  let document: Document
  let bytes: [UInt8]

  init(_ file: [UInt8], limits: PackageLimits = PackageLimits()) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file.docx")
    try Data(file).write(to: url)
    let source = try SourceFile(url, named: "file.docx")
    document = try PackageReader.read(
      source.descriptor, named: "file.docx", limits: ReadLimits(), packageLimits: limits)
    var archive = try ZIPPackage(descriptor: source.descriptor, named: "file.docx")
    var bytes: [UInt8] = []
    for part in document.parts { bytes += try archive.contents(of: part.name) }
    self.bytes = bytes
  }

  init(_ builder: WordBuilder) throws { try self.init(builder.package.bytes) }

  /// `kind text` of each block; cells parted by bars.
  var texts: [String] {
    document.blocks.map { "\($0.kind) \($0.texts.map(\.text).joined(separator: "|"))" }
  }

  var check: AnchorCheck { AnchorCheck(document, of: bytes) }
}
