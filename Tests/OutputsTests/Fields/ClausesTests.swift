import Outputs
import Testing

@Suite struct `Clauses` {
  private func clauses(_ words: String) -> [String] {
    let text = ScalarText(words)
    return ClauseSplitter.clauses(of: text).map { text.string($0.range) }
  }

  @Test(arguments: [
    ("One sentence. Another one.", ["One sentence.", "Another one."]),
    ("by Acme Inc. and Bolt Co. in New York.", ["by Acme Inc. and Bolt Co. in New York."]),
    ("with Acme Inc. The Supplier pays.", ["with Acme Inc.", "The Supplier pays."]),
    ("It pays: (a) rent; and (b) tax.", ["It pays:", "(a) rent;", "and (b) tax."]),
    ("First. b. Second. iv) Fourth.", ["First.", "b.", "Second.", "iv) Fourth."]),
    ("by Acme Inc. d. B", ["by Acme Inc. d. B"]),
    ("8.1 Term. This starts now.", ["8.1 Term.", "This starts now."]),
    ("Signed by J. Smith of the U.S. Army.", ["Signed by J. Smith of the U.S. Army."]),
    ("He said “stop.” Then left.", ["He said “stop.”", "Then left."]),
    ("Title\n\nThis starts", ["Title", "This starts"]),
    ("which goes on\n\n\n12\n\nover pages", ["which goes on", "12", "over pages"]),
    ("which goes on,\n\nover the page.", ["which goes on,\n\nover the page."]),
    ("See No. 5 here. No. We go on.", ["See No. 5 here.", "No.", "We go on."]),
    ("costs 1.5 or $2.50. Fine.", ["costs 1.5 or $2.50.", "Fine."]),
    ("", []),
    ("   \n\n  ", []),
  ])
  func `end where a lawyer would cut`(words: String, parts: [String]) {
    #expect(clauses(words) == parts)
  }

  @Test func `are in order, apart, and lose nothing but white space`() {
    let words = "A. B: c; d.\n\n§ 5 Über “Zürich GmbH.” 1.2.3 End? Yes! \u{A0} x"
    let text = ScalarText(words)
    var position = 0
    for clause in ClauseSplitter.clauses(of: text) {
      #expect(clause.range.lowerBound >= position)
      #expect((position..<clause.range.lowerBound).allSatisfy { ScalarClass.isSpace(text[$0]) })
      position = clause.range.upperBound
    }
    #expect((position..<text.count).allSatisfy { ScalarClass.isSpace(text[$0]) })
  }
}
