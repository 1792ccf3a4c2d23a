package import JSON

/// The most that a party is liable for, as a clause states it: an amount, a multiple of what is paid under
/// the contract, what insurance covers, or the greater or lesser of several of these.
package struct LiabilityCap: Hashable, Sendable {
  package enum Limit: Hashable, Sendable {
    case amount(Money)
    /// What is paid or payable under the contract: `multiple` times it, a decimal (`1`, `1.5`), nil where the
    /// words leave it blank; over `period`, ISO 8601, nil where the words name none.
    case payments(multiple: String?, period: String?)
    /// What insurance pays.
    case insurance
  }

  /// Which of several limits holds.
  package enum Rule: String, Hashable, Sendable { case greater, lesser, sum }

  /// At least one.
  package var limits: [Limit]
  /// Nil where there is one limit, or where the words do not say.
  package var rule: Rule?

  package init(limits: [Limit], rule: Rule?) {
    self.limits = limits
    self.rule = rule
  }

  /// `{"rule": "greater", "limits": [{"kind": "amount", "amount": "100000.00", "currency": "USD"},
  /// {"kind": "payments", "multiple": "1", "period": "P1Y"}]}`.
  package var json: JSONValue {
    [
      "rule": rule.map { .string($0.rawValue) } ?? .null,
      "limits": .array(
        limits.map { limit -> JSONValue in
          switch limit {
          case .amount(let money):
            [
              "kind": "amount", "amount": .string(money.amount),
              "currency": .string(money.currency),
            ]
          case .payments(let multiple, let period):
            [
              "kind": "payments", "multiple": multiple.map(JSONValue.string) ?? .null,
              "period": period.map(JSONValue.string) ?? .null,
            ]
          case .insurance: ["kind": "insurance"]
          }
        }),
    ]
  }
}

/// A cap in a text, and its words.
package struct LiabilityCapMention: Hashable, Sendable {
  package var cap: LiabilityCap
  /// Scalar offsets.
  package var range: Range<Int>
}

