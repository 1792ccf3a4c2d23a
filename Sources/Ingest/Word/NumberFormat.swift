/// Numbers of lists and notes as Word prints them (`w:numFmt`).
enum NumberFormat {
  static func text(_ number: Int, _ format: String) -> String {
    switch format {
    case "none": ""
    case "upperRoman": RomanNumeral.text(number).uppercased()
    case "lowerRoman": RomanNumeral.text(number)
    case "upperLetter": letters(number).uppercased()
    case "lowerLetter": letters(number)
    case "decimalZero": number < 10 && number >= 0 ? "0\(number)" : "\(number)"
    case "ordinal": ordinal(number)
    case "cardinalText": capitalised(words(number))
    case "ordinalText": capitalised(ordinalWords(number))
    case "numberInDash": "- \(number) -"
    case "hex": String(number, radix: 16, uppercase: true)
    case "chicago": chicago(number)
    default: "\(number)"
    }
  }

  /// After z come aa, bb, cc: the letter again, not the alphabet's next digit.
  private static func letters(_ number: Int) -> String {
    guard number > 0, number <= 780 else { return "\(number)" }
    let letter = Character(Unicode.Scalar(UInt8(0x61 + (number - 1) % 26)))
    return String(repeating: letter, count: (number - 1) / 26 + 1)
  }

  private static func ordinal(_ number: Int) -> String {
    switch (number % 10, number % 100) {
    case (_, 11...13): "\(number)th"
    case (1, _): "\(number)st"
    case (2, _): "\(number)nd"
    case (3, _): "\(number)rd"
    default: "\(number)th"
    }
  }

  /// Each mark again, twice, three times, …
  private static func chicago(_ number: Int) -> String {
    guard number > 0, number <= 40 else { return "\(number)" }
    return String(repeating: ["*", "†", "‡", "§"][(number - 1) % 4], count: (number - 1) / 4 + 1)
  }

  private static let units = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
  ]
  private static let tens = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
  ]

  /// In English, whatever the document's language.
  private static func words(_ number: Int) -> String {
    switch number {
    case 0..<20: return units[number]
    case 20..<100:
      return tens[number / 10] + (number % 10 == 0 ? "" : "-" + units[number % 10])
    case 100..<1000:
      let rest = number % 100
      return units[number / 100] + " hundred" + (rest == 0 ? "" : " " + words(rest))
    default: return "\(number)"
    }
  }

  private static let oddOrdinals = [
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
  ]

  private static func ordinalWords(_ number: Int) -> String {
    let cardinal = words(number)
    let border = cardinal.lastIndex { $0 == " " || $0 == "-" }
    let start = border.map { cardinal.index(after: $0) } ?? cardinal.startIndex
    let last = String(cardinal[start...])
    let end =
      oddOrdinals[last]
      ?? (last.hasSuffix("y") ? last.dropLast() + "ieth" : last + "th")
    return cardinal[..<start] + end
  }

  private static func capitalised(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}
