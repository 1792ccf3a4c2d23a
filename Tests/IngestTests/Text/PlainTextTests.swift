import Documents
import Ingest
import Testing

struct PlainTextTests {
  private func outline(_ text: String) throws -> [String] {
    let bytes = Array(text.utf8)
    let document = try PlainTextReader().read(bytes, named: "a.txt", limits: ReadLimits())
    #expect(AnchorCheck(document, of: bytes).faults.isEmpty)
    return document.blocks.map { block in
      switch block.content {
      case .heading(let text, let level): "h\(level) \(text.text)"
      case .listItem(let text, let depth): "l\(depth) \(text.text)"
      default: "\(block.kind) \(block.texts.first?.text ?? "")"
      }
    }
  }

  @Test func `numbered clauses keep their hierarchy`() throws {
    let found = try outline(
      """
      MUTUAL NON-DISCLOSURE AGREEMENT

      This Agreement is entered into as of March 3, 2024 by and between Acme Corp.,
      a Delaware corporation, and Widget LLC.

      ARTICLE I
      DEFINITIONS

      1.1 Confidential Information. "Confidential Information" means any information
      disclosed by a party, subject to Section
      4.2(b) and the following:

      (a) information marked as confidential;

      (b) information of the following kinds:
         (i) trade secrets; and
         (ii) customer lists.

      (c) anything else.

      1.2 Term. The term is three years.
      """)
    #expect(
      found == [
        "h1 MUTUAL NON-DISCLOSURE AGREEMENT",
        "paragraph This Agreement is entered into as of March 3, 2024 by and between Acme Corp., a Delaware corporation, and Widget LLC.",
        "h1 ARTICLE I DEFINITIONS",
        "l1 1.1 Confidential Information. \"Confidential Information\" means any information disclosed by a party, subject to Section 4.2(b) and the following:",
        "l2 (a) information marked as confidential;",
        "l2 (b) information of the following kinds:", "l3 (i) trade secrets; and",
        "l3 (ii) customer lists.", "l2 (c) anything else.",
        "l1 1.2 Term. The term is three years.",
      ])
  }

  @Test func `the letter i after h is a letter`() throws {
    let items = "abcdefghij".map { "(\($0)) item \($0);\n\n" }.joined()
    #expect(try outline(items).allSatisfy { $0.hasPrefix("l0 ") })
  }

  @Test func `Markdown headings and bullets are headings and items`() throws {
    let found = try outline(
      "# Title\n\nSome words here that go on.\n\n- one\n- two\n  - inner\n\nUnder\n=====\n\nEnd of it.\n"
    )
    #expect(
      found == [
        "h1 Title", "paragraph Some words here that go on.", "l0 - one", "l0 - two", "l1 - inner",
        "h1 Under", "paragraph End of it.",
      ])
  }

  @Test func `columns set with spaces stay as they are`() throws {
    let found = try outline(
      "Item        Price\nApples      1.00\nPears       2.00\n")
    #expect(found == ["preformatted Item        Price\nApples      1.00\nPears       2.00"])
  }

  @Test func `lines of full width are joined, short lines are not`() throws {
    let long = "This line is filled with words up to the very width at which all lines break"
    let found = try outline(
      "\(long)\n\(long)\nand ends.\n\nAcme Corp.\n1 Main Street\nSpringfield\n")
    #expect(found.count == 4)
    #expect(found[0].hasSuffix("and ends."))
  }
}
