import Outputs
import Testing
import Training

@Suite struct `Training on contracts` {
  private static let law = "This Agreement is governed by the laws of the State of "
  private static let others = [
    "The Supplier delivers the goods within ten days of each order placed by the Customer.",
    "Fees are due within thirty days after the Customer has received an invoice for them.",
    "Neither party shall disclose what it learns about the business of the other party.",
  ]
  private static let states = ["Texas", "Ohio", "Utah", "Iowa", "Maine", "Idaho"]

  /// Four paragraphs in varying order, one of them about the governing law; a checkpoint that knows nothing
  /// has read it, a token a word.
  private static func contract(_ number: Int) -> FieldTraining.Contract {
    let clause = law + states[number % states.count] + "."
    var paragraphs = others
    paragraphs.insert(clause, at: number % 4)
    let words = paragraphs.joined(separator: "\n\n")
    let text = ScalarText(words)
    let start = paragraphs.prefix(number % 4).reduce(0) { $0 + $1.count + 2 }
    var tokens: [Range<Int>] = []
    var at = 0
    for word in words.split(separator: " ", omittingEmptySubsequences: false) {
      tokens.append(at..<at + word.utf8.count)
      at += word.utf8.count + 1
    }
    return FieldTraining.Contract(
      text: text, answers: ["governing_law": [start..<start + clause.count]],
      scores: TagScores(
        labels: ["governing_law"], tokenRanges: tokens, logits: tokens.map { _ in -2 }))
  }

  @Test func `learns which clause answers, and finds it in a contract it never saw`() throws {
    let weights = FieldTraining((0..<40).map(Self.contract)) { _ in }.train()
    #expect(weights.labels.map(\.name) == ["governing_law"])
    // What is written is read back.
    let kept = try #require(RankerParameters(weights.bytes))
    #expect(kept.bytes == weights.bytes)

    let unseen = Self.contract(41)
    let rows = SpanCandidates(
      text: unseen.text, scores: try #require(unseen.scores), parameters: kept
    ).rows(ofLabel: "governing_law")
    let trees = try #require(kept.trees["clause"])
    let best = try #require(
      rows.max { trees.probability(of: $0.features) < trees.probability(of: $1.features) })
    #expect(best.range == unseen.answers["governing_law"]?.first)
    #expect(trees.probability(of: best.features) > 0.5)
  }
}
