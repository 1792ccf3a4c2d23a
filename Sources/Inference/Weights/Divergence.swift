import Foundation

/// How far one engine's outputs are from another's on a text: what packing cost where it counts.
package struct Divergence: Hashable, Sendable {
  /// Mean Kullback–Leibler divergence KL(reference ‖ other) a token, in nats: over the vocabulary, or summed over
  /// labels, each a yes or no.
  package var meanDivergence: Double
  /// The largest of one token.
  package var worstDivergence: Double
  /// Share of tokens whose likeliest token, or label, is the same.
  package var sameTop: Double
  package var tokens: Int

  /// Tokens whose logits over a vocabulary are held at a time.
  private static let chunk = 64

  package init(of other: Engine, from reference: Engine, on tokens: [Int32]) throws(InferenceError)
  {
    guard other.configuration.vocabularySize == reference.configuration.vocabularySize,
      other.labels == reference.labels
    else {
      throw InferenceError(.request, "The two checkpoints do not have the same outputs.")
    }
    var sums = Sums()
    if reference.tags {
      let p = try reference.tag(tokens)
      let q = try other.tag(tokens)
      let labels = reference.labels.count
      for token in tokens.indices {
        let range = token * labels..<(token + 1) * labels
        sums.add(p[range], q[range]) { p, q in
          zip(p, q).reduce(0) { $0 + Self.binary(Double($1.0), Double($1.1)) }
        }
      }
    } else {
      var first = reference.session()
      var second = other.session()
      for from in stride(from: 0, to: tokens.count, by: Self.chunk) {
        let piece = Array(tokens[from..<min(tokens.count, from + Self.chunk)])
        var rows: [[Float]] = []
        try first.advance(by: piece) { _, logits in rows.append(Self.array(logits)) }
        try second.advance(by: piece) { index, logits in
          sums.add(rows[index][...], Self.array(logits)[...], Self.overVocabulary)
        }
      }
    }
    let count = Double(max(tokens.count, 1))
    meanDivergence = sums.divergence / count
    worstDivergence = sums.worst
    sameTop = Double(sums.same) / count
    self.tokens = tokens.count
  }

  private struct Sums {
    var divergence = 0.0
    var worst = 0.0
    var same = 0

    mutating func add(
      _ p: ArraySlice<Float>, _ q: ArraySlice<Float>,
      _ distance: (ArraySlice<Float>, ArraySlice<Float>) -> Double
    ) {
      let d = distance(p, q)
      divergence += d
      worst = max(worst, d)
      if Divergence.top(p) == Divergence.top(q) { same += 1 }
    }
  }

  private static func array(_ span: Span<Float>) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(span.count)
    for index in 0..<span.count { result.append(span[index]) }
    return result
  }

  private static func top(_ numbers: ArraySlice<Float>) -> Int {
    var best = numbers.startIndex
    for place in numbers.indices where numbers[place] > numbers[best] { best = place }
    return best - numbers.startIndex
  }

  private static func overVocabulary(_ p: ArraySlice<Float>, _ q: ArraySlice<Float>) -> Double {
    let (a, b) = (logProbabilities(p), logProbabilities(q))
    var sum = 0.0
    for place in a.indices { sum += exp(a[place]) * (a[place] - b[place]) }
    return sum
  }

  private static func logProbabilities(_ logits: ArraySlice<Float>) -> [Double] {
    let top = Double(logits.max() ?? 0)
    var sum = 0.0
    for logit in logits { sum += exp(Double(logit) - top) }
    let shift = top + log(sum)
    return logits.map { Double($0) - shift }
  }

  /// KL between two coins with these logits.
  private static func binary(_ a: Double, _ b: Double) -> Double {
    // log σ(x) = −log(1 + e^−x), written so that nothing overflows.
    func logSigmoid(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }
    let p = 1 / (1 + exp(-a))
    return p * (logSigmoid(a) - logSigmoid(b)) + (1 - p) * (logSigmoid(-a) - logSigmoid(-b))
  }
}
