import Foundation
import Testing

@testable import Outputs

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

  @Test(arguments: [
    ("Fonterra (USA) ⟦Inc.⟧ (“Supplier”)", "Fonterra (USA) Inc."),
    ("A3 ⟦DEVELOPMENT GROUP, LLC⟧ (“Distributor”)", "A3 DEVELOPMENT GROUP, LLC"),
  ])
  func `begin with what a span broke off`(words: String, name: String) {
    #expect(parties("and \(words)").map(\.name) == [name])
  }

  @Test func `end with what can end a name`() {
    #expect(
      parties("by ⟦Acme, Inc.⟧, ⟦WATER WELL(S) IN⟧ and ⟦Type A-General Law city⟧").map(\.name)
        == ["Acme, Inc."])
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

  @Test(arguments: [
    ("Done.\n⟦ACME SHOE COMPANY, INC. 101 SPRAGUE STREET⟧", "ACME SHOE COMPANY, INC."),
    ("⟦Acme Corp. MUTUAL NONDISCLOSURE⟧", "Acme Corp."),
    ("⟦Acme & Co., Ltd. Seoul⟧", "Acme & Co., Ltd."),
    ("⟦Chief Executive Officer of Acme, Inc.⟧", "Acme, Inc."),
    ("⟦the date last written below between Acme Systems, Inc.⟧", "Acme Systems, Inc."),
    ("⟦Company and Acme Pharmaceuticals Ltd.⟧", "Acme Pharmaceuticals Ltd."),
    ("⟦CONFIDENTIALITY AGREEMENT Acme Products, Inc.⟧", "Acme Products, Inc."),
    ("with Build-A-⟦Bear Workshop, Inc.⟧", "Build-A-Bear Workshop, Inc."),
    ("and Morton’s ⟦Restaurant Group, Inc.⟧", "Morton’s Restaurant Group, Inc."),
    ("by John J. ⟦Donahoe II⟧", "John J. Donahoe II"),
    ("between The ⟦Hershey Company⟧ and", "The Hershey Company"),
    ("to ⟦Sony Corporation⟧ of America (the", "Sony Corporation of America"),
    ("of Sears, ⟦Roebuck and Co.⟧", "Sears, Roebuck and Co."),
    ("⟦Danna Rabin “Employee⟧”", "Danna Rabin"),
    ("⟦eBay Inc.⟧", "eBay Inc."), ("⟦J. Crew Group, Inc.⟧", "J. Crew Group, Inc."),
    ("⟦Johnson and Johnson Limited⟧", "Johnson and Johnson Limited"),
  ])
  func `have their whole name and nothing of what stands around it`(marked: String, name: String) {
    #expect(parties(marked).map(\.name) == [name])
  }

  @Test(arguments: [
    "⟦Delaware Corporation⟧", "⟦New York limited liability company⟧", "⟦None of the Company⟧",
    "⟦Inc. 2145 Hamilton Avenue⟧", "It ends. ⟦B. Over⟧", "⟦D. The Company⟧",
    "⟦INTELLECTUAL PROPERTY ASSIGNMENT⟧", "⟦PUBLICLY TRADED COMPANY⟧", "⟦Company Access⟧",
  ])
  func `are not what a company is, an office or a heading`(marked: String) {
    #expect(parties(marked).isEmpty)
  }

  @Test func `that are only mentioned are none where two others have a word defined for them`() {
    let text = ScalarText("Acme, Inc. (\"Buyer\"), Bolt LLC (\"Seller\") and Bolt Holdings LLC.")
    func place(_ words: String) -> Range<Int> {
      let start = text.string(0..<text.count).range(of: words)!.lowerBound
      let at = text.string(0..<text.count).unicodeScalars.distance(
        from: text.string(0..<text.count).startIndex, to: start)
      return at..<at + words.count
    }
    let spans = [place("Acme, Inc."), place("Bolt LLC"), place("Bolt Holdings LLC")]
    func names(likely: [Range<Int>]) -> [String] {
      PartyParser.placed(in: text, spans: spans, likely: likely, weak: []).map(\.party.name)
    }
    #expect(names(likely: []) == ["Acme, Inc.", "Bolt LLC"])
    #expect(names(likely: spans) == ["Acme, Inc.", "Bolt LLC", "Bolt Holdings LLC"])
  }

  @Test
  func `have the terms that are defined for them, not those of the next name or of a document`() {
    #expect(
      parties(
        """
        between ⟦Acme Works Inc.⟧, a Delaware corporation (“Acme”), and Bolt Corporation, a Texas corporation (“Bolt”).
        Acme, and Bolt have made that certain Separation Agreement of even date (the “SDA”).
        """) == [Party(name: "Acme Works Inc.", role: nil, aliases: ["Acme"])])
    #expect(
      parties("⟦Acme Inc.⟧ (“Acme”), a Delaware company (the “Supplier”)").map(\.aliases)
        == [["Acme", "Supplier"]])
    #expect(parties("⟦Acme Inc.⟧ has made a device (the “Device”)").map(\.aliases) == [[]])
  }

  @Test func `are found again where they are defined, in other letters and with all their words`() {
    #expect(
      parties(
        """
        by and between

        ⟦BLUE HILLS, INC.⟧

        and

        ⟦KING CORPORATION⟧

        made between Blue ⟦Hills, Inc.⟧, a Texas corporation (“Blue”), and King Corporation (the “Buyer”). ⟦Blue and Buyer⟧
        """) == [
          Party(name: "BLUE HILLS, INC.", role: nil, aliases: ["Blue"]),
          Party(name: "KING CORPORATION", role: "Buyer", aliases: ["Buyer"]),
        ])
  }

  @Test func `are no authorities, nor names without a company's end beside two that are defined`() {
    #expect(
      parties(
        "⟦Acme Bank⟧ (“Bank”), insured by the ⟦Federal Deposit Insurance Corporation⟧ (“FDIC”), and ⟦Bolt LLC⟧ (“Agent”). ⟦Company Import⟧ from ⟦Brazil Farm⟧"
      ).map(\.name) == ["Acme Bank", "Bolt LLC"])
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
    let words =
      "Dear Sirs of Lincare Holdings Inc.: Linde AG asks you about a Permitted Purpose in U.S. Dollars."
    let text = ScalarText(words)
    func range(_ part: String) -> Range<Int> {
      let start = words.range(of: part)!.lowerBound
      let offset = words.unicodeScalars.distance(from: words.startIndex, to: start)
      return offset..<offset + part.unicodeScalars.count
    }
    #expect(
      PartyParser.parties(
        in: text, spans: [range("Lincare Holdings Inc.")],
        weak: [range("Permitted Purpose"), range("U.S. Dollars"), range("Linde AG")]
      ).map(\.name) == ["Lincare Holdings Inc.", "Linde AG"])
  }
}
