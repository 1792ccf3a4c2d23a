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
}
