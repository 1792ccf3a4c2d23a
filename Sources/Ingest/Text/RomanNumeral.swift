/// Roman numerals, as lists of HTML and of Word print them.
enum RomanNumeral {
  /// `number` in lower case; in Arabic digits where there is no Roman one (below 1, above 3999).
  static func text(_ number: Int) -> String {
    guard (1...3999).contains(number) else { return "\(number)" }
    var rest = number
    var text = ""
    for (value, digits) in zip(
      [1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1],
      ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"])
    {
      while rest >= value {
        text += digits
        rest -= value
      }
    }
    return text
  }
}
