/// A party to a contract.
package struct Party: Hashable, Sendable {
  package var name: String
  /// What the party is in this contract (`Supplier`, `Licensee`, `Company`); nil where the document
  /// defines no such word for it.
  package var role: String?
  /// Every name the document defines for the party, its role among them, in text order.
  package var aliases: [String]

  package init(name: String, role: String?, aliases: [String]) {
    self.name = name
    self.role = role
    self.aliases = aliases
  }
}

/// Joins the names and defined terms found in a contract into parties.
package enum PartyParser {
  /// - Parameter spans: scalar ranges of names and of defined terms, in any order.
  package static func parties(in text: ScalarText, spans: [Range<Int>]) -> [Party] {
    var names: [Range<Int>] = []
    let trimmed = spans.map { trimmedName(text, $0) }.filter { isName(text, $0) }
    for span in trimmed.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = names.last, last.overlaps(span) {
        if span.count < last.count, isQuotedInside(text, last) { names[names.count - 1] = span }
        continue
      }
      names.append(span)
    }
    var parties: [Party] = []
    var byKey: [String: Int] = [:]
    for (index, range) in names.enumerated() {
      let name = joined(text.string(range))
      let limit = index + 1 < names.count ? names[index + 1].lowerBound : text.count
      let aliases = definedTerms(text, after: range.upperBound, before: limit)
      let key = Self.key(name)
      guard !key.isEmpty, !isGeneric(name) else { continue }
      let position: Int
      if let known = byKey[key] {
        position = known
      } else {
        // `Skype` is the party whose alias it is, not one more.
        if parties.contains(where: { $0.aliases.contains { Self.key($0) == key } }) { continue }
        position = parties.count
        byKey[key] = position
        parties.append(Party(name: name, role: nil, aliases: []))
      }
      for alias in aliases where !parties[position].aliases.contains(alias) {
        parties[position].aliases.append(alias)
      }
    }
    for index in parties.indices {
      parties[index].role = parties[index].aliases.first { isRole($0) }
    }
    return parties
  }

  /// The terms in quotation marks that parentheses after a name define for it.
  package static func definedTerms(_ text: ScalarText, after start: Int, before limit: Int)
    -> [String]
  {
    let end = min(limit, start + 350, text.count)
    var terms: [String] = []
    var position = start
    while position < end {
      if text[position] == 0x0A, position + 1 < end, text[position + 1] == 0x0A { break }
      guard text[position] == 0x28 else {
        position += 1
        continue
      }
      var depth = 1
      var close = position + 1
      while close < min(text.count, position + 300), depth > 0 {
        if text[close] == 0x28 { depth += 1 }
        if text[close] == 0x29 { depth -= 1 }
        close += 1
      }
      if depth == 0 {
        let inside = position + 1..<close - 1
        let words = Lexeme.lexemes(of: text, in: inside)
        let isGroup = words.prefix(6).contains {
          $0.text == "collectively" || $0.text == "together" || $0.text == "each"
        }
        if !isGroup {
          for term in quoted(text, in: inside) where !isGeneric(term) && !terms.contains(term) {
            terms.append(term)
          }
        }
      }
      position = max(close, position + 1)
    }
    return terms
  }

  /// The texts in double quotation marks inside `range`.
  static func quoted(_ text: ScalarText, in range: Range<Int>) -> [String] {
    quotedRanges(text, in: range).map { joined(text.string($0)) }
  }

  static func quotedRanges(_ text: ScalarText, in range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: Int?
    for position in range {
      let scalar = text[position]
      if let start = open, ScalarClass.isClosingQuote(scalar) {
        var inner = text.trimmed(start..<position)
        while inner.count > 1, [0x2C, 0x2E, 0x3B].contains(text[inner.upperBound - 1]) {
          inner = inner.lowerBound..<inner.upperBound - 1
        }
        if inner.count > 1, inner.count < 80 { found.append(inner) }
        open = nil
      } else if ScalarClass.isOpeningQuote(scalar) {
        open = position + 1
      }
    }
    return found
  }

  /// Whether a span can be somebody's name rather than a defined term or a sentence.
  private static func isName(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    guard range.count > 1, !isQuoted(text, range) else { return false }
    let words = Lexeme.lexemes(of: text, in: range)
    if words.count > 24 { return false }
    return !words.contains {
      ["party", "parties", "hereinafter", "referred", "individually", "collectively"].contains(
        $0.text)
    }
  }

  private static func isQuotedInside(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    range.contains { ScalarClass.isClosingQuote(text[$0]) }
  }

  private static func isQuoted(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    guard range.lowerBound > 0 else { return false }
    return ScalarClass.isOpeningQuote(text[range.lowerBound - 1])
  }

  /// `range` without marks, quotes and articles at its ends.
  private static func trimmedName(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    var range = text.trimmed(range)
    while !range.isEmpty,
      [0x2C, 0x3B, 0x3A, 0x28, 0x22, 0x201C, 0x201D].contains(text[range.lowerBound])
    {
      range = text.trimmed(range.lowerBound + 1..<range.upperBound)
    }
    while !range.isEmpty,
      [0x2C, 0x3B, 0x3A, 0x22, 0x201C, 0x201D].contains(text[range.upperBound - 1])
    {
      range = text.trimmed(range.lowerBound..<range.upperBound - 1)
    }
    // `Licensor: Acme` and `Acme ("Supplier`: the name is after the colon, before the definition.
    if let colon = range.last(where: { text[$0] == 0x3A }), colon + 2 < range.upperBound {
      range = text.trimmed(colon + 1..<range.upperBound)
    }
    for position in range.dropFirst() where text[position] == 0x28 {
      let isDefinition = (position..<range.upperBound).contains {
        ScalarClass.isOpeningQuote(text[$0])
      }
      if isDefinition { return text.trimmed(range.lowerBound..<position) }
    }
    // `the "Licensor`
    if range.contains(where: { ScalarClass.isOpeningQuote(text[$0]) }),
      text.string(range).lowercased().hasPrefix("the ")
    {
      return range.lowerBound..<range.lowerBound
    }
    return range
  }

  static func joined(_ string: String) -> String {
    string.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Letters and digits in lower case: what makes two spellings one name.
  static func key(_ name: String) -> String {
    var view = String.UnicodeScalarView()
    for scalar in name.lowercased().unicodeScalars
    where ScalarClass.isLetter(scalar.value) || ScalarClass.isDigit(scalar.value) {
      view.append(scalar)
    }
    return String(view)
  }

  /// Words that every contract defines and that name nobody.
  static func isGeneric(_ term: String) -> Bool {
    let key = key(term)
    return generic.contains(key) || key.hasSuffix("agreement") || key.hasSuffix("date")
      || key.hasSuffix("services") || key.hasSuffix("products") || key.hasSuffix("contract")
  }

  static func isRole(_ term: String) -> Bool {
    var key = Self.key(term)
    if key.hasPrefix("the") { key = String(key.dropFirst(3)) }
    return roles.contains(key)
      || (key.count > 5 && (key.hasSuffix("or") || key.hasSuffix("ee"))
        && term.split(separator: " ").count == 1 && term.first?.isUppercase == true
        && !term.contains("."))
  }

  private static let generic: Set<String> = [
    "party", "parties", "theparty", "theparties", "agreement", "theagreement", "effectivedate",
    "theeffectivedate", "parti", "contract", "thisagreement", "closing", "territory", "product",
    "products",
  ]

  private static let roles: Set<String> = [
    "advertiser", "affiliate", "agency", "agent", "bank", "borrower", "buyer", "carrier", "client",
    "company", "consultant", "contractor", "corporation", "creditor", "customer", "dealer",
    "developer", "discloser", "distributor", "employee", "employer", "endorser", "executive",
    "franchisee", "franchisor", "fund", "guarantor", "holder", "host", "investor", "issuer",
    "landlord", "lender", "lessee", "lessor", "licensee", "licensor", "manager", "manufacturer",
    "merchant", "operator", "owner", "partner", "producer", "promoter", "provider", "publisher",
    "purchaser", "recipient", "representative", "reseller", "retailer", "seller", "serviceprovider",
    "servicer", "shipper", "shareholder", "sponsor", "spinco", "subcontractor", "sublicensee",
    "subscriber", "subsidiary", "supplier", "talent", "tenant", "transporter", "trustee", "trust",
    "user", "vendor",
    "disclosingparty", "receivingparty", "adviser", "advisor", "parent",
  ]
}
