package import Documents
internal import Foundation

/// The sentences of a document that a summary may take, and what ranking looks at in each.
package struct SummaryCandidates {
  /// Sentences of prose: not headings, tables or notes, nor what only looks like a sentence.
  struct Candidate {
    var range: Range<Int>
    /// The words of the heading it stands under.
    var heading: Range<Int>?
    var words: [String]
    /// 0-based number of the block with candidates, and of the sentence in it.
    var block: Int
    var positionInBlock: Int
    var isListItem: Bool
    /// The range without a bullet or a number in front.
    var spoken: Range<Int>
    /// Whether it reads by itself; a part of a sentence or a note does not.
    var isWhole: Bool
  }

  private(set) var all: [Candidate] = []
  /// The first of the largest headings near the beginning.
  private(set) var title: Range<Int>?
  private(set) var isTranscript = false
  let vectors: TermVectors
  private let bytes: [UInt8]

  package init(of document: Document, text: ExtractedText) {
    self.init(of: document, text: text, bytes: Array(text.text.utf8))
  }

  init(of document: Document, text: ExtractedText, bytes: [UInt8]) {
    self.bytes = bytes
    var heading: Range<Int>?
    var previousBlock = -1
    var block = -1
    var position = 0
    var titleLevel = Int.max
    var fragments: [Candidate] = []
    var goesOn = false
    for sentence in Sentences.of(text, in: document) {
      if sentence.block != previousBlock {
        position = 0
        block += 1
      }
      let isContinued = goesOn
      goesOn = Self.goesOn(bytes[sentence.range])
      defer {
        previousBlock = sentence.block
        position += 1
      }
      var isListItem = false
      switch document.blocks[sentence.block].content {
      case .heading(_, let level):
        let titleWords = Terms.words(of: bytes[sentence.range])
        // `Washington, D.C. 20549` is where it is from.
        let isAddress =
          titleWords.count <= 6 && titleWords.last.map { $0.count == 5 && Int($0) != nil } ?? false
        let isGeneric =
          isAddress || Self.genericTitles.contains(titleWords.joined(separator: " "))
        if position > 0, let open = heading {
          let whole = open.lowerBound..<sentence.range.upperBound
          if title == open { title = whole }
          heading = whole
        } else {
          heading = sentence.range
          if sentence.block < 12, level < titleLevel, !isGeneric {
            title = heading
            titleLevel = level
          }
        }
        continue
      case .table, .footnote, .caption, .furniture: continue
      case .listItem: isListItem = true
      case .turn: isTranscript = true
      case .paragraph, .preformatted: break
      }
      let words = Terms.words(of: bytes[sentence.range])
      guard words.count >= (isTranscript ? 6 : 4), words.count <= 120 else { continue }
      let spoken = isTranscript ? sentence.range : Self.unnumbered(sentence.range, bytes)
      let candidate = Candidate(
        range: sentence.range, heading: heading, words: words, block: block,
        positionInBlock: position, isListItem: isListItem, spoken: spoken,
        isWhole: isTranscript
          || (!(isListItem && position == 0 && isContinued)
            && Self.isWhole(sentence.range, spoken: spoken, bytes))
      )
      if isTranscript || Self.isProse(bytes[sentence.range], words: words) {
        all.append(candidate)
      } else {
        fragments.append(candidate)
      }
    }
    // A document of nothing but fragments is summarised by them.
    if all.isEmpty { all = fragments }
    vectors = TermVectors(bytes, stretches: all.map(\.range))
  }

  /// Whether a sentence goes on in the list item after it: `… provided that the contractor—`, `…; and`.
  private static func goesOn(_ bytes: ArraySlice<UInt8>) -> Bool {
    if bytes.suffix(3).elementsEqual([0xE2, 0x80, 0x94]) { return true }
    guard let last = bytes.last else { return false }
    if [UInt8(ascii: ";"), UInt8(ascii: ",")].contains(last) { return true }
    let word = String(decoding: bytes.suffix(5), as: UTF8.self).lowercased()
    return word.hasSuffix(" and") || word.hasSuffix(" or")
  }

  /// Whether this reads as a sentence rather than as a title, a row of a table or a line of code: it ends
  /// as one does, mostly consists of letters, has words in lower case and among them some that carry
  /// grammar.
  private static func isProse(_ bytes: ArraySlice<UInt8>, words: [String]) -> Bool {
    if boilerplate.stand(in: words) { return false }
    var letters = 0
    var capitals = 0
    var others = 0
    var foreign = 0
    for byte in bytes {
      switch byte {
      case 0x61...0x7A: letters += 1
      case 0x41...0x5A:
        letters += 1
        capitals += 1
      case 0x20, 0x0A, 0x09, 0x0D: break
      // The first byte of a letter of another script; E2 begins marks and boxes.
      case 0xC3...0xDF, 0xE0, 0xE1, 0xE3...0xED: foreign += 1
      case 0x80...0xBF: break
      default: others += 1
      }
    }
    guard others * 3 < letters + foreign, capitals * 2 < letters + foreign else { return false }
    guard let last = bytes.last(where: { !closers.contains($0) }) else { return false }
    // A line that only introduces what follows, or a part of a list, is no sentence of its own.
    guard last >= 0x80 || ends.contains(last), !bytes.suffix(3).elementsEqual([0xE2, 0x80, 0x94]),
      words.last != "and", words.last != "or"
    else { return false }
    if foreign == 0, words.count < 12, isTitle(bytes) { return false }
    // Other languages than English have none of these words; they are known by their letters.
    let grammar = words.count { Terms.functionWords.contains($0) }
    return foreign > 0 || grammar * 8 >= words.count
  }

  /// Titles that say what every such document is, and nothing of this one.
  private static let genericTitles: Set<String> = [
    "united states", "united states of america", "securities and exchange commission",
    "united states securities and exchange commission", "contents", "table of contents",
    "confidential", "draft", "exhibit", "appendix", "proposed rules", "rules and regulations",
    "notices", "federal register", "agenda", "minutes",
  ]

  /// The sentence without what numbers it: `•`, `(A)`, `(B)(1)`, `2.`, `[*14]`.
  private static func unnumbered(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
    var start = range.lowerBound
    func skipSpace(_ position: Int) -> Int {
      var position = position
      while position < range.upperBound, bytes[position] <= 0x20 { position += 1 }
      return position
    }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
    while start < range.upperBound {
      var next = start
      switch bytes[start] {
      case 0xE2
      where start + 2 < range.upperBound && bytes[start + 1] == 0x80
        && [0xA2, 0x93, 0x94, 0xA3].contains(bytes[start + 2]):
        next = start + 3
      case UInt8(ascii: "-") where start + 1 < range.upperBound && bytes[start + 1] == 0x20:
        next = start + 1
      case UInt8(ascii: "("), UInt8(ascii: "["):
        let close: UInt8 = bytes[start] == UInt8(ascii: "(") ? 0x29 : 0x5D
        var end = start + 1
        while end < min(range.upperBound, start + 7), bytes[end] != close { end += 1 }
        guard end < range.upperBound, bytes[end] == close, end - start <= 6,
          bytes[start + 1..<end].allSatisfy({ isAlphanumeric($0) || $0 == 0x2A })
        else { return start..<range.upperBound }
        next = end + 1
      case 0x30...0x39, 0x61...0x7A, 0x41...0x5A:
        // `2.`, `a)`, `iv.`, `10.3.`: short, and what follows is set off.
        var end = start
        while end < min(range.upperBound, start + 8),
          isAlphanumeric(bytes[end]) || bytes[end] == 0x2E
        {
          end += 1
        }
        let hasMark =
          end > start + 1 && bytes[end - 1] == 0x2E || end < range.upperBound && bytes[end] == 0x29
        let letters = bytes[start..<end].count { (0x61...0x7A).contains($0 | 0x20) }
        let isRoman = bytes[start..<end].allSatisfy { "ivx.".utf8.contains($0) }
        // `J. Smith` is a name.
        let isInitial = (0x41...0x5A).contains(bytes[start]) && bytes[end - 1] == 0x2E
        guard hasMark, letters <= 1 || isRoman, !isInitial else { return start..<range.upperBound }
        next = bytes[end] == 0x29 ? end + 1 : end
        guard next < range.upperBound, bytes[next] <= 0x20 else { return start..<range.upperBound }
      default: return start..<range.upperBound
      }
      start = skipSpace(next)
    }
    return range
  }

  /// Whether a sentence begins where one begins and has all its parts: not the second half of one that a
  /// page or a column cuts, not a footnote, not a line of a table of contents.
  private static func isWhole(_ range: Range<Int>, spoken: Range<Int>, _ bytes: [UInt8]) -> Bool {
    guard let first = bytes[spoken].first(where: { !opening.contains($0) }) else { return false }
    // `*`, a dagger, or a figure right before a capital letter is a note's mark.
    switch first {
    case 0x61...0x7A, UInt8(ascii: "*"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"),
      UInt8(ascii: ")"):
      return false
    case 0xE2
    where bytes[spoken].count > 2 && bytes[spoken.lowerBound + 1] == 0x80
      && [0xA0, 0xA1].contains(bytes[spoken.lowerBound + 2]):
      return false
    case 0x30...0x39:
      let rest = bytes[spoken].drop { (0x30...0x39).contains($0) }
      let digits = bytes[spoken].count - rest.count
      if digits <= 3, let next = rest.first {
        if (0x41...0x5A).contains(next) { return false }
        if next == 0x20, let letter = rest.dropFirst().first, (0x41...0x5A).contains(letter) {
          return false
        }
      }
    default: break
    }
    var depth = 0
    var run = 0
    for byte in bytes[spoken] {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth < 0 { return false }
      run =
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") ? run + 1 : byte == 0x20 ? run : 0
      if run > 4 { return false }
    }
    // A part of a list that goes on.
    return bytes[range].last(where: { !closers.contains($0) }) != UInt8(ascii: ";")
  }

  private static let opening = Set("\"'(".utf8)

  /// Whether all words but the small ones have capitals: `5.1. Use of Customer Data.`
  private static func isTitle(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.split { [0x20, 0x0A, 0x09, 0x0D].contains($0) }.allSatisfy { word in
      guard let first = word.first, (0x61...0x7A).contains(first) else { return true }
      return Terms.words(of: word).allSatisfy(Terms.functionWords.contains)
    }
  }

  private static let ends = Set(".!?;".utf8)
  private static let closers = Set(#"")']"#.utf8)

  /// What every filing and every agreement says of itself.
  private static let boilerplate = Phrases(
    "indicate by check mark|duly caused this report to be signed|in witness whereof|"
      + "all rights reserved|table of contents|this page intentionally|incorporated by reference herein"
  )

  // MARK: Features

  /// Per candidate, see ``Lexicon/grams(of:)``.
  package var grams: [[Int]] { all.map { Lexicon.grams(of: $0.words) } }
  /// UTF-8 ranges in the extracted text.
  package var ranges: [Range<Int>] { all.map(\.range) }

  /// `[candidates][features]`.
  ///
  /// - Parameter lexical: what a lexicon says of each.
  package func rows(with lexical: [Float]) -> [[Float]] {
    let count = all.count
    guard count > 0 else { return [] }
    let central = vectors.centralities()
    let mean = central.reduce(0, +) / Double(count)
    let deviation = max(
      1e-9, (central.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot())
    let byCentrality = all.indices.sorted { (central[$0], -$0) > (central[$1], -$1) }
    var rank = [Int](repeating: 0, count: count)
    for (place, index) in byCentrality.enumerated() { rank[index] = place }
    let lastBlock = Double(max(1, all[count - 1].block))
    let titleTerms = title.map { Set(Terms.of(bytes[$0])) } ?? []
    let lexicalBest = lexical.max() ?? 0
    var headings = 0
    var previousHeading: Range<Int>?
    var sinceHeading = 0
    return all.indices.map { index in
      let candidate = all[index]
      if candidate.heading != previousHeading {
        headings += 1
        sinceHeading = 0
        previousHeading = candidate.heading
      }
      defer { sinceHeading += 1 }
      let shape = Shape(bytes[candidate.range])
      let terms = Set(Terms.of(bytes[candidate.range]))
      func share(of other: Set<String>) -> Double {
        Double(terms.intersection(other).count) / Double(max(1, terms.count))
      }
      func length(_ other: Int) -> Double {
        all.indices.contains(other) ? Double(all[other].words.count) : 0
      }
      func logit(_ other: Int) -> Double {
        lexical.indices.contains(other) ? Double(lexical[other]) : -8
      }
      let first = candidate.words.first ?? ""
      let row: [Double] = [
        Double(min(index, 200)), Double(index) / Double(max(1, count - 1)),
        Double(min(count - 1 - index, 200)), log(Double(count)),
        Double(candidate.block) / lastBlock, Double(min(candidate.positionInBlock, 20)),
        Double(candidate.words.count), Double(terms.count) / Double(candidate.words.count),
        central[index], (central[index] - mean) / deviation, Double(rank[index]) / Double(count),
        vectors.cosine(index, 0), share(of: titleTerms),
        candidate.heading.map { share(of: Set(Terms.of(bytes[$0]))) } ?? 0,
        Double(min(headings, 40)), Double(min(sinceHeading, 20)),
        shape.digits, shape.capitals, shape.marks, Double(shape.commas), shape.hasParenthesis,
        shape.hasQuestion, shape.hasColon, shape.endsWithColon, shape.endsWithStop,
        shape.hasQuote, shape.startsUpper, candidate.isListItem ? 1 : 0,
        Self.leaning.contains(first) ? 1 : 0, Terms.functionWords.contains(first) ? 1 : 0,
        length(index - 1), length(index + 1),
        logit(index), logit(index - 1), logit(index + 1), Double(lexicalBest) - logit(index),
      ]
      return row.map(Float.init)
    }
  }

  /// First words of sentences that lean on the one before.
  private static let leaning: Set<String> = [
    "this", "these", "that", "those", "it", "they", "he", "she", "but", "and", "or", "so", "also",
    "however", "therefore", "thus", "moreover", "furthermore", "then", "such", "both", "otherwise",
  ]

  /// What the marks of a sentence tell.
  private struct Shape {
    var digits = 0.0
    var capitals = 0.0
    var marks = 0.0
    var commas = 0
    var hasParenthesis = 0.0
    var hasQuestion = 0.0
    var hasColon = 0.0
    var endsWithColon = 0.0
    var endsWithStop = 0.0
    var hasQuote = 0.0
    var startsUpper = 0.0

    init(_ bytes: ArraySlice<UInt8>) {
      for byte in bytes {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): capitals += 1
        case UInt8(ascii: ","): commas += 1
        case UInt8(ascii: "("): hasParenthesis = 1
        case UInt8(ascii: "?"): hasQuestion = 1
        case UInt8(ascii: ":"): hasColon = 1
        case UInt8(ascii: "\""): hasQuote = 1
        case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "_"),
          UInt8(ascii: "/"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["),
          UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "*"),
          UInt8(ascii: "#"):
          marks += 1
        default: break
        }
      }
      let count = Double(max(1, bytes.count))
      digits /= count
      capitals /= count
      marks /= count
      if let last = bytes.last {
        endsWithColon = last == UInt8(ascii: ":") ? 1 : 0
        endsWithStop =
          [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(last) ? 1 : 0
      }
      if let first = bytes.first { startsUpper = (0x41...0x5A).contains(first) ? 1 : 0 }
    }
  }
}
