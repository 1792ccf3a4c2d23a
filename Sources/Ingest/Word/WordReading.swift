import Documents

/// A document of Word being read: what its stories (body, notes, headers) share.
final class WordReading {
  let package: OfficePackage
  let styles: WordStyles
  var numbering: WordNumbering
  /// How deep numbers stand that are typed rather than counted.
  var hierarchy = ClauseHierarchy()
  var blocks: [Block] = []
  var links: [Link] = []
  var pictures = 0
  private var insertions = 0
  private var deletions = 0
  private var comments = 0
  private var hiddenRuns = 0
  private var unknownSymbols = 0
  private var unread: [String: Int] = [:]
  /// Headers and footers that stand in ``blocks``.
  private var furniture: Set<String> = []
  private var notes: [Note.Kind: Notes] = [:]
  private var waiting: [Note] = []
  private let relationships: [OfficePackage.Relationship]

  /// A reference to a note whose text is still to come.
  struct Note {
    var kind: Kind
    var id: String
    /// As printed; nil where the note has a mark of its own in its text.
    var mark: String?

    enum Kind: Hashable { case footnote, endnote }
  }

  /// The notes of one kind.
  private struct Notes {
    var story: WordStory?
    var wasLooked = false
    var count = 0
    var format: String
  }

  init(_ package: OfficePackage, main: String) {
    self.package = package
    let relationships = package.relationships(of: main)
    self.relationships = relationships
    func tree(_ kind: String) -> XMLTree? {
      relationships.first { $0.kind == kind && !$0.isExternal }
        .flatMap { package.parts.optionalTree(of: $0.target)?.tree }
    }
    styles = tree("styles").map { WordStyles($0) } ?? WordStyles()
    numbering = tree("numbering").map { WordNumbering($0) } ?? WordNumbering()
    numbering.resolve(styles)
    notes[.footnote] = Notes(format: "decimal")
    notes[.endnote] = Notes(format: "lowerRoman")
    if let settings = tree("settings"), let root = settings.root {
      takeNoteFormats(settings, root)
    }
  }

  // MARK: What is not read

  /// Takes stock of a story's changes and comments.
  func count(_ tree: XMLTree) {
    for node in tree.nodes {
      switch node.name {
      case .inserted, .movedTo, .insertedCell: insertions += 1
      case .deleted, .movedFrom, .deletedCell: deletions += 1
      case .commentReference: comments += 1
      default: break
      }
    }
  }

  func hide() { hiddenRuns += 1 }
  func missSymbol() { unknownSymbols += 1 }

  /// - Parameter what: in the plural.
  func miss(_ what: String) { unread[what, default: 0] += 1 }

  var notices: [Notice] {
    var notices: [Notice] = []
    if insertions + deletions > 0 {
      notices.append(
        Notice(
          .trackedChanges,
          detail:
            "The document has tracked changes (insertions: \(insertions), deletions: \(deletions)); it is read as if all were accepted."
        ))
    }
    if comments > 0 {
      notices.append(
        Notice(.comments, detail: "Comments in the margin (\(comments)) are not read."))
    }
    if hiddenRuns > 0 {
      notices.append(
        Notice(
          .hiddenText,
          detail: "Text that Word hides (pieces: \(hiddenRuns)) is not read."))
    }
    for (what, count) in unread.sorted(by: { $0.key < $1.key }) {
      notices.append(Notice(.unsupported, detail: "\(what) (\(count)) are not read."))
    }
    if unknownSymbols > 0 {
      notices.append(
        Notice(
          .unmappedGlyphs,
          detail:
            "\(unknownSymbols) symbols are of fonts that say nothing of their meaning; they were replaced by U+FFFD."
        ))
    }
    return notices
  }

  // MARK: Notes

  private func takeNoteFormats(_ tree: XMLTree, _ node: Int) {
    for (name, kind) in [
      (XMLName.footnoteProperties, Note.Kind.footnote), (.endnoteProperties, .endnote),
    ] {
      if let format = tree.value(of: .format, in: tree.child(name, of: node)) {
        notes[kind]?.format = format
      }
    }
  }

  /// The printed number of the next note of a kind; its text follows the block in the making, or the
  /// document.
  func refer(to id: String, _ kind: Note.Kind, isNumbered: Bool) -> String? {
    var mark: String?
    if isNumbered {
      notes[kind]?.count += 1
      mark = NumberFormat.text(notes[kind]?.count ?? 0, notes[kind]?.format ?? "decimal")
    }
    waiting.append(Note(kind: kind, id: id, mark: mark))
    return mark
  }

  /// Puts the text of notes behind the block that refers to them; endnotes only at the end.
  func addNotes(isEnd: Bool = false) {
    guard !waiting.isEmpty else { return }
    let ready = waiting.filter { isEnd || $0.kind == .footnote }
    waiting.removeAll { isEnd || $0.kind == .footnote }
    for note in ready {
      guard let story = story(of: note.kind) else { continue }
      for (index, words) in story.note(note.id).enumerated() {
        guard index == 0, let mark = note.mark else {
          blocks.append(Block(.footnote(words)))
          continue
        }
        var text = AnchoredText(unanchored: "[\(mark)] ")
        text.append(words)
        blocks.append(Block(.footnote(text)))
      }
    }
  }

  private func story(of kind: Note.Kind) -> WordStory? {
    guard notes[kind]?.wasLooked == false else { return notes[kind]?.story }
    notes[kind]?.wasLooked = true
    let name = kind == .footnote ? "footnotes" : "endnotes"
    guard let part = relationships.first(where: { $0.kind == name && !$0.isExternal })?.target
    else { return nil }
    notes[kind]?.story = optionalStory(part)
    return notes[kind]?.story
  }

  private func optionalStory(_ part: String) -> WordStory? {
    do throws(ReadError) {
      return try WordStory(part, in: self)
    } catch {
      package.parts.add(error)
      return nil
    }
  }

  // MARK: Sections

  /// Headers and footers of a section, once each, and how its notes are numbered.
  func addSection(_ tree: XMLTree, _ node: Int) {
    takeNoteFormats(tree, node)
    for child in tree.children(of: node) {
      let kind: Block.Furniture
      switch tree.nodes[child].name {
      case .headerReference: kind = .runningHead
      case .footerReference: kind = .runningFoot
      default: continue
      }
      guard let id = tree.value("r:id", of: child),
        let part = relationships.first(where: { $0.id == id && !$0.isExternal })?.target,
        furniture.insert(part).inserted, let story = optionalStory(part)
      else { continue }
      for text in story.paragraphs() {
        let isNumber = text.text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
        blocks.append(Block(.furniture(text, isNumber ? .pageNumber : kind)))
      }
    }
  }

  func links(of part: String) -> [String: OfficePackage.Relationship] {
    Dictionary(
      package.relationships(of: part).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }
}
