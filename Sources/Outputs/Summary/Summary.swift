package import Documents
internal import Foundation

/// The most telling sentences of a document, word for word and in document order.
package struct Summary: Hashable, Sendable {
  package var title: String?
  /// The highest ranked points, in document order: a summary of the summary.
  package var abstract: [Point]
  package var points: [Point]
  /// `en` where most words say so, or what the document declares.
  package var language: String?
  /// Sentences the points were chosen from.
  package var candidateCount: Int
  /// Whether a model's labels took part, or words and positions alone.
  package var usedModel: Bool

  package struct Point: Hashable, Sendable {
    /// UTF-8 offsets in the extracted text.
    package var range: Range<Int>
    /// The words of the heading the sentence stands under.
    package var heading: Range<Int>?
    /// Larger is more telling; comparable within one document only.
    package var score: Double
  }

  /// How much to keep.
  package enum Length: Hashable, Sendable {
    /// At most so many words (at least one sentence).
    case words(Int)
    case sentences(Int)
    /// A part of the document's words, 0…1.
    case share(Double)
  }

  private enum Weight {
    /// What a standard deviation of the checkpoint's own label adds to the trees' logit; set by hand,
    /// because the checkpoint was trained on the documents that the trees were.
    static let reader = 0.5
    /// How much likeness to a chosen sentence costs.
    static let redundancy = 2.8
    /// From this likeness on a sentence says nothing new.
    static let repetition = 0.6
    /// What each sentence already chosen under the same heading costs, in a document that has several.
    static let section = 0.4
    /// What each word costs beyond its share of a long summary: many short sentences tell more than a few
    /// long ones.
    static let word = 0.03
  }

  /// With less than this part of the words left a summary is full: short sentences that tell little would
  /// fill it.
  private static let leftShare = 20
  /// A summary of at least so many words is long, and has room for at least so many sentences.
  private static let longSummary = 120
  private static let leastSentences = 8
  /// In a long summary a sentence of fewer words tells too little: `Ann Lee, for the petitioners.`
  private static let leastWords = 7
  /// A document with at least so many headings over its sentences has sections to be covered.
  private static let leastSections = 4

  /// - Parameters:
  ///   - weights: of the ranking; those that ship unless they are being trained.
  package init(
    of document: Document, text: ExtractedText, scores: TagScores?, length: Length,
    weights: SentenceWeights = .summaries
  ) {
    let bytes = Array(text.text.utf8)
    let found = SummaryCandidates(of: document, text: text, bytes: bytes)
    let candidates = found.all
    title = found.title.map { String(text[$0]) } ?? document.metadata.title
    candidateCount = candidates.count
    language = document.metadata.language ?? Self.language(of: bytes)
    let label = found.isTranscript ? "meeting_salient" : "salient"
    usedModel = scores?.column(of: label) != nil
    let ranking =
      found.isTranscript
      ? Self.talkRanking(document, text: text, bytes: bytes, scores: scores, candidates: candidates)
      : Self.ranking(found, scores: scores, label: label, weights: weights)
    let chosen = Self.choose(
      candidates, ranking: ranking, vectors: found.vectors, length: length,
      documentWords: candidates.reduce(0) { $0 + $1.words.count })
    points = chosen.sorted().map { index in
      Point(
        range: candidates[index].spoken, heading: candidates[index].heading, score: ranking[index])
    }
    // The abstract takes the first choices: up to three sentences and sixty words.
    var abstractWords = 0
    var abstractChoice: [Int] = []
    for index in chosen.prefix(3) {
      abstractWords += candidates[index].words.count
      if !abstractChoice.isEmpty, abstractWords > 60 { break }
      abstractChoice.append(index)
    }
    abstract = abstractChoice.sorted().map { index in
      Point(
        range: candidates[index].spoken, heading: candidates[index].heading, score: ranking[index])
    }
  }

  /// Logits: trees over what a sentence looks like, where it stands and what its words speak for.
  private static func ranking(
    _ found: SummaryCandidates, scores: TagScores?, label: String, weights: SentenceWeights
  ) -> [Double] {
    let lexicon = weights.lexicons["summary"]
    let lexical = found.grams.map { Float(lexicon?.logit(of: $0) ?? 0) }
    let rows = found.rows(with: lexical)
    guard let trees = weights.trees["summary"] else { return rows.map { _ in 0 } }
    let reader = reader(scores, label: label, over: found.ranges)
    return zip(rows, reader).map { trees.logit(of: $0) + Weight.reader * $1 }
  }

  /// A talk's utterances are ranked as those for minutes are.
  private static func talkRanking(
    _ document: Document, text: ExtractedText, bytes: [UInt8], scores: TagScores?,
    candidates: [SummaryCandidates.Candidate]
  ) -> [Double] {
    let talk = Talk(document, text: text, bytes: bytes)
    let logits = ItemRanking(
      TalkFeatures(talk, bytes: bytes), talk: talk, scores: scores, weights: .minutes
    ).logits(of: .salient)
    let byStart = Dictionary(
      zip(talk.utterances, logits).map { ($0.range.lowerBound, $1) },
      uniquingKeysWith: { first, _ in first })
    return candidates.map { byStart[$0.range.lowerBound] ?? -8 }
  }

  /// The checkpoint's own label, in standard deviations; 0 without one.
  private static func reader(_ scores: TagScores?, label: String, over ranges: [Range<Int>])
    -> [Double]
  {
    guard let scores, let column = scores.column(of: label) else { return ranges.map { _ in 0 } }
    return standardised(scores.means(ofLabel: column, over: ranges).map { Double($0) })
  }

  /// Indices of the chosen sentences, best first: each time the one that scores highest after its
  /// likeness to what is already chosen is taken off, as long as there is room.
  private static func choose(
    _ candidates: [SummaryCandidates.Candidate], ranking: [Double], vectors: TermVectors,
    length: Length, documentWords: Int
  ) -> [Int] {
    let words = candidates.map(\.words.count)
    var room: Int
    var places = Int.max
    var leastRoom = 0
    switch length {
    case .words(let words):
      room = words
      leastRoom = words / leftShare
    case .sentences(let count):
      room = .max
      places = count
    case .share(let share): room = Int((share * Double(documentWords)).rounded())
    }
    // Parts of sentences and notes are taken only where there is hardly anything else.
    let wholes = candidates.count(where: \.isWhole)
    let takesParts = 3 * wholes < candidates.count
    let leastWords =
      room != .max && room >= longSummary && candidates.count >= longSummary / 4
      ? Self.leastWords : 0
    let isAllowed = candidates.map { (takesParts || $0.isWhole) && $0.words.count >= leastWords }
    // A sentence that is longer than all the room is taken only where no other fits.
    let fits = zip(words, isAllowed).contains { $0 <= room && $1 }
    var ranking = ranking
    if room != .max, room >= longSummary {
      let share = room / leastSentences
      for index in ranking.indices {
        ranking[index] -= Weight.word * Double(max(0, words[index] - share))
      }
    }
    let sections = sections(candidates)
    var taken: [Int: Int] = [:]
    var chosen: [Int] = []
    // Scores only fall while sentences are chosen, so that one is looked at again only when it is the
    // best of what is left: a long document's sentences are not all compared with each other.
    var queue = SentenceQueue(ranking)
    while chosen.count < places, room > leastRoom || chosen.isEmpty, var entry = queue.pop() {
      if words[entry.index] > room, fits || !chosen.isEmpty { continue }
      guard isAllowed[entry.index] else { continue }
      if entry.compared < chosen.count {
        for other in chosen[entry.compared...] {
          entry.likeness = max(entry.likeness, vectors.cosine(entry.index, other))
        }
        entry.compared = chosen.count
        if entry.likeness > Weight.repetition { continue }
        entry.score =
          ranking[entry.index] - Weight.redundancy * entry.likeness - Weight.section
          * Double(sections.flatMap { taken[$0[entry.index]] } ?? 0)
        queue.push(entry)
        continue
      }
      chosen.append(entry.index)
      if let sections { taken[sections[entry.index], default: 0] += 1 }
      if room != .max { room -= words[entry.index] }
    }
    return chosen
  }

  /// Per candidate the number of its section; nil where the document has too few.
  private static func sections(_ candidates: [SummaryCandidates.Candidate]) -> [Int]? {
    var number = 0
    var last: Range<Int>?
    let numbers = candidates.map { candidate -> Int in
      if candidate.heading != last {
        number += 1
        last = candidate.heading
      }
      return number
    }
    return number >= leastSections ? numbers : nil
  }

  /// Mean 0 and standard deviation 1; values that are not finite become the mean.
  static func standardised(_ values: [Double]) -> [Double] {
    let finite = values.filter(\.isFinite)
    guard finite.count > 1 else { return values.map { _ in 0 } }
    let mean = finite.reduce(0, +) / Double(finite.count)
    let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)
    guard variance > 0 else { return values.map { _ in 0 } }
    let deviation = variance.squareRoot()
    return values.map { $0.isFinite ? ($0 - mean) / deviation : 0 }
  }

  /// `en` where a fifth or more of the words are English function words.
  private static func language(of bytes: [UInt8]) -> String? {
    let words = Terms.words(of: bytes.prefix(20_000))
    let known = words.count { $0.utf8.count > 1 && Terms.functionWords.contains($0) }
    return words.count >= 20 && known * 5 >= words.count ? "en" : nil
  }
}
