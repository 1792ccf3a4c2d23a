import Documents
import Foundation
import Ingest
import Testing

struct CueTests {
  private func turns(_ text: String) throws -> [Turn] { try read(text).turns }

  private func read(_ text: String) throws -> Document {
    let bytes = Array(text.utf8)
    let document = try CueReader().read(bytes, named: "a.vtt", limits: ReadLimits())
    #expect(AnchorCheck(document, of: bytes).faults.isEmpty)
    return document
  }

  @Test func `voices become speakers, and cues of one speaker one turn`() throws {
    let turns = try turns(
      """
      WEBVTT

      NOTE Recorded November 20, 2026

      1
      00:01.000 --> 00:03.000 align:start position:0%
      <v.loud Ann Lee>Hello &amp; <i>welcome</i>,</v>

      2
      00:03.500 --> 00:05.000
      <v Ann Lee>everybody.</v>

      00:05.000 --> 01:00:00.000
      <v Bo>Thanks.</v> <v Ann Lee>Sure.</v>
      """)
    #expect(turns.map { $0.speaker?.text } == ["Ann Lee", "Bo", "Ann Lee"])
    #expect(turns.map(\.text.text) == ["Hello & welcome, everybody.", "Thanks.", "Sure."])
    #expect(turns[0].start == 1 && turns[0].end == 5)
    #expect(turns[1].end == 3600)
  }

  @Test func `the date in a note is the document's`() throws {
    let document = try read(
      "WEBVTT\n\nNOTE Recorded November 20, 2026\n\n00:01.000 --> 00:02.000\nHi\n")
    #expect(document.metadata.date == "2026-11-20")
  }

  @Test func `a cue without a valid time is reported with its place`() throws {
    let bytes = try Fixture.bytes("transcripts/webvttpy-invalid_timeframe.vtt")
    let document = try CueReader().read(bytes, named: "a.vtt", limits: ReadLimits())
    let notice = try #require(document.notices.first)
    #expect(notice.reason == .damaged)
    let place = try #require(notice.bytes)
    #expect(String(decoding: bytes[place], as: UTF8.self).contains("Caption text #2"))
    #expect(CueReader().cues(bytes).count == 6)
  }

  @Test func `rolling captions are read once`() throws {
    let text = try #require(
      String(bytes: Fixture.bytes("transcripts/rolling-0.vtt"), encoding: .utf8))
    let turns = try turns(text)
    let words = turns.map(\.text.text).joined(separator: " ")
    #expect(
      words.hasPrefix("... Okay. So, this is uh first meeting of this design project. Um and"))
    #expect(words.components(separatedBy: "first meeting of this design project").count == 2)
  }

  @Test func `names before the words become speakers where the file shows they are names`() throws {
    let turns = try turns(
      """
      WEBVTT

      1
      00:00:00.500 --> 00:00:03.000
      Grad D: How many?

      2
      00:00:03.000 --> 00:00:04.000
      Grad B: Four. Note: not five.

      3
      00:00:04.000 --> 00:00:05.000
      and two more

      4
      00:00:05.000 --> 00:00:06.000
      Grad D: Right.
      """)
    #expect(turns.map { $0.speaker?.text } == ["Grad D", "Grad B", "Grad D"])
    #expect(turns[1].text.text == "Four. Note: not five. and two more")
  }

  @Test func `SubRip is read with points for commas, without numbers, with empty lines`() throws {
    let turns = try turns(
      "\n00:00:00.500 --> 00:00:02,100\n<i>One</i>\n\n\n2\n00:00:03,000 --> 00:00:07,000\n{\\an8}Two\n\nand three\n\n3\n00:00:20,000 --> 00:00:21,000\n\n"
    )
    #expect(turns.map(\.text.text) == ["One Two and three"])
  }

  @Test func `captions nobody is named in are parted at pauses`() throws {
    let turns = try turns(
      "WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n\n00:02.000 --> 00:03.000\nTwo.\n\n00:30.000 --> 00:31.000\nThree.\n"
    )
    #expect(turns.map(\.text.text) == ["One. Two.", "Three."])
  }
}

extension Document {
  var turns: [Turn] {
    blocks.compactMap { if case .turn(let turn) = $0.content { turn } else { nil } }
  }
}
