/// A number without a unit: `1,200`, `-3.5`, `1 200,50` is not one, `twenty-five`.
package struct PlainNumber: Hashable, Sendable {
  /// Whole, or with its decimals.
  package var value: Double
  /// Scalar offsets.
  package var range: Range<Int>

  /// The first number in `range` of `text`; nil where there is none.
  ///
  /// A comma sets groups of three digits apart, a point the decimals, as in English.
  package static func first(in text: ScalarText, range: Range<Int>) -> PlainNumber? {
    let list = LexemeList(text, in: range)
    for index in 0..<list.count {
      if list.lexeme(index)?.kind == .number { return digits(list, at: index) }
      guard !["a", "an"].contains(list.text(index)),
        let (value, end) = NumberWords.cardinal(list, at: index)
      else { continue }
      return PlainNumber(value: Double(value), range: list.range(index, end))
    }
    return nil
  }

  private static func digits(_ list: LexemeList, at first: Int) -> PlainNumber? {
    var written = list.text(first)
    var end = first + 1
    while list.text(end) == ",", list.touches(end - 1), list.touches(end),
      let group = list.lexeme(end + 1), group.kind == .number, group.text.utf8.count == 3
    {
      written += group.text
      end += 2
    }
    if list.text(end) == ".", list.touches(end - 1), list.touches(end),
      let decimals = list.lexeme(end + 1), decimals.kind == .number
    {
      written += "." + decimals.text
      end += 2
    }
    // `10-20` is a range, not minus twenty.
    let isNegative =
      first > 0 && list.text(first - 1) == "-" && list.touches(first - 1)
      && !(first > 1 && list.touches(first - 2))
    guard let value = Double(written) else { return nil }
    return PlainNumber(
      value: isNegative ? -value : value, range: list.range(isNegative ? first - 1 : first, end))
  }
}
