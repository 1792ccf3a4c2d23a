/// Questions that stay open, and problems.
extension MinuteTaking {
  private static let unresolved = Phrases(
    "i don't know|don't know|not sure|no idea|good question|we'll see|we will see|find out|"
      + "need to check|have to check|hard to say|depends|nobody knows|unclear|to be decided|"
      + "don't have an answer|can't say|cannot say|we'll have to see|i wonder")
  private static let askers: Set<String> = [
    "who", "what", "when", "where", "why", "how", "which", "whose", "should", "can", "could", "do",
    "does", "is", "are", "will", "would", "shall", "have", "has", "did",
  ]

  /// Questions that those present could not answer, or that nobody did before the talk's end.
  func makeQuestions(except taken: Set<Range<Int>>) -> [Minutes.OpenPoint] {
    var found: [(index: Int, answer: Int?, score: Double)] = []
    for (index, utterance) in talk.utterances.enumerated() {
      guard utterance.isQuestion, utterance.words.count >= 4, !taken.contains(utterance.range),
        !isBrokenOff(index),
        utterance.words.prefix(4).contains(where: Self.askers.contains)
      else { continue }
      let last = index == talk.utterances.count - 1
      let answer = (index + 1..<max(index + 1, min(talk.utterances.count, index + 4))).first {
        talk.utterances[$0].speaker != utterance.speaker
          && Self.unresolved.stand(in: talk.utterances[$0].words)
      }
      guard last || answer != nil else { continue }
      found.append((index, answer, salience[index]))
    }
    let limit = Minutes.Selection.limit(talk.utterances.count)
    return found.sorted { ($0.score, -$0.index) > ($1.score, -$1.index) }.prefix(limit)
      .sorted { $0.index < $1.index }
      .map { Minutes.OpenPoint(statement: statement($0.index, with: $0.answer.map { [$0] } ?? [])) }
  }

  func makeProblems(except taken: Set<Range<Int>>) -> [Minutes.OpenPoint] {
    let logits = ranking.logits(of: .problem)
    let likely = groups(logits, explicit: [], least: selection.problem, reach: selection.reach) {
      talk.utterances[$0].words.count >= 5 && !taken.contains(talk.utterances[$0].range)
        && !Self.addresses.stand(in: talk.utterances[$0].words)
    }
    return told(likely).map {
      Minutes.OpenPoint(statement: statement($0[0], with: $0.dropFirst().sorted()))
    }
  }
}
