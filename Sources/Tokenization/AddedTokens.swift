/// Tokens that are found in the text as they are, before anything is cut or merged.
struct AddedTokens: Sendable {
  struct Token: Hashable, Sendable {
    var id: Int32
    var content: [UInt8]
    /// Left out by ``Tokenizer/decode(_:skippingSpecial:)`` on demand.
    var isSpecial = false
    /// Takes the white space before it along.
    var stripsLeft = false
    /// Takes the white space after it along.
    var stripsRight = false
    /// Found only where no letter, mark, digit or connector stands beside it.
    var isSingleWord = false
    /// Found in a second pass, in what the others have left. (There is no normaliser, so the text
    /// is the same.)
    var isNormalized = false
  }

  /// By id.
  let tokens: [Int32: Token]
  private let passes: [Pass]

  /// Tokens of one pass by their first byte, longest first.
  private struct Pass: Sendable {
    var byFirstByte: [[Token]]
    var isFirst: [Bool]

    init(_ tokens: [Token]) {
      byFirstByte = Array(repeating: [], count: 256)
      for token in tokens { byFirstByte[Int(token.content[0])].append(token) }
      for byte in 0..<256 { byFirstByte[byte].sort { $0.content.count > $1.content.count } }
      isFirst = byFirstByte.map { !$0.isEmpty }
    }
  }

  /// No content is empty, and no two are the same.
  init(_ tokens: [Token]) {
    self.tokens = Dictionary(uniqueKeysWithValues: tokens.map { ($0.id, $0) })
    passes = [tokens.filter { !$0.isNormalized }, tokens.filter(\.isNormalized)]
      .filter { !$0.isEmpty }.map(Pass.init)
  }

  struct Segment {
    var range: Range<Int>
    /// Nil for text that is still to be cut and merged.
    var id: Int32?
  }

  /// The text as added tokens and what stands between them, without gaps.
  func segments(of text: Span<UInt8>) -> [Segment] {
    guard text.count > 0 else { return [] }
    var segments = [Segment(range: 0..<text.count, id: nil)]
    for pass in passes {
      segments = segments.flatMap { segment in
        segment.id == nil ? Self.split(segment.range, of: text, pass) : [segment]
      }
    }
    return segments
  }

  private static func split(_ range: Range<Int>, of text: Span<UInt8>, _ pass: Pass) -> [Segment] {
    var segments: [Segment] = []
    var done = range.lowerBound
    var place = range.lowerBound
    while place < range.upperBound {
      guard pass.isFirst[Int(text[place])], let token = match(place, range, text, pass) else {
        place += 1
        continue
      }
      var start = place
      var end = place + token.content.count
      // The search goes on behind the token itself, wherever its white space ends.
      place = end
      if token.isSingleWord,
        WordBorders.isWord(before: start, from: range.lowerBound, in: text)
          || WordBorders.isWord(at: end, before: range.upperBound, in: text)
      {
        continue
      }
      if token.stripsLeft {
        start = WordBorders.spaceStart(before: start, from: range.lowerBound, in: text)
      }
      if token.stripsRight {
        end = WordBorders.spaceEnd(after: end, before: range.upperBound, in: text)
      }
      start = max(start, done)
      if start >= end { continue }
      if done < start { segments.append(Segment(range: done..<start, id: nil)) }
      segments.append(Segment(range: start..<end, id: token.id))
      done = end
    }
    if done < range.upperBound { segments.append(Segment(range: done..<range.upperBound, id: nil)) }
    return segments
  }

  /// The longest token whose content stands at `place`.
  private static func match(
    _ place: Int, _ range: Range<Int>, _ text: Span<UInt8>, _ pass: Pass
  ) -> Token? {
    for token in pass.byFirstByte[Int(text[place])] {
      let count = token.content.count
      guard place + count <= range.upperBound else { continue }
      var index = 1
      while index < count, text[place + index] == token.content[index] { index += 1 }
      if index == count { return token }
    }
    return nil
  }
}

/// What stands beside a place in a text: words and white space, for the flags of added tokens.
enum WordBorders {
  /// The scalar that begins at `place`, and the place after it.
  private static func scalar(at place: Int, _ limit: Int, _ text: Span<UInt8>)
    -> (Unicode.Scalar?, Int)
  {
    var end = place + 1
    while end < limit, text[end] & 0xC0 == 0x80, end - place < 4 { end += 1 }
    var bytes: [UInt8] = []
    for index in place..<end { bytes.append(text[index]) }
    return (String(validating: bytes, as: UTF8.self)?.unicodeScalars.first, end)
  }

  private static func scalar(before place: Int, from start: Int, _ text: Span<UInt8>)
    -> (Unicode.Scalar?, Int)
  {
    var first = place - 1
    while first > start, text[first] & 0xC0 == 0x80, place - first < 4 { first -= 1 }
    return (scalar(at: first, place, text).0, first)
  }

  private static func isSpace(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { ScalarClasses.shared.of($0.value) & ScalarClasses.space != 0 } ?? false
  }

  /// `\w` of Unicode's UTS 18: letters, marks, decimal digits, connectors, joiners.
  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let properties = scalar?.properties else { return false }
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }

  static func isWord(at place: Int, before limit: Int, in text: Span<UInt8>) -> Bool {
    place < limit && isWord(scalar(at: place, limit, text).0)
  }

  static func isWord(before place: Int, from start: Int, in text: Span<UInt8>) -> Bool {
    place > start && isWord(scalar(before: place, from: start, text).0)
  }

  static func spaceEnd(after place: Int, before limit: Int, in text: Span<UInt8>) -> Int {
    var end = place
    while end < limit {
      let (scalar, next) = scalar(at: end, limit, text)
      if !isSpace(scalar) { break }
      end = next
    }
    return end
  }

  static func spaceStart(before place: Int, from start: Int, in text: Span<UInt8>) -> Int {
    var first = place
    while first > start {
      let (scalar, previous) = scalar(before: first, from: start, text)
      if !isSpace(scalar) { break }
      first = previous
    }
    return first
  }
}
