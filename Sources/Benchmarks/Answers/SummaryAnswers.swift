import Contexts
import Documents
import Foundation
import JSON
import Outputs

/// Summaries beside ones people wrote, which have about a tenth of a text's words, but 300 at most: of documents, and of talks between two (notes).
struct SummaryAnswers {
  let tagger: AnswersBenchmark.Tagger?

  /// The fewest words a summary has room for.
  let leastWords: Int

  static let leastWords = 25
  let readAs: DocumentType?

  init(
    _ tagger: AnswersBenchmark.Tagger?, leastWords: Int = Self.leastWords,
    readAs: DocumentType? = nil
  ) {
    self.tagger = tagger
    self.readAs = readAs
    self.leastWords = leastWords
  }

  func run(_ records: [JSONValue]) throws -> [JSONValue] {
    var lines: [JSONValue] = []
    var scores: [String: [Rouge]] = [:]
    for record in records {
      let isTalk = record["utterances"] != nil
      let document =
        isTalk
        ? MeetingAnswers.document(MeetingAnswers.utterances(record))
        : Self.document(record["doc"]?.string ?? "")
      let extracted = ExtractedText(document)
      let text = extracted.text
      let tags = try tagger?.scores(extracted, as: readAs ?? (isTalk ? .meeting : .report))
      let source = record["source"]?.string ?? ""
      let queries = record["queries"]?.array ?? [record]
      for (number, query) in queries.enumerated() {
        let references = ((query["summaries"]?.array ?? []) + [query["summary"] ?? nil])
          .compactMap(\.string)
        let words = min(300, max(leastWords, Rouge.words(text).count / 10))
        let summary = Summary(of: document, text: extracted, scores: tags, length: .words(words))
        let own = summary.points.map { String(extracted[$0.range]) }.joined(separator: " ")
        let id = record["id"]?.string ?? ""
        lines.append([
          "item": .string(record["queries"] == nil ? id : "\(id)#\(number)"),
          "summary": .string(own),
        ])
        guard !references.isEmpty else { continue }
        add("Docket", Rouge.best(own, against: references))
        let sentences = Sentences.of(extracted, in: document).map { String(extracted[$0.range]) }
        for baseline in AnswerBaselines.Order.allCases {
          let order = AnswerBaselines.order(sentences, by: baseline)
          let taken = AnswerBaselines.take(order, of: sentences, words: words)
          add(
            baseline.rawValue,
            Rouge.best(
              taken.map { sentences[$0] }.joined(separator: " "), against: references))
          guard baseline == .textRank else { continue }
          let within = AnswerBaselines.take(
            order.filter { Rouge.words(sentences[$0]).count <= words }, of: sentences, words: words)
          add(
            "TextRank within the length",
            Rouge.best(
              within.map { sentences[$0] }.joined(separator: " "), against: references))
        }
      }
      func add(_ name: String, _ rouge: Rouge) {
        scores[name, default: []].append(rouge)
        scores["\(source), \(name)", default: []].append(rouge)
      }
    }
    print("\(records.count) documents" + (tagger == nil ? ", without the model" : ""))
    print("ROUGE-1, -2, -L (F, best reference)")
    for name in scores.keys.sorted() {
      print("  \(name): \(MeetingAnswers.line(Rouge.mean(scores[name]!))) (\(scores[name]!.count))")
    }
    return lines
  }

  /// A text whose blocks are set apart by empty lines.
  static func document(_ text: String) -> Document {
    var blocks: [Block] = []
    var offset = 0
    for paragraph in text.components(separatedBy: "\n\n") {
      let bytes = offset..<offset + paragraph.utf8.count
      offset = bytes.upperBound + 2
      guard !paragraph.allSatisfy(\.isWhitespace) else { continue }
      blocks.append(Block(.paragraph(AnchoredText(paragraph, at: .bytes(bytes, verbatim: true)))))
    }
    return Document(mediaType: "text/plain", blocks: blocks)
  }
}
