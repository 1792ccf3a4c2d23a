import Contexts
import Documents
import Foundation
import JSON
import Outputs

/// Minutes of annotated meetings (AMI, ICSI; QMSum has topics and a summary only): how many decisions,
/// actions and problems are right, how well they are proven, and how much the whole has in common with
/// minutes people wrote.
struct MeetingAnswers {
  let tagger: AnswersBenchmark.Tagger?

  init(_ tagger: AnswersBenchmark.Tagger?) { self.tagger = tagger }

  /// Right, proposed and wanted; F1 of their sums.
  private struct Tally {
    var right = 0
    var found = 0
    var wanted = 0
    var precision: Double { found == 0 ? 0 : Double(right) / Double(found) }
    var recall: Double { wanted == 0 ? 0 : Double(right) / Double(wanted) }
    var f1: Double { Rouge.f(Double(right), Double(found), Double(wanted)) }
  }

  private struct Item {
    var text: String
    var evidence: Set<Int>
  }

  func run(_ records: [JSONValue]) throws -> [JSONValue] {
    var lines: [JSONValue] = []
    var items: [String: Tally] = [:]
    var worded: [String: Tally] = [:]
    var evidence: [String: Tally] = [:]
    var rouge: [String: [Rouge]] = [:]
    var topicErrors: [String: [Double]] = [:]
    for record in records {
      let utterances = Self.utterances(record)
      let meeting = Self.document(utterances)
      let text = ExtractedText(meeting)
      let scores = try tagger?.scores(text, as: .meeting)
      let minutes = Minutes(of: meeting, text: text, scores: scores)
      let summary = Summary(
        of: meeting, text: text, scores: scores, length: .words(Self.abstractWords))
      func numbers(_ ranges: [Range<Int>]) -> [Int] {
        // One utterance is one turn here, and turns are numbered as utterances are.
        Array(Set(ranges.compactMap { text.turns(of: $0)?.lowerBound })).sorted()
      }
      func found(_ statements: [Minutes.Statement]) -> [Item] {
        statements.map { Item(text: $0.text, evidence: Set(numbers($0.evidence))) }
      }
      let own: [String: [Item]] = [
        "decisions": found(minutes.decisions.map(\.statement)),
        "actions": found(minutes.actions.map(\.statement)),
        "problems": found(minutes.problems.map(\.statement)),
      ]
      let abstract = summary.points.map { PlainSpeech.written(text[$0.range]) }
      let extractive = numbers(
        Summary(of: meeting, text: text, scores: scores, length: .share(Self.extractiveShare))
          .points.map(\.range))
      let full =
        (abstract + ["decisions", "actions", "problems"].flatMap { own[$0]!.map(\.text) })
        .joined(separator: " ")

      let sentences = utterances.map(\.1)
      let wantedFull = Self.wantedText(record)
      if !wantedFull.isEmpty {
        rouge["Docket", default: []].append(Rouge(full, against: wantedFull))
      }
      let words = Rouge.words(full).count
      let wantedExtract = Set((record["extractive"]?.array ?? []).compactMap(\.integer))
      if !wantedExtract.isEmpty {
        tally(&evidence["extract, Docket", default: Tally()], Set(extractive), wantedExtract)
      }
      for baseline in AnswerBaselines.Order.allCases {
        let order = AnswerBaselines.order(sentences, by: baseline)
        let taken = AnswerBaselines.take(order, of: sentences, words: words)
        if !wantedFull.isEmpty {
          rouge[baseline.rawValue, default: []].append(
            Rouge(taken.map { sentences[$0] }.joined(separator: " "), against: wantedFull))
        }
        if !wantedExtract.isEmpty {
          tally(
            &evidence["extract, \(baseline.rawValue)", default: Tally()],
            Set(order.prefix(extractive.count)), wantedExtract)
        }
        for kind in ["decisions", "actions", "problems"] where record[kind] != nil {
          let wanted = Self.items(record[kind])
          let count = own[kind]!.count
          let picks = order.prefix(count).map { Item(text: sentences[$0], evidence: [$0]) }
          score(kind + ", " + baseline.rawValue, Array(picks), wanted)
        }
      }
      for kind in ["decisions", "actions", "problems"] where record[kind] != nil {
        score(kind + ", Docket", own[kind]!, Self.items(record[kind]))
      }
      func score(_ name: String, _ found: [Item], _ wanted: [Item]) {
        match(&items[name, default: Tally()], found, wanted) {
          Double($0.evidence.intersection($1.evidence).count)
        }
        match(&worded[name, default: Tally()], found, wanted) {
          let likeness = Rouge($0.text, against: $1.text).one
          return likeness >= 0.3 ? likeness : 0
        }
        tally(
          &evidence[name, default: Tally()], found.reduce(into: []) { $0.formUnion($1.evidence) },
          wanted.reduce(into: []) { $0.formUnion($1.evidence) })
      }

      let starts = minutes.topics.map(\.turns.lowerBound)
      if let wanted = Self.topicStarts(record), !wanted.isEmpty {
        let total = utterances.count
        topicErrors["Docket", default: []].append(Self.pk(starts, wanted, total))
        topicErrors["none", default: []].append(Self.pk([], wanted, total))
        topicErrors["random", default: []].append(
          Self.pk(
            AnswerBaselines.order(sentences, by: .random).prefix(starts.count).sorted(), wanted,
            total))
        let even = (0..<starts.count).map { $0 * total / max(1, starts.count) }
        topicErrors["even", default: []].append(Self.pk(even, wanted, total))
      }

      func json(_ items: [Item]) -> JSONValue {
        .array(
          items.map {
            [
              "text": .string($0.text),
              "evidence": .array($0.evidence.sorted().map { .integer($0) }),
            ]
          })
      }
      lines.append([
        "id": record["id"] ?? nil, "abstract": .string(abstract.joined(separator: " ")),
        "decisions": json(own["decisions"]!), "actions": json(own["actions"]!),
        "problems": json(own["problems"]!),
        "extractive": .array(extractive.map { .integer($0) }),
        "topics": .array(
          minutes.topics.map {
            ["title": .string($0.title), "start_utt": .integer($0.turns.lowerBound)]
          }),
        "full": .string(full),
      ])
    }

    print("\(records.count) meetings" + (tagger == nil ? ", without the model" : ""))
    if !items.isEmpty {
      print(
        "items: F1 (precision, recall) by shared evidence; by words (ROUGE-1 ≥ 0.3); evidence F1")
    }
    for name in items.keys.sorted() {
      let (a, b, c) = (items[name]!, worded[name]!, evidence[name]!)
      print(
        "  \(name): \(Self.percent(a.f1)) (\(Self.percent(a.precision)), \(Self.percent(a.recall)); \(a.found) for \(a.wanted)); \(Self.percent(b.f1)); \(Self.percent(c.f1))"
      )
    }
    let extracts = evidence.keys.sorted().filter { $0.hasPrefix("extract") }
    if !extracts.isEmpty { print("utterances of the extract: F1 (precision, recall)") }
    for name in extracts {
      let tally = evidence[name]!
      print(
        "  \(name): \(Self.percent(tally.f1)) (\(Self.percent(tally.precision)), \(Self.percent(tally.recall)))"
      )
    }
    print("whole text: ROUGE-1, -2, -L")
    for name in rouge.keys.sorted() { print("  \(name): \(Self.line(Rouge.mean(rouge[name]!)))") }
    print("topics: Pk (lower is better)")
    for name in topicErrors.keys.sorted() {
      let errors = topicErrors[name]!
      print("  \(name): \(Self.percent(errors.reduce(0, +) / Double(errors.count)))")
    }
    return lines
  }