/// Finds where a clause says how far liability goes: `shall not exceed the greater of $100,000 and the fees
/// paid in the twelve months before the claim`, `limited to two times the annual fees`, `is capped at €1m`.
/// A clause that only excludes kinds of damages has no cap.
package enum LiabilityCapParser {
  package static func caps(in text: ScalarText, range: Range<Int>) -> [LiabilityCapMention] {
    let list = LexemeList(text, in: range)
    var mentions: [LiabilityCapMention] = []
    var index = 0
    while index < list.count {
      guard let start = cue(list, at: index) else {
        index += 1
        continue
      }
      let end = end(list, from: start)
      if let mention = cap(text, list, start..<end) { mentions.append(mention) }
      index = max(start, end)
    }
    return mentions
  }

  package static func caps(in string: String) -> [LiabilityCapMention] {
    let text = ScalarText(string)
    return caps(in: text, range: 0..<text.count)
  }

  // MARK: Where a limit is said

  /// The index after words that announce a limit at `index`.
  private static func cue(_ list: LexemeList, at index: Int) -> Int? {
    let next = list.text(index + 1)
    switch list.text(index) {
    case "exceed", "exceeds", "exceeding", "surpass": return index + 1
    case "limited", "restricted", "capped":
      // `including but not limited to` announces examples.
      let before = list.text(index - 1)
      if before == "not" || before == "without", list.text(index - 2) != "shall" { return nil }
      return ["to", "at", "by"].contains(next) ? index + 2 : nil
    case "up" where next == "to": return index + 2
    case "excess" where next == "of" && list.text(index - 1) == "in": return index + 2
    case "more", "greater", "larger", "higher":
      return next == "than" ? index + 2 : nil
    case "cap", "maximum", "limit", "ceiling":
      return ["of", "at", "is"].contains(next) ? index + 2 : nil
    default: return nil
    }
  }

  /// Where what is said of the limit ends: at the sentence's or at a condition.
  private static func end(_ list: LexemeList, from start: Int) -> Int {
    var index = start
    while index < list.count {
      switch list.text(index) {
      case ";": return index
      case ".":
        let isInNumber = list.touches(index) && list.touches(index - 1)
        let isAbbreviation = list.text(index - 1).utf8.count == 1 && list.isWord(index - 1)
        if !isInNumber, !isAbbreviation { return index }
      case "excluding" where list.text(index - 1) == "(":
        // `the amount paid (excluding expenses) to the Agent`
        guard let close = (index..<list.count).first(where: { list.text($0) == ")" }) else {
          return index - 1
        }
        index = close
      case "provided", "except", "unless", "excluding", "regardless", "notwithstanding":
        return index
      case "exceed" where index > start: return index
      default: break
      }
      index += 1
    }
    return index
  }

  // MARK: Limits

  /// How many words a limit of payments has before it names them: `an amount equal to two times the total`.
  private static let longestLead = 14

  private static func cap(_ text: ScalarText, _ list: LexemeList, _ part: Range<Int>)
    -> LiabilityCapMention?
  {
    guard !part.isEmpty else { return nil }
    var limits: [LiabilityCap.Limit] = []
    var words: Range<Int>?
    var rule: LiabilityCap.Rule?
    func add(_ limit: LiabilityCap.Limit, _ range: Range<Int>) {
      if !limits.contains(limit) { limits.append(limit) }
      words = words.map { $0.lowerBound..<max($0.upperBound, range.upperBound) } ?? range
    }
    let scalars = list.range(part.lowerBound, part.upperBound)
    let amounts = MoneyParser.amounts(in: text, range: scalars)
    var index = part.lowerBound
    // Where the words of the limit that is being read begin.
    var first = index
    while index < part.upperBound {
      let position = list.lexemes[index].range.lowerBound
      let word = list.text(index)
      if let comparison = comparison(list, at: index) {
        rule = rule ?? comparison
        if words == nil { words = position..<list.lexemes[index].range.upperBound }
        index += 1
        continue
      }
      if let amount = amounts.first(where: { $0.range.contains(position) }) {
        add(.amount(amount.money), amount.range)
        while index < part.upperBound,
          list.lexemes[index].range.lowerBound < amount.range.upperBound
        {
          index += 1
        }
        first = index
        continue
      }
      if word == "insurance", !limits.contains(.insurance),
        list.lexemes[index..<min(part.upperBound, index + 4)].contains(where: {
          ["coverage", "proceeds", "policy", "policies", "limits", "cover"].contains($0.text)
        })
      {
        add(.insurance, list.range(first, index + 1))
      } else if index - first <= longestLead, isPayment(list, at: index, within: part) {
        let last = endOfPayment(list, from: index, within: part, amounts: amounts)
        add(
          .payments(
            multiple: multiple(list, first..<index),
            period: period(text, list, first..<last)),
          list.range(first, last))
        index = last
        first = last
        continue
      }
      // What stands in parentheses explains the limit; an enumerator begins one.
      if word == "(", list.text(index + 2) != ")",
        let close = (index + 1..<part.upperBound).first(
          where: { list.text($0) == ")" }),
        !amounts.contains(where: {
          list.range(index, close + 1).contains($0.range.lowerBound)
        })
      {
        index = close + 1
        continue
      }
      if ["or", "and", "plus"].contains(word) {
        if word == "plus" { rule = rule ?? .sum }
        first = index + 1
      }
      index += 1
    }
    guard let words, !limits.isEmpty else { return nil }
    return LiabilityCapMention(
      cap: LiabilityCap(limits: limits, rule: limits.count > 1 ? rule : nil),
      range: text.trimmed(words))
  }

  /// `the greater of`, `whichever is less`.
  private static func comparison(_ list: LexemeList, at index: Int) -> LiabilityCap.Rule? {
    let isOne =
      list.text(index + 1) == "of"
      || (max(0, index - 3)..<index).contains { list.text($0) == "whichever" }
    guard isOne else { return nil }
    switch list.text(index) {
    case "greater", "higher", "larger", "greatest", "highest": return .greater
    case "lesser", "lower", "less", "smaller", "least", "lowest": return .lesser
    default: return nil
    }
  }

  private static let payments: Set<String> = [
    "fees", "fee", "charges", "payments", "payment", "price", "prices", "royalties", "commissions",
    "commission", "compensation", "consideration", "revenue", "revenues", "amounts", "amount",
    "sums", "sum", "monies", "moneys", "remuneration", "premiums", "rent", "invoices", "value",
  ]
  /// Of these, the ones that say nothing by themselves.
  private static let vague: Set<String> = ["amounts", "amount", "sums", "sum", "value"]
  private static let paid: Set<String> = [
    "paid", "payable", "received", "receivable", "due", "owed", "owing", "invoiced", "pays", "pay",
    "billed", "earned", "collected", "actually", "accrued",
  ]

  /// Whether money that changes hands under the contract is named at `index`.
  private static func isPayment(_ list: LexemeList, at index: Int, within part: Range<Int>) -> Bool
  {
    let word = list.text(index)
    guard payments.contains(word) else { return false }
    // `attorneys' fees` are what is claimed.
    if ["attorney", "attorneys", "legal"].contains(list.text(index - 1))
      || ["attorney", "attorneys"].contains(list.text(index - 2))
    {
      return false
    }
    guard vague.contains(word) else { return true }
    if word == "value" { return list.text(index - 1) == "contract" }
    // `the amount of the fees paid`: the noun that follows says it.
    let following = list.lexemes[index + 1..<min(part.upperBound, index + 5)].map(\.text)
    if following.contains("insurance") { return false }
    if let other = following.first(where: payments.contains), !vague.contains(other) {
      return false
    }
    return list.lexemes[index + 1..<min(part.upperBound, index + 7)].contains {
      paid.contains($0.text)
    }
  }

  /// Where the limit of payments ends that is named at `index`: before the next alternative.
  private static func endOfPayment(
    _ list: LexemeList, from index: Int, within part: Range<Int>, amounts: [MoneyMention]
  ) -> Int {
    var end = index + 1
    while end < part.upperBound {
      let word = list.text(end)
      let position = list.lexemes[end].range.lowerBound
      if amounts.contains(where: { $0.range.contains(position) }) { return end }
      if word == "or" || word == "and" || word == "plus" {
        // `paid or payable`, `paid and due`, `by Customer and its affiliates` go on; alternatives begin
        // with an article, an enumerator or an amount.
        let next = list.text(end + 1)
        let after = list.lexeme(end + 1)?.range.lowerBound ?? 0
        if ["the", "(", "an", "a", "two", "twice", "three", "one"].contains(next)
          || amounts.contains(where: { $0.range.contains(after) })
        {
          return end
        }
      }
      if word == ",", ["whichever", "and", "or"].contains(list.text(end + 1)) { return end }
      end += 1
    }
    return end
  }

  /// How many times the payments count: `two (2) times`, `twice`, `150%`; 1 where nothing says.
  private static func multiple(_ list: LexemeList, _ words: Range<Int>) -> String? {
    for index in words {
      switch list.text(index) {
      case "twice", "double": return "2"
      case "half": return "0.5"
      case "triple": return "3"
      case "times", "x":
        let before = max(words.lowerBound, index - 5)..<index
        if let number = number(list, before) { return number }
        // `[***] times` leaves it blank.
        return list.lexemes[before].contains { ["*", "]", "_", "\u{25CF}"].contains($0.text) }
          ? nil : "1"
      case "%", "percent":
        let before = max(words.lowerBound, index - 6)..<index
        guard let number = number(list, before), let hundredths = Double(number) else {
          return nil
        }
        return decimal(hundredths / 100)
      default: continue
      }
    }
    return "1"
  }

  /// The last number among `words`: figures before words.
  private static func number(_ list: LexemeList, _ words: Range<Int>) -> String? {
    for index in words.reversed() {
      guard let number = list.number(index) else { continue }
      if index - 2 >= words.lowerBound, list.text(index - 1) == ".", list.touches(index - 1),
        list.touches(index - 2), let whole = list.number(index - 2)
      {
        return Double("\(whole).\(list.text(index))").map(decimal)
      }
      return String(number)
    }
    for index in words {
      if ["a", "an"].contains(list.text(index)) { continue }
      if let (value, _) = NumberWords.cardinal(list, at: index) { return String(value) }
    }
    return nil
  }

  private static func decimal(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }

  /// Over which time payments count: `in the twelve (12) months preceding the claim`, `annual`.
  private static func period(_ text: ScalarText, _ list: LexemeList, _ words: Range<Int>)
    -> String?
  {
    let scalars = list.range(words.lowerBound, words.upperBound)
    let found = DurationParser.durations(in: text, range: scalars)
    if let first = found.first(where: { $0.duration.hours == 0 }) { return first.duration.iso }
    for index in words {
      switch list.text(index) {
      case "annual", "annually", "yearly": return "P1Y"
      case "monthly": return "P1M"
      case "quarterly": return "P3M"
      case "year", "month", "quarter":
        let before = list.lexemes[max(0, index - 4)..<index].map(\.text)
        guard
          before.contains(where: {
            [
              "preceding", "previous", "prior", "last", "past", "that", "such", "each", "any",
              "per",
            ]
            .contains($0)
          })
        else { continue }
        switch list.text(index) {
        case "year": return "P1Y"
        case "month": return "P1M"
        default: return "P3M"
        }
      default: continue
      }
    }
    return nil
  }
}
