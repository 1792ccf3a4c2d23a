import Documents
import Foundation
import Testing

@testable import Ingest

struct MailReaderTests {
  private func read(_ lines: [String]) throws -> (document: Document, file: [UInt8]) {
    let file = Array(lines.joined(separator: "\r\n").utf8)
    #expect(MediaType(of: file) == .mail)
    let document = try MailReader().read(file, named: "a.eml", limits: ReadLimits())
    #expect(document.mediaType == "message/rfc822")
    return (document, file)
  }

  private static let header = [
    "Return-Path: <ann@example.org>", "From: Ann Bo <ann@example.org>", "To: cy@example.org",
    "Date: Fri, 20 Nov 2026 10:15:00 +0100", "Message-ID: <1@example.org>", "MIME-Version: 1.0",
  ]

  private func texts(_ document: Document) -> [String] {
    document.blocks.map { "\($0.kind) \($0.texts.map(\.text).joined(separator: "|"))" }
  }

  /// Each anchored run of the text: its words, and the bytes of the file it leads to.
  private func runs(_ document: Document, _ file: [UInt8]) -> [(words: String, bytes: String)] {
    document.blocks.flatMap(\.texts).flatMap { text in
      text.runs.compactMap { run in
        guard case .bytes(let bytes, _) = run.place else { return nil }
        return (
          String(decoding: Array(text.text.utf8)[run.range], as: UTF8.self),
          String(decoding: file[bytes], as: UTF8.self)
        )
      }
    }
  }

