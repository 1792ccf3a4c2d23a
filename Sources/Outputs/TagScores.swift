internal import Foundation

/// What a tagging checkpoint says about a text: for every token one logit for each label.
///
/// Token ranges are UTF-8 offsets in the extracted text's ``text``, ascending; a token that stands
/// for no text (the document-type token, `<eos>`) has an empty range.
package struct TagScores: Sendable {
  /// The checkpoint's label names, in the order of its outputs.
  package let labels: [String]
  /// One a token, half-open, ascending in both bounds.
  package let tokenRanges: [Range<Int>]
  /// `[tokens, labels]`, row-major.
  package let logits: [Float]

  private let columns: [String: Int]

  package init(labels: [String], tokenRanges: [Range<Int>], logits: [Float]) {
    precondition(
      logits.count == labels.count * tokenRanges.count,
      "\(logits.count) logits for \(tokenRanges.count) tokens of \(labels.count) labels")
    self.labels = labels
    self.tokenRanges = tokenRanges
    self.logits = logits
    columns = Dictionary(
      labels.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  package var tokenCount: Int { tokenRanges.count }

  /// The column of a label; nil where the checkpoint does not know it.
  package func column(of label: String) -> Int? { columns[label] }

  package subscript(token: Int, label: Int) -> Float { logits[token * labels.count + label] }

  /// The tokens that share at least one byte with the text at UTF-8 offsets `range`.
  package func tokens(over range: Range<Int>) -> Range<Int> {
    let first = partition { $0.upperBound > range.lowerBound }
    let end = partition { $0.lowerBound >= range.upperBound }
    return first..<max(first, end)
  }

  /// The mean logit of one label over the tokens of a stretch of text (a sentence, a turn); nil
  /// where it has no token.
  package func mean(ofLabel label: Int, over range: Range<Int>) -> Float? {
    let tokens = tokens(over: range)
    guard !tokens.isEmpty else { return nil }
    var sum: Float = 0
    for token in tokens { sum += self[token, label] }
    return sum / Float(tokens.count)
  }

  /// The mean probability (of the logistic function of each logit) of one label over the tokens of
  /// a stretch of text; nil where it has no token.
  package func meanProbability(ofLabel label: Int, over range: Range<Int>) -> Float? {
    let tokens = tokens(over: range)
    guard !tokens.isEmpty else { return nil }
    var sum: Float = 0
    for token in tokens { sum += Self.probability(ofLogit: self[token, label]) }
    return sum / Float(tokens.count)
  }

  /// The largest logit of one label over the tokens of a stretch of text; nil where it has no token.
  package func maximum(ofLabel label: Int, over range: Range<Int>) -> Float? {
    let tokens = tokens(over: range)
    guard let first = tokens.first else { return nil }
    var best = self[first, label]
    for token in tokens { best = max(best, self[token, label]) }
    return best
  }

  /// The mean logit of one label over each of several stretches of text, in their order; a stretch
  /// without tokens gets `-Float.infinity`.
  package func means(ofLabel label: Int, over ranges: [Range<Int>]) -> [Float] {
    ranges.map { mean(ofLabel: label, over: $0) ?? -.infinity }
  }

  package static func probability(ofLogit logit: Float) -> Float {
    1 / (1 + exp(-logit))
  }

  /// The first token for which `holds`, which is false and then true along the tokens.
  private func partition(_ holds: (Range<Int>) -> Bool) -> Int {
    var low = 0
    var high = tokenRanges.count
    while low < high {
      let middle = (low + high) / 2
      if holds(tokenRanges[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
