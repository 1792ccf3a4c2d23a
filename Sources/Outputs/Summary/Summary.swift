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

  /// What in a document may be ranked: sentences of prose, not headings, tables or notes.
  private struct Candidate {
    var range: Range<Int>
    var heading: Range<Int>?
    var words: Int
    /// 0-based number of the sentence in its block.
    var positionInBlock: Int
    var isListItem: Bool
  }

  /// Weights of the ranking, fitted on the training part of the summaries data (see the measured
  /// figures in the documentation of `docket-bench answers`).
  private enum Weight {
    static let centrality = 1.0
    static let lead = 0.35
    static let blockLead = 0.15
    static let model = 0.5
    static let listItem = -0.1
    /// How much likeness to a chosen sentence costs.
    static let redundancy = 0.7
    /// From this likeness on a sentence says nothing new.
    static let repetition = 0.6
  }

  package init(
    of document: Document, text: ExtractedText, scores: TagScores?, length: Length
  ) {
    let bytes = Array(text.text.utf8)
    var candidates: [Candidate] = []
    var heading: Range<Int>?
    var isTranscript = false
    var previousBlock = -1
    var position = 0
    var firstHeading: (range: Range<Int>, level: Int)?
    for sentence in Sentences.of(text, in: document) {
      if sentence.block != previousBlock { position = 0 }
      defer {
        previousBlock = sentence.block
        position += 1
      }
      var isListItem = false
      switch document.blocks[sentence.block].content {
      case .heading(_, let level):
        if position > 0, let open = heading {
          heading = open.lowerBound..<sentence.range.upperBound
        } else {
          heading = sentence.range
        }
        if sentence.block < 12, firstHeading.map({ level < $0.level }) ?? true, let heading {
          firstHeading = (heading, level)
        }
        continue
      case .table, .footnote, .caption, .furniture: continue
      case .listItem: isListItem = true
      case .turn: isTranscript = true
      case .paragraph, .preformatted: break
      }
      let words = Terms.words(of: bytes[sentence.range]).count
      guard words >= (isTranscript ? 6 : 4), words <= 120 else { continue }
      candidates.append(
        Candidate(
          range: sentence.range, heading: heading, words: words, positionInBlock: position,
          isListItem: isListItem))
    }
    title = firstHeading.map { String(text[$0.range]) } ?? document.metadata.title
    candidateCount = candidates.count
    language = document.metadata.language ?? Self.language(of: bytes)

    let vectors = TermVectors(bytes, stretches: candidates.map(\.range))
    let column = scores.flatMap {
      $0.column(of: isTranscript ? "meeting_salient" : "salient")
    }
    usedModel = column != nil
    let model: [Double] =
      if let scores, let column {
        Self.standardised(
          scores.means(ofLabel: column, over: candidates.map(\.range)).map { Double($0) })
      } else {
        candidates.map { _ in 0 }
      }
    let central = Self.standardised(vectors.centralities())
    let count = Double(max(candidates.count, 1))
    let ranking = candidates.indices.map { index -> Double in
      let candidate = candidates[index]
      var score = Weight.centrality * central[index] + Weight.model * model[index]
      score += Weight.lead * 2 * exp(-6 * Double(index) / count)
      if candidate.positionInBlock == 0 { score += Weight.blockLead }
      if candidate.isListItem { score += Weight.listItem }
      return score
    }
    let chosen = Self.choose(
      candidates.map(\.words), ranking: ranking, vectors: vectors, length: length,
      documentWords: candidates.reduce(0) { $0 + $1.words })
    points = chosen.sorted().map { index in
      Point(
        range: candidates[index].range, heading: candidates[index].heading, score: ranking[index])
    }
    // The abstract takes the first choices: up to three sentences and sixty words.
    var abstractWords = 0
    var abstractChoice: [Int] = []
    for index in chosen.prefix(3) {
      abstractWords += candidates[index].words
      if !abstractChoice.isEmpty, abstractWords > 60 { break }
      abstractChoice.append(index)
    }
    abstract = abstractChoice.sorted().map { index in
      Point(
        range: candidates[index].range, heading: candidates[index].heading, score: ranking[index])
    }
  }

  /// Indices of the chosen sentences, best first: each time the one that scores highest after its
  /// likeness to what is already chosen is taken off, as long as there is room.
  private static func choose(
    _ words: [Int], ranking: [Double], vectors: TermVectors, length: Length, documentWords: Int
  ) -> [Int] {
    var room: Int
    var places = Int.max
    switch length {
    case .words(let words): room = words
    case .sentences(let count):
      room = .max
      places = count
    case .share(let share): room = Int((share * Double(documentWords)).rounded())
    }
    var likeness = [Double](repeating: 0, count: ranking.count)
    var isOpen = [Bool](repeating: true, count: ranking.count)
    var chosen: [Int] = []
    // A sentence that is longer than all the room is taken only where no other fits.
    let fits = words.contains { $0 <= room }
    while chosen.count < places {
      var best: Int?
      var bestScore = -Double.infinity
      for index in ranking.indices where isOpen[index] {
        if words[index] > room, fits || !chosen.isEmpty { continue }
        if likeness[index] > Weight.repetition { continue }
        let score = ranking[index] - Weight.redundancy * 4 * likeness[index]
        if score > bestScore {
          bestScore = score
          best = index
        }
      }
      guard let best else { break }
      isOpen[best] = false
      chosen.append(best)
      if room != .max { room -= words[best] }
      if room <= 0 { break }
      for index in ranking.indices where isOpen[index] {
        likeness[index] = max(likeness[index], vectors.cosine(index, best))
      }
    }
    return chosen
  }

  /// Mean 0 and standard deviation 1; values that are not finite become the mean.
  private static func standardised(_ values: [Double]) -> [Double] {
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
