import Documents
import JSON
import TestSupport
import Testing

@testable import Outputs

/// Outputs of every kind about one transcript and one contract, with their documents.
struct SampleOutputs {
  let documents: [String: Document]
  let envelopes: [Envelope]

  init() {
    let contract = textDocument(
      "Services Agreement",
      "This Agreement is made as of March 5, 2019 between Acme, Inc. (“Supplier”) and Zürich AG.",
      "This Agreement is governed by the laws of the State of New York. It renews for one (1) year periods.",
      "Supplier delivers the goods within thirty (30) days. The fee is 1,200.50 € a month, and it is due at once."
    )
    documents = ["a/contract.txt": contract, "meetings/review.txt": review]
    var envelopes: [Envelope] = []
    for (path, document) in documents.sorted(by: { $0.key < $1.key }) {
      let text = ExtractedText(document)
      let grounding = Grounding(text)
      let source = Source(document, text: text, path: path, sha256: Self.digest(path))
      let coverage = Coverage(tokensTotal: 50, tokensRead: 50, notices: [])
      func add(_ kind: Envelope.Kind, _ content: OutputContent) {
        envelopes.append(
          Envelope(
            kind: kind, source: source, produced: .example, coverage: coverage, content: content))
      }
      add(
        .summary,
        Summary(of: document, text: text, scores: nil, length: .sentences(3)).content(grounding))
      if document.mediaType == "text/plain", path.hasPrefix("meetings") {
        add(.minutes, Minutes(of: document, text: text, scores: nil).content(grounding))
      } else {
        let law = grounding.find("the State of New York").evidence.range!
        let date = grounding.find("March 5, 2019").evidence.range!
        let answers = [
          FieldAnswer(
            name: "governingLaw", status: .found, value: "New York", raw: "New York",
            evidence: [law], alternatives: [], confidence: 0.934, candidates: []),
          FieldAnswer(
            name: "agreementDate", status: .found, value: "2019-03-05", raw: "March 5, 2019",
            evidence: [date],
            alternatives: [
              FieldAnswer.Alternative(
                value: "P1Y", raw: nil,
                evidence: [grounding.find("one (1) year").evidence.range!], confidence: 0.1)
            ], confidence: 0.5, candidates: []),
          FieldAnswer(
            name: "exclusivity", status: .absent, value: false, raw: nil, evidence: [],
            alternatives: [], confidence: 0.9, candidates: []),
        ]
        add(
          .fields,
          FieldsOutput.content(
            answers, schemaName: "c", schemaSha256: String(repeating: "e", count: 64),
            grounding: grounding, isWhole: true))
      }
    }
    self.envelopes = envelopes
  }

  static func digest(_ path: String) -> String {
    String(repeating: path.hasPrefix("a") ? "7" : "8", count: 64)
  }

  func problems(_ bytes: [UInt8]) -> [OutputVerifier.Problem] {
    OutputVerifier.problems(in: bytes, file: "x.json", schemaProblems: { _ in [] }) { path in
      struct Missing: Error {}
      guard let document = documents[path] else { throw Missing() }
      return OutputVerifier.Reading(sha256: Self.digest(path), document: document)
    }
  }
}

@Suite struct OutputVerifierTests {
  private let sample = SampleOutputs()

  @Test func `what is written is accepted`() {
    for envelope in sample.envelopes {
      #expect(sample.problems(envelope.fileBytes).isEmpty)
    }
    #expect(sample.envelopes.count == 4)
  }

