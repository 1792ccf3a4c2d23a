import Documents

/// The parts of a package that are read, with the count of bytes that places go by.
@safe final class PackageParts {
  private var archive: ZIPPackage
  let file: String
  private(set) var parts: [SourcePart] = []
  private(set) var notices: [Notice] = []

  init(_ archive: consuming ZIPPackage) {
    file = archive.file
    if archive.strayCount > 0 {
      notices.append(
        Notice(
          .damaged,
          detail:
            "\(archive.strayCount) files in the package have names that lead out of it, and are not read."
        ))
    }
    self.archive = archive
  }

  func holds(_ name: String) -> Bool { archive.find(name) != nil }

  func contents(of name: String) throws(ReadError) -> [UInt8] { try archive.contents(of: name) }

  /// A part that says something about others, without places: relationships, styles.
  func tree(of name: String) throws(ReadError) -> (tree: XMLTree, source: SourceText) {
    let source = Self.decoded(try contents(of: name))
    return (XMLPartParser.parse(source), source)
  }

  /// Such a part where nothing can be read without it.
  func wellFormedTree(
    of name: String, advice: String
  ) throws(ReadError) -> (tree: XMLTree, source: SourceText) {
    let (tree, source) = try tree(of: name)
    if let damage = tree.damage {
      throw ReadError(.damaged, file: file, what: "\(name) \(damage.text)", advice: advice)
    }
    return (tree, source)
  }

  /// Such a part where the document can be read without it: whatever is wrong with it is a notice.
  func optionalTree(of name: String) -> (tree: XMLTree, source: SourceText)? {
    guard holds(name) else { return nil }
    do throws(ReadError) {
      let (tree, source) = try tree(of: name)
      if let damage = tree.damage {
        notices.append(Notice(.damaged, detail: "\(Self.shown(name)) \(damage.text)."))
      }
      return (tree, source)
    } catch {
      add(error)
      return nil
    }
  }

  /// A part whose text is read: from now on its bytes count.
  func text(of name: String) throws(ReadError) -> SourceText {
    let whole = try contents(of: name)
    let base = parts.last?.bytes.upperBound ?? 0
    parts.append(SourcePart(name: archive.find(name) ?? name, bytes: base..<base + whole.count))
    let source = Self.decoded(whole).shifted(by: base)
    notices += source.notices
    return source
  }

  func add(_ notice: Notice) { notices.append(notice) }

  /// What could not be read of a part, where the rest can.
  func add(_ error: ReadError) {
    notices.append(Notice(error.reason, detail: Self.sentence(error.what)))
  }

  static func sentence(_ clause: String) -> String {
    clause.prefix(1).uppercased() + clause.dropFirst() + "."
  }

  /// A part's name for people: printable, and of at most 100 characters.
  static func shown(_ name: String) -> String {
    String(
      name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(100).map(
        Character.init))
  }

  private static func decoded(_ bytes: [UInt8]) -> SourceText {
    let encoding =
      EncodingDetection.byteOrderMark(bytes) ?? EncodingDetection.wideEncoding(bytes) ?? .utf8
    return SourceText(bytes, encoding: encoding)
  }
}

extension SourceText {
  /// The same text, whose places begin at `base` instead of 0.
  func shifted(by base: Int) -> SourceText {
    guard base > 0 else { return self }
    return SourceText(
      utf8: utf8, start: start, encoding: encoding,
      segments: segments.map { Segment(utf8: $0.utf8, file: $0.file + base, width: $0.width) },
      replacements: replacements.map { $0.lowerBound + base..<$0.upperBound + base },
      replacementCount: replacementCount)
  }
}