  @Test func `header, date and words come with the document`() throws {
    let (document, _) = try read(
      Self.header + [
        "Subject: =?utf-8?Q?Pr=C3=A4sentation?= =?iso-8859-1?B?IPxiZXI=?=", " morgen", "",
        "Hello Cy,", "", "the rent is due", "on Friday.",
      ])
    #expect(
      texts(document) == [
        "heading Präsentation über morgen", "paragraph From: Ann Bo <ann@example.org>",
        "paragraph To: cy@example.org", "paragraph Date: Fri, 20 Nov 2026 10:15:00 +0100",
        "paragraph Hello Cy,", "paragraph the rent is due on Friday.",
      ])
    #expect(document.metadata.title == "Präsentation über morgen")
    #expect(document.metadata.date == "2026-11-20")
    #expect(document.notices.isEmpty)
  }

  @Test func `quoted-printable text leads to the bytes that spell it`() throws {
    let (document, file) = try read(
      Self.header + [
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
        "",
        "Es sind =E2=82=AC 12 f=C3=A4llig, und zwar am ersten Tag des Mo=", "nats, 2=3D2.   ",
      ])
    #expect(
      texts(document).last
        == "paragraph Es sind € 12 fällig, und zwar am ersten Tag des Monats, 2=2.")
    let body = runs(document, file).filter { !$0.bytes.contains("@") }.dropFirst()
    for run in body {
      let escaped = run.bytes.replacingOccurrences(of: "=", with: "%")
      #expect(escaped.removingPercentEncoding == run.words)
    }
    #expect(
      body.map(\.words).joined() == "Es sind € 12 fällig, und zwar am ersten Tag des Monats, 2=2.")
    #expect(body.contains { $0.bytes == "=E2=82=AC" })
    // A part of a run, too.
    let text = try #require(document.blocks.last?.texts.first)
    let place = try #require(text.slice(8..<11).runs.first?.place)
    guard case .bytes(let bytes, _) = place else { return }
    #expect(String(decoding: file[bytes], as: UTF8.self) == "=E2=82=AC")
  }

  @Test(arguments: [
    ("utf-8", "Zahlung fällig: 12 €, sofort"), ("windows-1252", "Zahlung fällig: 12 €, sofort"),
  ])
  func `base64 text leads to the groups that spell it`(charset: String, words: String) throws {
    let encoding: String.Encoding = charset == "utf-8" ? .utf8 : .windowsCP1252
    let base64 = try #require(words.data(using: encoding)).base64EncodedString()
    let (document, file) = try read(
      Self.header + [
        "Content-Type: text/plain; charset=\(charset)", "Content-Transfer-Encoding: base64", "",
        // Lines that end inside a group of four.
        String(base64.prefix(18)), String(base64.dropFirst(18)), "",
      ])
    #expect(texts(document).last == "paragraph \(words)")
    let text = try #require(document.blocks.last?.texts.first)
    var offset = 0
    for character in words {
      let range = offset..<offset + character.utf8.count
      offset = range.upperBound
      if character == " " { continue }
      guard case .bytes(let bytes, _) = text.slice(range).runs.first?.place else {
        Issue.record("\(character) has no place")
        continue
      }
      let spelled = String(decoding: file[bytes], as: UTF8.self).filter { !$0.isNewline }
      let padding = String(repeating: "=", count: (4 - spelled.count % 4) % 4)
      let data = try #require(Data(base64Encoded: spelled + padding))
      let wanted = try #require(String(character).data(using: encoding))
      #expect(data.range(of: wanted) != nil && bytes.count <= 10)
    }
  }

  @Test func `of alternatives the page is read, with its tables, and what is attached is named`()
    throws
  {
    let (document, file) = try read(
      Self.header + [
        "Subject: Offer", "Content-Type: multipart/mixed; boundary=\"=_a\"", "", "preamble",
        "--=_a", "Content-Type: multipart/alternative; boundary=b", "",
        "--b", "Content-Type: text/plain", "", "Plain words", "",
        "--b", "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable", "",
        "<p>Rich <b>w=C3=B6rds</b> &amp; <a href=3D\"https://e.org/\">a link</a></p><table><tr><th>A<th>B<tr><td>1<td>2</table>",
        "--b--",
        "--=_a", "Content-Type: application/pdf", "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename*=utf-8''Vertr%C3%A4ge.pdf", "", "JVBERi0=",
        "--=_a", "Content-Type: text/plain; name=notes.txt", "Content-Disposition: attachment", "",
        "Not part of the message.", "--=_a--", "epilogue",
      ])
    #expect(texts(document).suffix(2) == ["paragraph Rich wörds & a link", "table A|B|1|2"])
    #expect(document.links.map(\.target) == [.address("https://e.org/")])
    #expect(document.notices.map(\.reason) == [.unsupported, .unsupported])
    #expect(document.notices.first?.detail.contains("“Verträge.pdf”") == true)
    #expect(document.notices.last?.detail.contains("“notes.txt”") == true)
    let all = texts(document).joined()
    for word in ["Plain", "preamble", "epilogue", "Not part"] { #expect(!all.contains(word)) }
    #expect(runs(document, file).contains { $0.words.contains("wörds") || $0.bytes == "=C3=B6" })
  }

  @Test func `quotes keep their level`() throws {
    let (document, _) = try read(
      Self.header + [
        "", "I agree.", "", "On Monday Ann wrote:", "> The rent is due on", "> the first.", "> ",
        "> > Which first?", "> >", ">> Cy", "", "Regards",
      ])
    #expect(
      texts(document).suffix(6) == [
        "paragraph I agree.", "paragraph On Monday Ann wrote:",
        "paragraph > The rent is due on the first.", "paragraph >> Which first?",
        "paragraph >> Cy", "paragraph Regards",
      ])
  }

  @Test func `a forwarded message is read inside the first, and encrypted parts are named`() throws
  {
    let (document, _) = try read(
      Self.header + [
        "Subject: Fwd", "Content-Type: multipart/mixed; boundary=x", "", "--x", "", "See below.",
        "--x", "Content-Type: message/rfc822", "", "From: Di <di@example.org>", "Subject: Inner",
        "",
        "Inner words.", "--x", "Content-Type: application/pkcs7-mime", "", "MIIB", "--x--",
      ])
    #expect(
      texts(document).suffix(4) == [
        "paragraph See below.", "heading Inner", "paragraph From: Di <di@example.org>",
        "paragraph Inner words.",
      ])
    #expect(document.notices.map(\.reason) == [.encrypted])
  }

  @Test func `parts without an end, without a boundary or too deep lose nothing in silence`() throws
  {
    let (open, _) = try read(
      Self.header + ["Content-Type: multipart/mixed; boundary=x", "", "--x", "", "Cut off he"])
    #expect(texts(open).last == "paragraph Cut off he")
    let (none, _) = try read(Self.header + ["Content-Type: multipart/mixed", "", "Just words."])
    #expect(texts(none).last == "paragraph Just words.")
    var lines = Self.header
    for level in 0..<40 {
      lines += ["Content-Type: multipart/mixed; boundary=b\(level)", "", "--b\(level)"]
    }
    let (deep, _) = try read(lines + ["", "Words."])
    #expect(deep.notices.map(\.reason).contains(.overLimit))
    let (empty, _) = try read(Self.header + ["", ""])
    #expect(empty.notices.map(\.reason) == [.empty])
  }

  @Test func `any cut of a message is read without a crash`() throws {
    let whole =
      Self.header + [
        "Content-Type: multipart/mixed; boundary=x", "", "--x",
        "Content-Transfer-Encoding: quoted-printable", "", "W=C3=B6rter=", "--x",
        "Content-Transfer-Encoding: base64", "Content-Type: text/html", "", "PGI+d8O2cmRzPC9iPg==",
        "--x--",
      ]
    let file = Array(whole.joined(separator: "\n").utf8)
    for end in 0...file.count {
      _ = try MailReader().read(Array(file[..<end]), named: "a.eml", limits: ReadLimits())
    }
  }

  @Test func `a memo that someone typed is text`() {
    let memo = "From: Ann\nTo: Bo\nDate: 20 November 2026\nSubject: Rent\n\nThe rent is due.\n"
    #expect(MediaType(of: Array(memo.utf8)) == .plainText)
    #expect(MediaType(of: Array("Ann: Hello.\nBo: Hi.\n".utf8)) == .plainText)
  }
}
