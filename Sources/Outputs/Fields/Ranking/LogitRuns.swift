/// Stretches of text on which a tagging checkpoint's logits for one label stand out.
struct LogitRuns {
  let text: ScalarText
  let scores: TagScores

  /// Runs of neighbouring tokens with a probability over 0.05, cut to the tokens over 0.35 of the
  /// run's best and widened to whole words; each with its best probability.
  func runs(ofColumn column: Int) -> [RankedSpan] {
    var spans: [RankedSpan] = []
    var token = 0
    let count = scores.tokenCount
    while token < count {
      guard probability(token, column) > 0.05 else {
        token += 1
        continue
      }
      let start = token
      var best: Float = 0
      while token < count, probability(token, column) > 0.05 {
        best = max(best, probability(token, column))
        token += 1
      }
      let kept = (start..<token).filter { probability($0, column) > 0.35 * best }
      guard let first = kept.first, let last = kept.last else { continue }
      let from = text.position(ofUTF8: scores.tokenRanges[first].lowerBound)
      let to = text.position(ofUTF8: scores.tokenRanges[last].upperBound)
      let range = wholeWords(text.trimmed(from..<max(from, to)))
      if range.count > 1 { spans.append(RankedSpan(range: range, score: Double(best))) }
    }
    return spans
  }

  /// Neighbouring clauses with a mean probability over half that of the best of them, for labels the
  /// ranker was not trained on; each with its best clause's mean probability.
  func clauseRuns(ofColumn column: Int, clauses: [Clause]) -> [RankedSpan] {
    let means = clauses.map {
      Double(scores.meanProbability(ofLabel: column, over: text.utf8Range($0.range)) ?? 0)
    }
    var spans: [RankedSpan] = []
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
      spans.append(
        RankedSpan(
          range: clauses[first].range.lowerBound..<clauses[last].range.upperBound,
          score: means[best]))
    }
    return spans
  }

  private func probability(_ token: Int, _ column: Int) -> Float {
    TagScores.probability(ofLogit: scores[token, column])
  }

  private func wholeWords(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    guard !range.isEmpty else { return range }
    while start > 0, isWord(start), isWord(start - 1) { start -= 1 }
    while end < text.count, isWord(end - 1), isWord(end) { end += 1 }
    while start < end, !isWord(start) { start += 1 }
    return start..<end
  }

  private func isWord(_ position: Int) -> Bool {
    ScalarClass.isLetter(text[position]) || ScalarClass.isDigit(text[position])
  }
}
