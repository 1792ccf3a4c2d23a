/// An amount of money: an exact decimal and an ISO 4217 code.
package struct Money: Hashable, Sendable {
  /// Decimal digits without grouping, with at least two decimals (none for yen, won and dong):
  /// `1200.00`, `0.125`, `5000000`.
  package var amount: String
  package var currency: String

  package init(amount: String, currency: String) {
    self.amount = amount
    self.currency = currency
  }
}

/// An amount of money in a text, and its words.
package struct MoneyMention: Hashable, Sendable {
  package var money: Money
  /// Scalar offsets.
  package var range: Range<Int>
}

/// Finds amounts as people write them: `$1,200.00`, `US$ 5 million`, `USD 5,000`, `5,000 euros`,
/// `€1.200,50`, `five million dollars ($5,000,000)`, `RMB 300,000`, `2.5bn pounds`.
///
/// A plain `$` is taken as US dollars. A dot or comma followed by exactly three digits groups,
/// followed by one or two digits it is the decimal mark.
package enum MoneyParser {
  package static func amounts(in text: ScalarText, range: Range<Int>) -> [MoneyMention] {
    let list = LexemeList(text, in: range)
    var mentions: [MoneyMention] = []
    var index = 0
    while index < list.count {
      if let (money, end) = amount(list, at: index) {
        mentions.append(MoneyMention(money: money, range: list.range(index, end)))
        index = end
      } else {
        index += 1
      }
    }
    return mentions
  }

  package static func amounts(in string: String) -> [MoneyMention] {
    let text = ScalarText(string)
    return amounts(in: text, range: 0..<text.count)
  }

  private static let symbols: [String: String] = [
    "$": "USD", "\u{20AC}": "EUR", "\u{A3}": "GBP", "\u{A5}": "JPY", "\u{20B9}": "INR",
    "\u{20A9}": "KRW", "\u{20BD}": "RUB", "\u{20AA}": "ILS", "\u{20AB}": "VND",
  ]
  /// What may stand before a `$`.
  private static let dollarPrefixes: [String: String] = [
    "us": "USD", "u.s.": "USD", "usd": "USD", "c": "CAD", "cdn": "CAD", "ca": "CAD", "can": "CAD",
    "a": "AUD", "au": "AUD", "aud": "AUD", "hk": "HKD", "nz": "NZD", "s": "SGD", "sg": "SGD",
    "nt": "TWD", "r": "BRL", "mx": "MXN",
  ]
  private static let codes: [String: String] = {
    var codes: [String: String] = [
      "rmb": "CNY", "rs": "INR", "dm": "DEM", "sfr": "CHF", "nis": "ILS",
    ]
    for code in [
      "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "HKD", "SGD", "INR", "KRW",
      "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "ILS", "BRL", "MXN", "ZAR", "RUB", "TRY", "THB",
      "TWD", "MYR", "IDR", "PHP", "VND", "AED", "SAR",
    ] {
      codes[code.lowercased()] = code
    }
    return codes
  }()
  private static let names: [String: String] = [
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP",
    "pounds": "GBP", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rupees": "INR",
    "francs": "CHF", "shekels": "ILS", "won": "KRW",
  ]
  private static let scales: [String: Int] = [
    "hundred": 2, "thousand": 3, "k": 3, "million": 6, "millions": 6, "mm": 6, "m": 6, "mio": 6,
    "mn": 6, "billion": 9, "billions": 9, "bn": 9, "b": 9, "trillion": 12, "lakh": 5, "lakhs": 5,
    "crore": 7, "crores": 7,
  ]
  private static let withoutMinorUnit: Set<String> = ["JPY", "KRW", "VND"]

  private static func amount(_ list: LexemeList, at index: Int) -> (Money, Int)? {
    if let (currency, next) = currencyBefore(list, at: index) {
      guard let (decimal, end) = decimal(list, at: next, allowsLetterScale: true) else {
        return nil
      }
      // `$5 million U.S. dollars` and `$5,000 USD`
      if let (after, last) = currencyAfter(list, at: end), last > end {
        let isPlain = list.text(index) == "$" && currency == "USD"
        if isPlain || after == currency {
          return (made(decimal, after == "USD" ? currency : after), last)
        }
      }
      return (made(decimal, currency), afterWords(list, at: end))
    }
    if list.lexeme(index)?.kind == .number,
      let (decimal, next) = decimal(list, at: index, allowsLetterScale: false),
      let (currency, end) = currencyAfter(list, at: afterWords(list, at: next))
    {
      return (made(decimal, currency), end)
    }
    // `five million dollars ($5,000,000)`: the figure decides where there is one.
    if let (value, end) = NumberWords.cardinal(list, at: index), list.text(index) != "a",
      list.text(index) != "an"
    {
      let next = afterHundredths(list, at: end)
      // `twenty-five (25) million dollars`
      if list.text(next) == "(",
        let (figure, close) = decimal(list, at: next + 1, allowsLetterScale: true),
        list.text(close) == ")"
      {
        var scaled = figure
        var after = close + 1
        if let zeros = scales[list.text(after)], list.text(after).utf8.count > 2 {
          scaled.scale(by: zeros)
          after += 1
        }
        if let (currency, last) = currencyAfter(list, at: after) {
          return (made(scaled, currency), last)
        }
      }
      if list.text(next) == "(", let (money, end) = amount(list, at: next + 1),
        list.text(end) == ")"
      {
        let last = currencyAfter(list, at: end + 1)?.1 ?? end + 1
        return (money, last)
      }
      if let (currency, end) = currencyAfter(list, at: next) {
        if list.text(end) == "(", let (money, after) = amount(list, at: end + 1),
          list.text(after) == ")"
        {
          return (money, after + 1)
        }
        return (made(Decimal(digits: String(value), decimals: 0), currency), end)
      }
    }
    return nil
  }

  /// Behind `and 00/100`, `and no/100`, which cheques and contracts put after a sum in words.
  private static func afterHundredths(_ list: LexemeList, at index: Int) -> Int {
    guard list.text(index) == "and", list.text(index + 2) == "/", list.text(index + 3) == "100"
    else { return index }
    return index + 4
  }

  /// Behind the same sum once more in words: `$500,000 (five hundred thousand dollars)`.
  private static func afterWords(_ list: LexemeList, at index: Int) -> Int {
    guard list.text(index) == "(", let (_, end) = NumberWords.cardinal(list, at: index + 1) else {
      return index
    }
    let words = afterHundredths(list, at: end)
    let close = currencyAfter(list, at: words)?.1 ?? words
    return list.text(close) == ")" ? close + 1 : index
  }

  private static func currencyBefore(_ list: LexemeList, at index: Int) -> (String, Int)? {
    let text = list.text(index)
    if let currency = symbols[text] { return (currency, index + 1) }
    if list.text(index + 1) == "$", let currency = dollarPrefixes[text] {
      return (currency, index + 2)
    }
    // `U.S. $5,000`
    if text == "u", list.text(index + 1) == ".", list.text(index + 2) == "s",
      list.text(index + 3) == ".", list.text(index + 4) == "$"
    {
      return ("USD", index + 5)
    }
    // `US Dollars 50,000`
    if text == "us", list.text(index + 1) == "dollars", list.lexeme(index + 2)?.kind == .number {
      return ("USD", index + 2)
    }
    if let currency = codes[text], list.isWord(index) {
      var next = index + 1
      if list.text(next) == "." { next += 1 }
      if symbols[list.text(next)] != nil { next += 1 }
      if list.lexeme(next)?.kind == .number { return (currency, next) }
    }
    return nil
  }

  private static func currencyAfter(_ list: LexemeList, at index: Int) -> (String, Int)? {
    let text = list.text(index)
    if let currency = symbols[text], text != "$" { return (currency, index + 1) }
    if let currency = names[text] { return (currency, index + 1) }
    if let currency = codes[text], text != "rs", text != "dm", text != "try" {
      return (currency, index + 1)
    }
    let next = list.text(index + 1)
    switch (text, next) {
    case ("us", "dollars"), ("us", "dollar"): return ("USD", index + 2)
    case ("canadian", "dollars"): return ("CAD", index + 2)
    case ("australian", "dollars"): return ("AUD", index + 2)
    case ("singapore", "dollars"): return ("SGD", index + 2)
    case ("swiss", "francs"): return ("CHF", index + 2)
    case ("pounds", "sterling"): return ("GBP", index + 2)
    case ("hong", "kong") where list.text(index + 2) == "dollars": return ("HKD", index + 3)
    case ("united", "states") where list.text(index + 2) == "dollars": return ("USD", index + 3)
    case ("u", ".")
    where list.text(index + 2) == "s" && list.text(index + 4).hasPrefix("dollar"):
      return ("USD", index + 5)
    default: return nil
    }
  }

  /// Decimal digits and how many of them stand after the decimal mark.
  private struct Decimal {
    var digits: String
    var decimals: Int

    mutating func scale(by zeros: Int) {
      let taken = min(zeros, decimals)
      decimals -= taken
      digits += String(repeating: "0", count: zeros - taken)
    }
  }

  private static func decimal(_ list: LexemeList, at index: Int, allowsLetterScale: Bool) -> (
    Decimal, Int
  )? {
    guard let first = list.lexeme(index), first.kind == .number else { return nil }
    var groups = [first.text]
    var marks: [String] = []
    var next = index + 1
    while let mark = list.lexeme(next) {
      if [",", ".", "'"].contains(mark.text), list.touches(next - 1), list.touches(next),
        let group = list.lexeme(next + 1), group.kind == .number,
        mark.text != "'" || group.text.utf8.count == 3
      {
        marks.append(mark.text)
        groups.append(group.text)
        next += 2
      } else if mark.kind == .number, mark.text.utf8.count == 3, marks.allSatisfy({ $0 == " " }),
        (1...3).contains(groups[groups.count - 1].utf8.count),
        mark.range.lowerBound == list.lexemes[next - 1].range.upperBound + 1
      {
        // `1 000 000`
        marks.append(" ")
        groups.append(mark.text)
        next += 1
      } else {
        break
      }
    }
    // The last mark is the decimal one, unless three digits follow and grouping explains it.
    var result = Decimal(digits: groups.joined(), decimals: 0)
    if let last = marks.last, let tail = groups.last {
      let isDecimal =
        tail.utf8.count != 3 || (marks.count > 1 && marks[marks.count - 2] != last)
        || (last == "." && groups.count == 2 && (groups[0] == "0" || groups[0].utf8.count > 3))
      if isDecimal { result.decimals = tail.utf8.count }
    }
    if let zeros = scales[list.text(next)],
      list.text(next).utf8.count > 2 || (allowsLetterScale && list.touches(next - 1))
    {
      result.scale(by: zeros)
      next += 1
    }
    if list.text(next) == "/", list.text(next + 1) == "-" { next += 2 }
    return (result, next)
  }

  private static func made(_ decimal: Decimal, _ currency: String) -> Money {
    var whole = Substring(decimal.digits)
    var fraction = ""
    if decimal.decimals > 0 {
      fraction = String(decimal.digits.suffix(decimal.decimals))
      whole = decimal.digits.dropLast(decimal.decimals)
    }
    while whole.count > 1, whole.first == "0" { whole = whole.dropFirst() }
    if whole.isEmpty { whole = "0" }
    if fraction.isEmpty, withoutMinorUnit.contains(currency) {
      return Money(amount: String(whole), currency: currency)
    }
    while fraction.utf8.count < 2 { fraction += "0" }
    return Money(amount: "\(whole).\(fraction)", currency: currency)
  }
}