  /// What people wrote of such meetings is some 150 words of abstract and a sixth of the talk as an
  /// extract (means over the training part).
  private static let abstractWords = 150
  private static let extractiveShare = 0.25

  static func utterances(_ record: JSONValue) -> [(speaker: String, text: String)] {
    (record["utterances"]?.array ?? []).map {
      ($0["speaker"]?.string ?? "", $0["text"]?.string ?? "")
    }
  }

  /// A transcript of one utterance a turn.
  static func document(_ utterances: [(speaker: String, text: String)]) -> Document {
    var offset = 0
    let blocks = utterances.enumerated().map { index, utterance -> Block in
      let speaker = AnchoredText(
        utterance.speaker,
        at: .bytes(offset..<offset + utterance.speaker.utf8.count, verbatim: true))
      offset += utterance.speaker.utf8.count + 2
      let words = AnchoredText(
        utterance.text, at: .bytes(offset..<offset + utterance.text.utf8.count, verbatim: true))
      offset += utterance.text.utf8.count + 1
      return Block(.turn(Turn(index: index, speaker: speaker, text: words)))
    }
    return Document(mediaType: "text/plain", blocks: blocks)
  }

  private static func items(_ value: JSONValue?) -> [Item] {
    (value?.array ?? []).map {
      Item(
        text: $0["text"]?.string ?? "",
        evidence: Set(($0["evidence"]?.array ?? []).compactMap(\.integer)))
    }
  }

