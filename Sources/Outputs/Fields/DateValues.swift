internal import JSON

/// Dates that the words of an answer name or refer to.
extension FieldResolver {
  func date(_ range: Range<Int>) -> Resolved? {
    if var first = DateParser.dates(in: text, range: range).first {
      if first.date.day == nil {
        // The day may stand right beside the words: `the 19th day of` before `December, 2018`.
        let around =
          max(
            0, range.lowerBound - Self.besideDate)..<min(
            text.count, range.upperBound + Self.besideDate)
        first =
          DateParser.dates(in: text, range: around).first {
            $0.date.day != nil && $0.range.overlaps(first.range)
              && $0.date.year == first.date.year && $0.date.month == first.date.month
          } ?? first
      }
      return Resolved(value: .string(first.date.iso), words: first.range)
    }
    if let year = yearAlone(range) { return year }
    // `the date first written above`, `the date hereof`, `the Effective Date`: the base's date.
    guard let baseDate, let words = reference(in: LexemeList(text, in: range)) else { return nil }
    return Resolved(value: .string(baseDate.iso), words: words)
  }

  /// How far beside a month and year their day is looked for, in scalars.
  private static let besideDate = 30

  /// `day of ________, 2015`: a date of which only the year is filled in.
  private func yearAlone(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    var year: Int?
    for index in 0..<list.count {
      let lexeme = list.lexemes[index]
      if lexeme.kind == .number, lexeme.range.count == 4, year == nil,
        let number = lexeme.number, (1900...2999).contains(number)
      {
        year = index
      } else if lexeme.kind != .mark,
        !["day", "of", "this", "the", "dated", "as", "date"].contains(lexeme.text)
      {
        return nil
      }
    }
    guard let year, let number = list.number(year), let date = CalendarDate(year: number) else {
      return nil
    }
    return Resolved(value: .string(date.iso), words: list.range(year, year + 1))
  }

  /// The words that refer to the date of the document itself: `the date first written above`, `the date
  /// hereof`, `upon execution of this Agreement`, `the date of last signature`, `the Effective Date`.
  private func reference(in list: LexemeList) -> Range<Int>? {
    for index in 0..<list.count {
      let next = list.text(index + 1)
      let last = min(list.count, index + 2)
      switch list.text(index) {
      case "date" where ["effective", "commencement", "execution"].contains(list.text(index - 1)):
        return list.range(index - 1, index + 1)
      case "date"
      where ["first", "hereof", "above", "written", "signed", "executed"].contains(next):
        return list.range(index, last)
      case "date" where next == "set" && list.text(index + 2) == "forth":
        return list.range(index, last)
      case "date" where next == "of":
        if let end = (index + 2..<min(list.count, index + 7)).first(where: {
          Self.signing.contains(list.text($0))
        }) {
          return list.range(index, end + 1)
        }
        if ["this", "the"].contains(list.text(index + 2)) { return list.range(index, last) }
      case "year" where next == "first" && list.text(index - 1) == "and":
        return list.range(index, last)
      case "execution" where ["of", "hereof", "by"].contains(next):
        return list.range(index, last)
      default: continue
      }
    }
    return nil
  }

  /// What a contract is dated by.
  private static let signing: Set<String> = [
    "execution", "signature", "signatures", "signing", "signed", "executed", "hereof",
  ]
}
