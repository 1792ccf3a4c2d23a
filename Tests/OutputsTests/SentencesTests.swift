import Documents
import Testing

@testable import Outputs

@Suite struct SentencesTests {
  @Test(arguments: [
    ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    (
      "Mr. Lee met Dr. Q. R. Ash of the U.S. Army. He left.",
      ["Mr. Lee met Dr. Q. R. Ash of the U.S. Army.", "He left."]
    ),
    ("See Sec. 4.2 and No. 7. Done.", ["See Sec. 4.2 and No. 7.", "Done."]),
    ("4. Payment is due. (a) At once.", ["4. Payment is due.", "(a) At once."]),
    ("He said “go.” She went.", ["He said “go.”", "She went."]),
    ("Wait... what? 12 are here.", ["Wait... what?", "12 are here."]),
    ("Acme, Inc. and Beta Corp. agree.", ["Acme, Inc. and Beta Corp. agree."]),
    ("No end\n\nAnother", ["No end", "Another"]),
    ("  ", []),
  ])
  func `sentences end where a reader would end them`(text: String, expected: [String]) {
    let bytes = Array(text.utf8)
    let found = Sentences.ranges(in: text)
    #expect(found.map { String(decoding: bytes[$0], as: UTF8.self) } == expected)
  }

  @Test func `sentences of a transcript leave out the speaker and know their turn`() {
    let turn = Turn(
      index: 3, speaker: AnchoredText(unanchored: "Dr. Lee. B"),
      text: AnchoredText(unanchored: "We agree. Next?"))
    let document = Document(
      mediaType: "text/vtt",
      blocks: [Block(.heading(AnchoredText(unanchored: "Title"), level: 1)), Block(.turn(turn))])
    let text = ExtractedText(document)
    let sentences = Sentences.of(text, in: document)
    #expect(sentences.map { String(text[$0.range]) } == ["Title", "We agree.", "Next?"])
    #expect(sentences.map(\.turn) == [nil, 3, 3])
    #expect(sentences.map(\.block) == [0, 1, 1])
  }
}