  /// Every string of evidence, every point, every entry of minutes, one character at a time.
  @Test func `any altered character of evidence or of what stands on it is refused`() throws {
    for envelope in sample.envelopes {
      var altered = 0
      let value = envelope.json
      for (pointer, text) in strings(in: value, under: "")
      where pointer.hasPrefix("/evidence") || pointer.hasPrefix("/source")
        || (pointer.hasPrefix("/data")
          && ["text", "abstract", "raw"].contains(pointer.split(separator: "/").last ?? ""))
      {
        for place in Set([0, text.unicodeScalars.count / 2, max(0, text.unicodeScalars.count - 1)])
        where !text.isEmpty {
          var scalars = Array(text.unicodeScalars)
          scalars[place] = scalars[place] == "x" ? "y" : "x"
          var changed = String.UnicodeScalarView()
          changed.append(contentsOf: scalars)
          let bytes = Envelope.fileBytes(
            of: value.replacing(pointer, with: .string(String(changed))))
          #expect(!sample.problems(bytes).isEmpty, "\(pointer) at \(place)")
          altered += 1
        }
      }
      #expect(altered > 10)
    }
  }

  @Test func `a canonically equivalent spelling is not the same words`() throws {
    let envelope = try #require(sample.envelopes.first { $0.kind == .summary })
    let text = envelope.json.text(indent: 1) + "\n"
    let decomposed = text.replacing("Zürich", with: "Zu\u{308}rich")
    if Array(decomposed.utf8) != Array(text.utf8) {
      #expect(!sample.problems(Array(decomposed.utf8)).isEmpty)
    }
  }

  @Test func `numbers of places, missing and needless evidence are refused`() throws {
    let envelope = try #require(sample.envelopes.first { $0.kind == .fields }).json
    for (pointer, value): (String, JSONValue) in [
      ("/evidence/e1/selector/1/start", 3), ("/evidence/e1/selector/1/end", 9999),
      ("/evidence/e1/occurrences", 2), ("/evidence/e9", ["match": "none", "selector": []]),
      ("/data/fields/governingLaw/evidence", []), ("/data/fields/governingLaw/evidence", ["e7"]),
      ("/data/fields/exclusivity/value", "none"), ("/source/codepoints", 1),
      ("/source/sha256", .string(String(repeating: "0", count: 64))),
      ("/coverage/tokensRead", 49), ("/evidence/e1/match", "none"),
    ] {
      #expect(
        !sample.problems(Envelope.fileBytes(of: envelope.replacing(pointer, with: value))).isEmpty,
        "\(pointer)")
    }
  }

  @Test func `a file that is not written as Docket writes is refused`() {
    let bytes = sample.envelopes[0].fileBytes
    #expect(sample.problems(bytes + [0x0A]).count == 1)
    #expect(sample.problems(Array(bytes.dropLast())).count == 1)
    #expect(sample.problems(Array("{".utf8)).count == 1)
    #expect(sample.problems(Array(sample.envelopes[0].line)).count == 1)
  }

  @Test func `minutes that name an owner who was not there are refused`() throws {
    let envelope = try #require(sample.envelopes.first { $0.kind == .minutes }).json
    for (pointer, value): (String, JSONValue) in [
      ("/data/actions/0/owner", "p9"), ("/data/decisions/0/topic", "t9"),
      ("/data/actions/0/dueText", "by Monday"), ("/data/decisions/0/by", ["p77"]),
    ] {
      #expect(
        !sample.problems(Envelope.fileBytes(of: envelope.replacing(pointer, with: value))).isEmpty,
        "\(pointer)")
    }
  }

  @Test func `digests name every file and are read back`() throws {
    var digests = OutputDigests()
    digests.add("b/ä.json", [1])
    digests.add("a.json", [])
    #expect(
      digests.text
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.json\n"
        + "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a  b/ä.json\n")
    #expect(OutputDigests(parsing: digests.text) == digests)
    #expect(OutputDigests(parsing: "nonsense") == nil)
  }

  private func strings(in value: JSONValue, under pointer: String) -> [(String, String)] {
    switch value {
    case .string(let text): [(pointer, text)]
    case .array(let array):
      array.enumerated().flatMap { strings(in: $0.element, under: "\(pointer)/\($0.offset)") }
    case .object(let object):
      object.members.flatMap { strings(in: $1, under: pointer + "/" + jsonPointerToken($0)) }
    default: []
    }
  }
}
