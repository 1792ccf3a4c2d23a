/// A stretch of text that a field's answer may be: a sentence, or a part of one set off by a
/// semicolon or a colon.
package struct Clause: Hashable, Sendable {
  /// Scalar offsets, without white space at the ends.
  package var range: Range<Int>
  /// What ends it.
  package var end: End

  package enum End: Int, Comparable, Hashable, Sendable {
    /// A semicolon, a colon, or an enumerator: the sentence goes on.
    case clause = 0
    case sentence = 1
    /// An empty line.
    case paragraph = 2

    package static func < (first: End, second: End) -> Bool { first.rawValue < second.rawValue }
  }
}

/// Splits a text into ``Clause``s.
///
/// Full stops of abbreviations (`Inc.`, `No.`, initials), of numbers and before a lower-case word do
/// not end a sentence; an empty line does, except in the middle of one (a page break: a letter or a
/// comma before it, a lower-case letter after).
package struct ClauseSplitter {
  private let text: ScalarText
  private var clauses: [Clause] = []
  private var start = 0

  package static func clauses(of text: ScalarText) -> [Clause] {
    var splitter = ClauseSplitter(text: text)
    splitter.split()
    return splitter.clauses
  }

  private init(text: ScalarText) { self.text = text }

  private mutating func split() {
    let count = text.count
    var position = 0
    while position < count {
      let scalar = text[position]
      switch scalar {
      case 0x0A:
        var next = position + 1
        var lines = 1
        while next < count, ScalarClass.isSpace(text[next]) {
          if text[next] == 0x0A { lines += 1 }
          next += 1
        }
        if lines >= 2, !goesOn(over: position, to: next) { end(at: position, .paragraph) }
        position = next
      case 0x2E, 0x21, 0x3F:  // . ! ?
        position = stop(at: position)
      case 0x3B:  // ;
        end(at: position + 1, .clause)
        position += 1
      case 0x3A where position + 1 < count && ScalarClass.isSpace(text[position + 1]):  // :
        end(at: position + 1, .clause)
        position += 1
      default:
        position += 1
      }
    }
    end(at: count, .paragraph)
  }

  /// Whether a sentence runs on over the empty line at `position`, after which text starts at `next`.
  private func goesOn(over position: Int, to next: Int) -> Bool {
    var before = position
    while before > start, ScalarClass.isSpace(text[before - 1]) { before -= 1 }
    guard before > start, next < text.count else { return false }
    let last = text[before - 1]
    return (ScalarClass.isLetter(last) || last == 0x2C) && ScalarClass.isLower(text[next])
  }

  /// Handles the full stop, exclamation or question mark at `position`; returns where to go on.
  private mutating func stop(at position: Int) -> Int {
    let count = text.count
    var after = position + 1
    while after < count, ScalarClass.isCloser(text[after]) { after += 1 }
    guard after < count else { return after }
    guard ScalarClass.isSpace(text[after]) else { return position + 1 }
    var next = after
    while next < count, ScalarClass.isSpace(text[next]) { next += 1 }
    guard next < count else { return next }
    if text[position] == 0x2E {
      if ScalarClass.isLower(text[next]), !isEnumerator(at: next) { return after }
      if after == position + 1 {
        let word = wordBefore(position)
        if !word.isEmpty {
          let isInitial = word.count == 1 && ScalarClass.isLetter(text[position - 1])
          // `No. 5` is a number, `No. We shall see.` an answer.
          let isAnswer = word == "no" && ScalarClass.isLetter(text[next])
          if !isAnswer, Self.abbreviations.contains(word) || isInitial {
            if isInitial, word != "i", text.trimmed(start..<position) == position - 1..<position {
              end(at: after, .clause)
              return after
            }
            let starts =
              Self.companyEndings.contains(word) && Self.sentenceStarters.contains(wordAt(next))
            if !starts { return after }
          }
        }
      }
    }
    end(at: after, .sentence)
    return after
  }

  /// Whether an enumerator in lower case stands here, before a capital letter: `b. Second`, `iv) Fourth`.
  private func isEnumerator(at position: Int) -> Bool {
    var end = position
    while end < text.count, end - position < 5, ScalarClass.isLetter(text[end]) { end += 1 }
    let isRoman = (position..<end).allSatisfy { [0x69, 0x76, 0x78].contains(text[$0]) }
    guard end - position == 1 || (isRoman && end - position < 5), end < text.count,
      text[end] == 0x2E || text[end] == 0x29
    else { return false }
    var next = end + 1
    while next < text.count, ScalarClass.isSpace(text[next]) { next += 1 }
    return next > end + 1 && next < text.count && ScalarClass.isUpper(text[next])
  }

  private mutating func end(at position: Int, _ kind: Clause.End) {
    let range = text.trimmed(start..<position)
    if !range.isEmpty {
      clauses.append(Clause(range: range, end: kind))
    } else if let last = clauses.last, last.end < kind {
      clauses[clauses.count - 1].end = kind
    }
    start = position
  }

  /// Letters, digits and inner full stops before `position`, lower case.
  private func wordBefore(_ position: Int) -> String {
    var first = position
    while first > 0, position - first < 24 {
      let scalar = text[first - 1]
      guard ScalarClass.isLetter(scalar) || ScalarClass.isDigit(scalar) || scalar == 0x2E else {
        break
      }
      first -= 1
    }
    return lowered(first..<position)
  }

  private func wordAt(_ position: Int) -> String {
    var end = position
    while end < text.count, end - position < 24, ScalarClass.isLetter(text[end]) { end += 1 }
    return lowered(position..<end)
  }

  private func lowered(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    for position in range {
      if let scalar = Unicode.Scalar(ScalarClass.lowered(text[position])) { view.append(scalar) }
    }
    return String(view)
  }

  static let abbreviations = words(
    """
    inc corp ltd co llc lp plc bros no nos sec secs art arts para paras cl ex exh sched u.s u.k u.s.a n.a s.a l.p
    l.l.c l.l.p p.c p.o d.c n.v b.v a.m p.m e.g i.e viz cf vs v mr mrs ms dr prof hon st ave blvd rd jr sr est
    approx dept fig figs vol pp p.a s.r.l s.p.a g.m.b.h a.g c.f.r u.s.c ste jan feb mar apr jun jul aug sept sep
    oct nov dec rev ed tel attn fax incl misc esq et al reg stat f supp gen gov sen rep messrs
    """)

  /// Abbreviations that end names, so that a sentence may end with them.
  private static let companyEndings = words(
    """
    inc corp ltd co llc lp plc bros l.p l.l.c l.l.p s.a n.a n.v b.v u.s u.k a.g s.p.a s.r.l p.c p.m a.m d.c u.s.a
    """)

  /// Words that seldom follow a name within a sentence with a capital letter.
  private static let sentenceStarters = words(
    """
    the this these those that in if any all each neither either such notwithstanding except upon during for no
    nothing unless subject without within as at by it its to when where whenever after before both however company
    licensee licensor party parties provided further furthermore should following every other our we you your there
    thereafter addition additionally accordingly
    """)

  private static func words(_ list: String) -> Set<String> {
    Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
