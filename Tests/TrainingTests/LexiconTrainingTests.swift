import Outputs
import Testing
import Training

@Suite struct `Lexicons` {
  private func grams(_ sentence: String) -> [Int] {
    Lexicon.grams(of: sentence.split(separator: " ").map(String.init))
  }

  @Test func `learn which words speak for a decision`() {
    let sentences = [
      "we agreed on the small one", "we agreed to wait", "so that is decided then",
      "it is nice weather", "how are you today", "the small one is on the table",
    ]
    let labels = [true, true, true, false, false, false]
    var settings = LexiconTraining.Settings()
    settings.epochs = 40
    let lexicon = LexiconTraining.train(
      sentences.map(grams), labels: labels, settings: settings)
    let decided = lexicon.logit(of: grams("then we agreed"))
    #expect(decided > lexicon.logit(of: grams("nice to see you today")))
    #expect(decided > 0)
  }

  @Test func `take every number for the same word and no words for the bias`() {
    #expect(grams("costs 25 euros") == grams("costs 7 euros"))
    #expect(grams("costs 25 euros") != grams("costs few euros"))
    let lexicon = Lexicon(
      bias: -3, scale: 1, weights: [Int8](repeating: 1, count: Lexicon.buckets))
    #expect(lexicon.logit(of: []) == -3)
  }

  @Test func `are read back from the bytes they were written as`() {
    let trees = GradientBoosting.train(
      rows: (0..<200).map { [Float($0)] }, labels: (0..<200).map { $0 > 120 })
    var weights = SentenceWeights(
      lexicons: ["a": LexiconTraining.train([[1, 2], [3]], labels: [true, false])],
      trees: ["b": trees])
    weights.thresholds = ["c": -1.5]
    #expect(SentenceWeights(weights.bytes) == weights)
    #expect(SentenceWeights(Array(weights.bytes.dropLast())) == nil)
    #expect(SentenceWeights(weights.bytes + [0]) == nil)
  }
}
