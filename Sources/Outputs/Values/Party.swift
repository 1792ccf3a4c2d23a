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
  /// - Parameters:
  ///   - spans: scalar ranges of names and of defined terms, in any order.
  ///   - weak: of less likely ones, best first: companies among them stand in where fewer than two
  ///     parties are named.
  package static func parties(in text: ScalarText, spans: [Range<Int>], weak: [Range<Int>] = [])
    -> [Party]
  {
    placed(in: text, spans: spans, likely: spans, weak: weak).map(\.party)
  }

  /// A party and where it is first named.
  struct Placed {
    var party: Party
    /// Scalar offsets.
    var name: Range<Int>
  }

  /// - Parameter likely: those of `spans` that are so likely that they need no definition beside them.
  static func placed(
    in text: ScalarText, spans: [Range<Int>], likely: [Range<Int>], weak: [Range<Int>]
  ) -> [Placed] {
    var names = apart(
      spans.map { trimmedName(text, $0) }.filter { isName(text, $0) && endsAsName(text, $0) },
      in: text)
    // A role that is strong and no name has: whose definition is it?
    let roles = spans.filter { isQuoted(text, $0) && isRole(text.string($0)) }
    for role in roles {
      guard let name = nameDefined(by: role, in: text), !names.contains(where: name.overlaps) else {
        continue
      }
      let key = key(text.string(name))
      if !names.contains(where: { Self.key(text.string($0)) == key }) { names.append(name) }
    }
    names = PartyOccurrences.added(to: names, in: text)
    var parties = parties(named: names.sorted { $0.lowerBound < $1.lowerBound }, in: text)
    if parties.count < 2 {
      for name in defined(in: text) where !names.contains(where: name.overlaps) {
        names.append(name)
      }
      parties = Self.parties(named: names.sorted { $0.lowerBound < $1.lowerBound }, in: text)
    }
    for range in weak.map({ trimmedName(text, $0) }) where parties.count < 2 {
      guard isName(text, range), isCompany(text, range) || isPerson(text, range),
        !names.contains(where: range.overlaps)
      else { continue }
      names.append(range)
      parties = Self.parties(named: names.sorted { $0.lowerBound < $1.lowerBound }, in: text)
    }
    // Where two have a word defined for them, others that have none are only mentioned.
    guard parties.count(where: { !$0.party.aliases.isEmpty }) >= 2 else { return parties }
    let sure = Set(likely.map { key(joined(text.string(trimmedName(text, $0)))) })
    return parties.filter {
      !$0.party.aliases.isEmpty
        || (sure.contains(key($0.party.name))
          && (endsAsCompany(text, $0.name) || isPerson(text, $0.name)))
    }
  }

  /// Whether the last word can end a name: no preposition, and in lower case only where it ends a company's.
  private static func endsAsName(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    guard let last = Lexeme.lexemes(of: text, in: range).last(where: { $0.kind != .mark }) else {
      return false
    }
    if ["in", "of", "for", "by", "with", "and", "to", "at", "on", "the", "or", "from"]
      .contains(last.text)
    {
      return false
    }
    return !ScalarClass.isLower(text[last.range.lowerBound]) || companyEndings.contains(last.text)
  }

  /// The names that a contract's opening defines a role for.
  private static func defined(in text: ScalarText) -> [Range<Int>] {
    quotedRanges(text, in: 0..<min(text.count, opening)).filter { isRole(text.string($0)) }
      .compactMap { nameDefined(by: $0, in: text) }
  }

  /// How far into a contract its parties are introduced, in scalars.
  static let opening = 4000

  /// Names that do not overlap, in text order: of two that do, the longer, or the one outside of
  /// quotation marks.
  private static func apart(_ spans: [Range<Int>], in text: ScalarText) -> [Range<Int>] {
    var names: [Range<Int>] = []
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = names.last, last.overlaps(span) {
        if span.count < last.count, isQuotedInside(text, last) { names[names.count - 1] = span }
        continue
      }
      names.append(span)
    }
    return names
  }

  private static func parties(named names: [Range<Int>], in text: ScalarText) -> [Placed] {
    var parties: [Placed] = []
    var byKey: [String: Int] = [:]
    for (index, range) in names.enumerated() {
      let name = joined(text.string(range))
      let limit = index + 1 < names.count ? names[index + 1].lowerBound : text.count
      let aliases = definedTerms(text, after: range.upperBound, before: limit)
      let key = Self.key(name)
      guard !key.isEmpty, !isGeneric(name), regulators.isDisjoint(with: aliases) else { continue }
      let position: Int
      if let known = byKey[key] {
        position = known
      } else {
        // `Skype` is the party whose alias it is, not one more.
        if parties.contains(where: { $0.party.aliases.contains { Self.key($0) == key } }) {
          continue
        }
        position = parties.count
        byKey[key] = position
        parties.append(
          Placed(party: Party(name: name, role: nil, aliases: []), name: range))
      }
      for alias in aliases where !parties[position].party.aliases.contains(alias) {
        parties[position].party.aliases.append(alias)
      }
    }
    for index in parties.indices {
      parties[index].party.role = parties[index].party.aliases.first { isRole($0) }
    }
    return withoutEchoes(parties)
  }

  /// Without what only repeats others: the beginning of a longer name (`Gentiva Health`, broken at a
  /// line's end), several joined (`Company and Tazo`).
  private static func withoutEchoes(_ placed: [Placed]) -> [Placed] {
    placed.filter { candidate in
      let party = candidate.party
      let key = key(party.name)
      let others = placed.map(\.party).filter { $0.name != party.name }
      if party.aliases.isEmpty, others.contains(where: { Self.key($0.name).hasPrefix(key) }) {
        return false
      }
      // `Cui Qiang and Acme Inc.` beside `Acme Inc.`, and the end of a longer name.
      if party.aliases.isEmpty,
        others.contains(where: {
          let other = Self.key($0.name)
          return other.count > 5 && (key.hasSuffix("and" + other) || other.hasSuffix(key))
        })
      {
        return false
      }
      let known = (others.flatMap { [$0.name] + $0.aliases }).map(Self.key).filter { !$0.isEmpty }
      var rest = key[...]
      var parts = 0
      while !rest.isEmpty {
        guard
          let part = known.filter({ rest.hasPrefix($0) }).max(by: { $0.count < $1.count })
            ?? (parts > 0 && rest.hasPrefix("and") ? "and" : nil)
        else { return true }
        rest = rest.dropFirst(part.count)
        parts += 1
      }
      return parts < 2
    }
  }

  /// The terms in quotation marks that parentheses after a name define for it.
  ///
  /// Up to the first such parentheses anything may describe the name, but no verb tell of it; others count
  /// only right after them or after a description: `Acme Inc. (“Acme”), a Delaware company (the “Supplier”)`.
  package static func definedTerms(_ text: ScalarText, after start: Int, before limit: Int)
    -> [String]
  {
    let end = min(limit, start + 350, text.count)
    guard !tells(text, start..<min(end, start + 40)) else { return [] }
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
      var defines = false
      if depth == 0 {
        let inside = position + 1..<close - 1
        let words = Lexeme.lexemes(of: text, in: inside)
        let isGroup = words.prefix(6).contains {
          $0.text == "collectively" || $0.text == "together" || $0.text == "each"
        }
        let found = quoted(text, in: inside)
        defines = !found.isEmpty
        if !isGroup {
          for term in found where !isGeneric(term) && !terms.contains(term) { terms.append(term) }
        }
      }
      position = max(close, position + 1)
      if defines, !describesFurther(text, position..<min(text.count, position + 40)) { break }
    }
    return terms
  }

  /// Whether words right after a name say what it does: `Acme Inc. has developed …`.
  private static func tells(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    Lexeme.lexemes(of: text, in: range).first { ![",", "."].contains($0.text) }
      .map { verbs.contains($0.text) } ?? false
  }

  private static let verbs: Set<String> = [
    "has", "have", "had", "is", "are", "was", "were", "shall", "will", "desires", "desire",
    "wishes", "wish", "may", "owns", "agrees", "agree", "hereby", "entered", "enter", "intends",
    "intend",
    "represents", "acknowledges", "provides", "developed", "sells", "operates",
  ]

  /// Whether what follows a definition goes on with the same name: more parentheses, or what it is.
  private static func describesFurther(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    let words = Lexeme.lexemes(of: text, in: range)
    guard let first = words.first(where: { $0.text != "," }) else { return false }
    return first.text == "("
      || [
        "a", "an", "having", "with", "organized", "organised", "incorporated", "formerly", "f",
        "whose",
      ].contains(first.text)
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
    return roles.contains(key) || (key.hasSuffix("s") && roles.contains(String(key.dropLast())))
      || (key.count > 5 && (key.hasSuffix("or") || key.hasSuffix("ee"))
        && term.split(separator: " ").count == 1 && term.first?.isUppercase == true
        && !term.contains("."))
  }

  private static let generic: Set<String> = [
    "party", "parties", "theparty", "theparties", "agreement", "theagreement", "effectivedate",
    "theeffectivedate", "parti", "contract", "thisagreement", "closing", "territory", "product",
    "products",
  ]

  /// Short names of authorities that contracts define and that are no party to them.
  private static let regulators: Set<String> = [
    "FDIC", "SEC", "FINRA", "NASD", "IRS", "FDA", "OTS", "OCC", "EPA", "FTC", "DOJ", "FASB",
    "PCAOB", "NYSE", "NASDAQ", "Nasdaq", "Commission",
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
