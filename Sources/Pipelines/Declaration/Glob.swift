/// A pattern over paths. `*` and `?` stay within a name, `**` stands for any number of folders,
/// `[a-z]` and `[!a-z]` for one character, `{pdf,html}` for either. Letter case does not count, so
/// `*.pdf` takes `SCAN.PDF` too.
package struct Glob: Hashable, Sendable {
  package let pattern: String
  /// One a way to choose from the braces; each is matched from the first folder to the file.
  private let alternatives: [[Segment]]

  /// Why a text is not a pattern, in words that follow the text itself.
  package struct Invalid: Error, Hashable, Sendable {
    package var message: String
  }

  private enum Segment: Hashable, Sendable {
    case folders
    case name([Piece])
  }

  private enum Piece: Hashable, Sendable {
    case character(Character)
    case one
    case many
    case oneOf([ClosedRange<Character>], negated: Bool)
  }

  /// More choices than this are refused: braces multiply.
  private static let mostAlternatives = 256

  package init(_ pattern: String) throws(Invalid) {
    self.pattern = pattern
    guard !pattern.isEmpty else { throw Invalid(message: "is empty") }
    guard pattern.count <= 1024 else { throw Invalid(message: "is longer than 1024 characters") }
    guard !pattern.contains("\\") else {
      throw Invalid(message: "has a backslash; folders are set apart by “/”")
    }
    var parsed: [[Segment]] = []
    for text in try Self.expanded(Array(pattern.lowercased())) {
      parsed.append(try Self.segments(of: text))
    }
    alternatives = parsed
  }

  /// Whether `path`, relative and with `/` between folders, is matched whole.
  package func matches(_ path: String) -> Bool {
    let names = path.lowercased().split(separator: "/", omittingEmptySubsequences: false)
      .map(Array.init)
    return alternatives.contains { Self.matches($0, names) }
  }

  // MARK: Reading

  /// The pattern with every brace replaced by each of its choices in turn.
  private static func expanded(_ pattern: [Character]) throws(Invalid) -> [[Character]] {
    var done: [[Character]] = []
    var open = [pattern]
    while let text = open.popLast() {
      // The first brace that holds no other brace.
      guard let end = text.firstIndex(of: "}") else {
        guard !text.contains("{") else { throw Invalid(message: "has “{” without “}”") }
        done.append(text)
        continue
      }
      guard let start = text[..<end].lastIndex(of: "{") else {
        throw Invalid(message: "has “}” without “{”")
      }
      for choice in text[start + 1..<end].split(separator: ",", omittingEmptySubsequences: false) {
        open.append(Array(text[..<start]) + choice + text[(end + 1)...])
      }
      guard open.count + done.count <= mostAlternatives else {
        throw Invalid(message: "stands for more than \(mostAlternatives) patterns")
      }
    }
    return done
  }

  private static func segments(of text: [Character]) throws(Invalid) -> [Segment] {
    guard text.first != "/" else {
      throw Invalid(message: "begins with “/”; patterns are relative to the input folder")
    }
    var segments: [Segment] = []
    for name in text.split(separator: "/", omittingEmptySubsequences: false) {
      switch String(name) {
      case "": throw Invalid(message: "has an empty name between, before or after “/”")
      case ".", "..": throw Invalid(message: "has “.” or “..”; patterns stay in the input folder")
      case "**": if segments.last != .folders { segments.append(.folders) }
      default: segments.append(.name(try pieces(of: name)))
      }
    }
    return segments
  }

  private static func pieces(of name: ArraySlice<Character>) throws(Invalid) -> [Piece] {
    var pieces: [Piece] = []
    var index = name.startIndex
    while index < name.endIndex {
      switch name[index] {
      case "*":
        guard pieces.last != .many else {
          throw Invalid(
            message: "has “**” beside other characters; it stands alone, as in “a/**/b”")
        }
        pieces.append(.many)
      case "?": pieces.append(.one)
      case "[":
        var first = index + 1
        let isNegated = first < name.endIndex && name[first] == "!"
        if isNegated { first += 1 }
        guard first < name.endIndex, let end = name[(first + 1)...].firstIndex(of: "]") else {
          throw Invalid(message: "has “[” without “]”")
        }
        pieces.append(.oneOf(try ranges(name[first..<end]), negated: isNegated))
        index = end
      case let character: pieces.append(.character(character))
      }
      index += 1
    }
    return pieces
  }

  private static func ranges(_ set: ArraySlice<Character>) throws(Invalid)
    -> [ClosedRange<Character>]
  {
    var ranges: [ClosedRange<Character>] = []
    var index = set.startIndex
    while index < set.endIndex {
      let first = set[index]
      if index + 2 < set.endIndex, set[index + 1] == "-" {
        guard first <= set[index + 2] else {
          throw Invalid(message: "has a range that runs backwards in “[…]”")
        }
        ranges.append(first...set[index + 2])
        index += 3
      } else {
        ranges.append(first...first)
        index += 1
      }
    }
    return ranges
  }

  // MARK: Matching

  private static func matches(_ segments: [Segment], _ names: [[Character]]) -> Bool {
    wildcard(segments, names) { segment in
      segment == .folders
    } accepts: { segment, name in
      guard case .name(let pieces) = segment else { return false }
      return matches(pieces, name)
    }
  }

  private static func matches(_ pieces: [Piece], _ name: [Character]) -> Bool {
    wildcard(pieces, name) { piece in
      piece == .many
    } accepts: { piece, character in
      switch piece {
      case .character(let expected): expected == character
      case .one: true
      case .many: false
      case .oneOf(let ranges, let negated):
        ranges.contains { $0.contains(character) } != negated
      }
    }
  }

  /// Matches a sequence against a pattern in which some parts stand for any number of elements.
  /// Going back to the last such part is enough, so the time is at most the product of the lengths.
  private static func wildcard<Part, Element>(
    _ pattern: [Part], _ elements: [Element], isMany: (Part) -> Bool,
    accepts: (Part, Element) -> Bool
  ) -> Bool {
    var part = 0
    var element = 0
    var retry: (part: Int, element: Int)?
    while element < elements.count {
      if part < pattern.count, isMany(pattern[part]) {
        retry = (part, element)
        part += 1
      } else if part < pattern.count, accepts(pattern[part], elements[element]) {
        part += 1
        element += 1
      } else if let (lastPart, lastElement) = retry {
        retry = (lastPart, lastElement + 1)
        part = lastPart + 1
        element = lastElement + 1
      } else {
        return false
      }
    }
    return pattern[part...].allSatisfy(isMany)
  }
}
