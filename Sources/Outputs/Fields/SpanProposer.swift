/// Proposes, for labels of a tagging checkpoint, the stretches of text that may be answers, each
/// with a score.
struct SpanProposer {
  /// A proposal in scalar offsets.
  struct Proposal: Hashable {
    var range: Range<Int>
    var score: Double
  }

  let text: ScalarText
  let clauses: [Clause]
  let scores: TagScores
  /// The tokens over each clause.
  private let clauseTokens: [Range<Int>]

  /// Labels whose answers are names and dates rather than sentences.
  static let shortLabels: Set<String> = [
    "parties", "document_name", "agreement_date", "effective_date", "nda_party",
    "nda_effective_date", "nda_jurisdiction", "nda_term",
  ]

  init(text: ScalarText, scores: TagScores) {
    self.text = text
    self.scores = scores
    clauses = ClauseSplitter.clauses(of: text)
    clauseTokens = clauses.map { scores.tokens(over: text.utf8Range($0.range)) }
  }

  /// At most `limit` proposals for a label, best first.
  func proposals(forLabel label: String, limit: Int) -> [Proposal] {
    guard let column = scores.column(of: label) else { return [] }
    let found =
      Self.shortLabels.contains(label) ? runs(ofColumn: column) : sentences(ofColumn: column)
    return Array(
      found.sorted {
        ($1.score, $0.range.lowerBound, $0.range.upperBound)
          < ($0.score, $1.range.lowerBound, $1.range.upperBound)
      }.prefix(limit))
  }

  private func sentences(ofColumn column: Int) -> [Proposal] {
    let means = clauseTokens.map { tokens -> Double in
      guard !tokens.isEmpty else { return 0 }
      var sum = 0.0
      for token in tokens { sum += Double(TagScores.probability(ofLogit: scores[token, column])) }
      return sum / Double(tokens.count)
    }
    var proposals: [Proposal] = []
    var used = [Bool](repeating: false, count: means.count)
    let order = means.indices.filter { means[$0] > 0.02 }.sorted {
      (means[$1], $0) < (means[$0], $1)
    }
    for best in order where !used[best] && clauses[best].range.count > 12 {
      let threshold = max(0.03, means[best] / 2)
      var first = best
      var last = best
      while first > 0, !used[first - 1], clauses[first - 1].end < .paragraph,
        means[first - 1] > threshold
      {
        first -= 1
      }
      while last + 1 < means.count, !used[last + 1], clauses[last].end < .paragraph,
        means[last + 1] > threshold
      {
        last += 1
      }
      for index in first...last { used[index] = true }
      proposals.append(
        Proposal(
          range: clauses[first].range.lowerBound..<clauses[last].range.upperBound,
          score: means[best]))
    }
    return proposals
  }

  private func runs(ofColumn column: Int) -> [Proposal] {
    var proposals: [Proposal] = []
    var token = 0
    let count = scores.tokenCount
    while token < count {
      guard probability(token, column) > 0.05 else {
        token += 1
        continue
      }
      let start = token
      var best = 0.0
      while token < count, probability(token, column) > 0.05 {
        best = max(best, probability(token, column))
        token += 1
      }
      let kept = (start..<token).filter { probability($0, column) > 0.35 * best }
      guard let first = kept.first, let last = kept.last else { continue }
      let from = text.position(ofUTF8: scores.tokenRanges[first].lowerBound)
      let to = text.position(ofUTF8: scores.tokenRanges[last].upperBound)
      let range = wholeWords(text.trimmed(from..<max(from, to)))
      if range.count > 1 { proposals.append(Proposal(range: range, score: best)) }
    }
    return proposals
  }

  private func probability(_ token: Int, _ column: Int) -> Double {
    Double(TagScores.probability(ofLogit: scores[token, column]))
  }

  private func wholeWords(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start > 0, start < end, isWord(start), isWord(start - 1) { start -= 1 }
    while end < text.count, end > start, isWord(end - 1), isWord(end) { end += 1 }
    while start < end, !isWord(start) { start += 1 }
    return start..<max(start, end)
  }

  private func isWord(_ position: Int) -> Bool {
    ScalarClass.isLetter(text[position]) || ScalarClass.isDigit(text[position])
  }
}