  /// One-to-one, the likest pairs first.
  private func match(
    _ tally: inout Tally, _ found: [Item], _ wanted: [Item], likeness: (Item, Item) -> Double
  ) {
    var pairs: [(Double, Int, Int)] = []
    for (i, one) in found.enumerated() {
      for (j, other) in wanted.enumerated() {
        let score = likeness(one, other)
        if score > 0 { pairs.append((score, i, j)) }
      }
    }
    pairs.sort { ($1.0, $0.1, $0.2) < ($0.0, $1.1, $1.2) }
    var usedFound: Set<Int> = []
    var usedWanted: Set<Int> = []
    for (_, i, j) in pairs where !usedFound.contains(i) && !usedWanted.contains(j) {
      usedFound.insert(i)
      usedWanted.insert(j)
    }
    tally.right += usedFound.count
    tally.found += found.count
    tally.wanted += wanted.count
  }

  private func tally(_ tally: inout Tally, _ found: Set<Int>, _ wanted: Set<Int>) {
    tally.right += found.intersection(wanted).count
    tally.found += found.count
    tally.wanted += wanted.count
  }

  /// What people wrote of the meeting, in one piece.
  private static func wantedText(_ record: JSONValue) -> String {
    let parts = ["abstract", "decisions", "actions", "problems", "progress"]
      .flatMap { record[$0]?.array ?? [] }.compactMap { $0["text"]?.string }
    return
      (parts.isEmpty
      ? (record["general_queries"]?.array ?? []).prefix(1).compactMap { $0["answer"]?.string }
      : parts)
      .joined(separator: " ")
  }

  /// First utterances of the top-level topics, without the first.
  private static func topicStarts(_ record: JSONValue) -> [Int]? {
    guard let topics = record["topics"]?.array, let utterances = record["utterances"]?.array else {
      return nil
    }
    let spans = topics.flatMap { $0["spans"]?.array ?? [] }.compactMap { $0[0]?.integer }
    if !spans.isEmpty { return Set(spans).filter { $0 > 0 && $0 < utterances.count }.sorted() }
    let times = utterances.map { $0["start"]?.double ?? 0 }
    let starts = topics.filter { $0["level"]?.integer == 0 }.compactMap { $0["start"]?.double }
      .map { start in times.firstIndex { $0 >= start - 0.01 } ?? times.count }
    return Set(starts).filter { $0 > 0 && $0 < times.count }.sorted()
  }

  /// Pk (Beeferman, Berger, Lafferty 1999): how often two utterances half a mean topic apart are
  /// wrongly said to be in the same topic, or in different ones.
  static func pk(_ found: [Int], _ wanted: [Int], _ total: Int) -> Double {
    func labels(_ starts: [Int]) -> [Int] {
      var isStart = [Bool](repeating: false, count: total)
      for start in starts where start > 0 && start < total { isStart[start] = true }
      var label = 0
      return isStart.map { start in
        if start { label += 1 }
        return label
      }
    }
    let (a, b) = (labels(found), labels(wanted))
    let step = max(1, Int((Double(total) / Double(wanted.count + 1) / 2).rounded()))
    guard total > step else { return 0 }
    let wrong = (0..<(total - step)).count { (a[$0] == a[$0 + step]) != (b[$0] == b[$0 + step]) }
    return Double(wrong) / Double(total - step)
  }

  static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

  static func line(_ rouge: Rouge) -> String {
    "\(percent(rouge.one)), \(percent(rouge.two)), \(percent(rouge.long))"
  }
}
