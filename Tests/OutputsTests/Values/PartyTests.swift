import Foundation
import Outputs
import Testing

@Suite struct `Parties` {
  private func parties(_ marked: String) -> [Party] {
    var plain = ""
    var spans: [Range<Int>] = []
    var start: Int?
    var count = 0
    for scalar in marked.unicodeScalars {
      if scalar == "⟦" {
        start = count
      } else if scalar == "⟧" {
        if let first = start { spans.append(first..<count) }
        start = nil
      } else {
        plain.unicodeScalars.append(scalar)
        count += 1
      }
    }
    return PartyParser.parties(in: ScalarText(plain), spans: spans)
  }

  @Test func `have the role that a quoted term after their name gives them`() {
    #expect(
      parties(
        "by ⟦Acme, Inc.⟧ (“⟦Supplier⟧”) and ⟦Bolt GmbH⟧, a German company (the \"⟦Customer⟧\").")
        == [
          Party(name: "Acme, Inc.", role: "Supplier", aliases: ["Supplier"]),
          Party(name: "Bolt GmbH", role: "Customer", aliases: ["Customer"]),
        ])
  }

  @Test func `keep names that are no roles as aliases, and terms that were not marked`() {
    #expect(
      parties("⟦Skype Communications, S.A.⟧ (\"Skype\" or the \"Company\"), and ⟦TOM Online Inc.⟧")
        == [
          Party(
            name: "Skype Communications, S.A.", role: "Company", aliases: ["Skype", "Company"]),
          Party(name: "TOM Online Inc.", role: nil, aliases: []),
        ])
  }

  @Test func `named twice are one party`() {
    let found = parties("⟦ACME, INC.⟧\n\nbetween ⟦Acme, Inc⟧ (\"⟦Acme⟧\") and others")
    #expect(found == [Party(name: "ACME, INC.", role: nil, aliases: ["Acme"])])
  }

  @Test func `are not the word party`() {
    #expect(parties("each a (\"⟦Party⟧\") and the ⟦Parties⟧").isEmpty)
  }

  @Test func `are named where their role is defined, also if only the role was found`() {
    #expect(
      parties(
        "between ⟦Bolt Holdings, Inc.⟧ (the “⟦Company⟧”) and Jack Crusa (“⟦Employee⟧”).")
        == [
          Party(name: "Bolt Holdings, Inc.", role: "Company", aliases: ["Company"]),
          Party(name: "Jack Crusa", role: "Employee", aliases: ["Employee"]),
        ])
    #expect(
      parties(
        "made between Acme Group, a Delaware corporation at 5 Main Street, Boston (the \"⟦Supplier⟧\")"
      ) == [Party(name: "Acme Group", role: "Supplier", aliases: ["Supplier"])])
  }

  @Test(arguments: [
    "⟦Company and Employee⟧", "⟦Customer Affiliate⟧", "⟦L.L.C.⟧", "⟦NON-DISCLOSURE⟧",
    "\n⟦B. Nonuse⟧", "⟦During Employee⟧",
    "⟦Key Holders⟧ and ⟦New Purchaser⟧", "⟦Series Seed Preferred Stock of the Company⟧",
  ])
  func `are not what every contract calls its parties, nor its headings`(words: String) {
    #expect(parties(words).isEmpty)
  }

  @Test(arguments: [
    ("⟦and MASTER DISTRIBUTORS, INC. dba Atlantic⟧", "MASTER DISTRIBUTORS, INC."),
    ("⟦Otsuka Co. Ltd. a Japanese corporation⟧", "Otsuka Co. Ltd."),
    ("⟦Copy RIB-X, INC⟧", "RIB-X, INC"),
  ])
  func `are named without what leads to the name or describes it`(words: String, name: String) {
    #expect(parties(words).map(\.name) == [name])
  }

  @Test func `are not named again by the beginning of a name or by two names joined`() {
    #expect(
      parties(
        "⟦GENTIVA HEALTH⟧\n⟦Gentiva Health Services, Inc.⟧ (“Gentiva”) and ⟦Tazo Tea Company⟧ (“Tazo”). ⟦Gentiva and Tazo⟧"
      ).map(\.name) == ["Gentiva Health Services, Inc.", "Tazo Tea Company"])
  }

  @Test func `that are less likely stand in where one is missing, if they are companies`() {
    let words = "Dear Sirs of Lincare Holdings Inc.: Linde AG asks you about a Permitted Purpose."
    let text = ScalarText(words)
    func range(_ part: String) -> Range<Int> {
      let start = words.range(of: part)!.lowerBound
      let offset = words.unicodeScalars.distance(from: words.startIndex, to: start)
      return offset..<offset + part.unicodeScalars.count
    }
    #expect(
      PartyParser.parties(
        in: text, spans: [range("Lincare Holdings Inc.")],
        weak: [range("Permitted Purpose"), range("Linde AG")]
      ).map(\.name) == ["Lincare Holdings Inc.", "Linde AG"])
  }
}
