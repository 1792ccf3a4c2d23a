import Documents
import Foundation

/// Documents of Word (DOCX, ECMA-376) → the document tree.
///
/// What is read is what Word shows when all changes are accepted: numbers of lists are counted as it
/// counts them, results of fields stand for their codes, notes follow the block that refers to them.
/// Places are bytes of the package's parts (``SourcePart``): each character of text stands in the
/// `w:t` that spells it; numbers that Word counts stand nowhere.
enum WordReader {
  private static let advice = "Open it in Word or LibreOffice and save it again."

  static func read(_ parts: PackageParts) throws(ReadError) -> Document {
    let package = try OfficePackage(parts)
    let roots = package.relationships(of: "")
    let main =
      roots.first { $0.kind == "officeDocument" && !$0.isExternal }?.target
      ?? package.part(ofType: "document.main+xml")
    guard let main else {
      throw ReadError(
        .damaged, file: parts.file, what: "the package names no main document", advice: advice)
    }
    let type = package.type(of: main)
    for (word, format) in [
      ("spreadsheetml", "an Excel workbook"), ("ms-excel", "an Excel workbook"),
      ("presentationml", "a PowerPoint presentation"),
      ("ms-powerpoint", "a PowerPoint presentation"),
    ] where type.contains(word) {
      throw ReadError(
        .unsupported, file: parts.file,
        what: "its content is \(format), which is of no format Docket reads",
        advice: "Convert it to PDF, or leave it out by the input's patterns.")
    }
    guard parts.holds(main) else {
      throw ReadError(
        .damaged, file: parts.file, what: "\(main) is missing from the package", advice: advice)
    }
    let reading = WordReading(package, main: main)
    let body = try WordStory(main, in: reading)
    try body.readBody()
    var document = Document(
      mediaType: MediaType.word.name ?? "", metadata: metadata(package, roots, reading),
      parts: parts.parts, blocks: reading.blocks, links: reading.links)
    document.metadata.encoding = body.source.encoding.rawValue
    document.notices = parts.notices + reading.notices
    if !document.blocks.contains(where: \.isRead) {
      document.notices.append(
        reading.pictures > 0
          ? Notice(
            .noTextLayer,
            detail: "The document shows \(reading.pictures) pictures and has no text.")
          : Notice(.empty, detail: "The document holds no text."))
    }
    return document
  }

  private static func metadata(
    _ package: OfficePackage, _ roots: [OfficePackage.Relationship], _ reading: WordReading
  ) -> Metadata {
    var metadata = Metadata(language: reading.styles.language)
    guard let name = roots.first(where: { $0.kind == "core-properties" })?.target,
      let (tree, source) = package.parts.optionalTree(of: name), let root = tree.root
    else { return metadata }
    func words(_ name: XMLName) -> String? {
      guard let node = tree.child(name, of: root) else { return nil }
      let text = XMLText.string(source.utf8, tree.content(of: node))
      return text.isEmpty ? nil : text
    }
    metadata.title = words(.title)
    metadata.author = words(.creator)
    metadata.language = words(.language) ?? metadata.language
    metadata.date = words(.created).flatMap { CivilDay.prefix(of: $0) }
    return metadata
  }
}
