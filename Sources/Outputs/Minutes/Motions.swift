/// Votes of a meeting that keeps the forms: what was moved, who seconded it, and how it ended.
///
/// A vote is known by the words that close it (`carried`, `the ayes have it`, `so ordered`, `the motion is
/// defeated`); what it was about is the last motion before them that says what is moved.
struct Motions {
  struct Vote: Hashable {
    /// The utterance that says what was moved; the closing one where nothing before it does.
    var motion: Int
    /// The utterances of the vote beside the motion, in the order of the talk: seconds and the closing words.
    var steps: [Int]
    var outcome: Minutes.Decision.Outcome
  }

  private(set) var votes: [Vote] = []

  /// How many utterances before its end a motion may stand.
  private static let reach = 60

  init(_ talk: Talk) {
    var after = 0
    for index in talk.utterances.indices {
      let utterance = talk.utterances[index]
      guard !utterance.isQuestion, let result = Self.result(utterance.words) else { continue }
      let window = max(after, index - Self.reach)..<index
      let isCalled = window.suffix(8).contains { Self.calls.stand(in: talk.utterances[$0].words) }
      let motion = window.last { Self.saysWhat(talk.utterances[$0].words) }
      let isMoved =
        motion != nil || window.contains { Self.moved.stand(in: talk.utterances[$0].words) }
      // `Carried.` closes a vote only where there is one.
      guard result.isCertain || isCalled || (isMoved && utterance.words.count <= 4) else {
        continue
      }
      guard let statement = motion ?? (utterance.words.count >= 4 ? index : nil) else { continue }
      var steps = window.filter { step in
        step > statement
          && (Self.seconds.stand(in: talk.utterances[step].words)
            && talk.utterances[step].words.count <= 12)
      }.suffix(2).map { $0 }
      if statement != index { steps.append(index) }
      let isPutOff =
        result.outcome == .agreed && Self.deferrals.stand(in: talk.utterances[statement].words)
      votes.append(
        Vote(motion: statement, steps: steps, outcome: isPutOff ? .deferred : result.outcome))
      after = index + 1
    }
  }

  // MARK: Forms

  private static func result(_ words: [String]) -> (
    outcome: Minutes.Decision.Outcome, isCertain: Bool
  )? {
    if lost.stand(in: words) { return (.rejected, true) }
    if carried.stand(in: words) { return (.agreed, true) }
    guard words.count <= 8, !negations.stand(in: words) else { return nil }
    if weaklyLost.stand(in: words) { return (.rejected, false) }
    return weaklyCarried.stand(in: words) ? (.agreed, false) : nil
  }

  /// Whether words say what is moved: `I move that we …`, `a motion to approve the agenda`.
  private static func saysWhat(_ words: [String]) -> Bool {
    guard let motion = motions.first(in: words) else { return false }
    return words.count - motion.upperBound >= 3
  }

  private static let carried = Phrases(
    "motion carried|motion carries|motion is carried|motion has carried|motion passes|motion passed|"
      + "motion is passed|motion agreed|motion is agreed|motion approved|motion is approved|"
      + "motion is adopted|ayes have it|so ordered|so resolved|is hereby adopted|carries unanimously|"
      + "carried unanimously|passes unanimously|passed unanimously|approved unanimously|"
      + "adopted unanimously|agreed to unanimously|i declare the motion carried|resolution is adopted|"
      + "ordinance is adopted|resolution passes|ordinance passes|amendment agreed to|"
      + "subamendment agreed to|amendment is carried")
  private static let lost = Phrases(
    "motion defeated|motion is defeated|motion fails|motion failed|motion is lost|motion lost|"
      + "motion does not carry|motion doesn't carry|motion negatived|nays have it|noes have it|"
      + "amendment negatived|amendment is defeated|resolution fails|motion dies|"
      + "dies for lack of a second|dies for want of a second")
  private static let weaklyCarried = Phrases(
    "carried|carries|agreed to|approved|adopted|passes|passed|unanimous|unanimously|"
      + "without objection|no objection|no objections|so approved|that carries")
  private static let weaklyLost = Phrases("defeated|negatived|that fails|it fails|lost")
  private static let negations = Phrases("not|isn't|wasn't|if|will be|would be|be")
  private static let calls = Phrases(
    "all in favour|all in favor|all those in favour|all those in favor|those in favour|"
      + "those in favor|in favour|in favor|opposed|any opposed|say aye|call the vote|"
      + "call the question|recorded vote|roll call|any objection|any objections|show of hands|"
      + "is it the pleasure|shall the")
  private static let moved = Phrases(
    "i move|i would move|i'd move|i so move|so moved|moved by|is moved|it's moved|it was moved|"
      + "moves that|make a motion|made a motion|make the motion|i'll move|i will move|"
      + "second the motion|seconded by|been moved")
  private static let motions = Phrases(
    "i move that|i move to|i move we|i move the|i would move that|i would move to|i'd move that|"
      + "i'd move to|i'd move we|like to move that|like to move to|like to move the|like to move we|"
      + "i'll move that|i'll move to|i will move that|i will move to|moved that|moves that|"
      + "moved to|motion to|motion that|motion for|motion is that|motion is to|be it resolved|"
      + "resolved that|resolution to|resolution that|move approval of|move adoption of|move to|"
      + "move that we|move we|move the adoption|move the approval")
  private static let seconds = Phrases("second|seconded|seconds|i'll second")
  private static let deferrals = Phrases(
    "table|tabled|postpone|postponed|defer|deferred|lay on the table|adjourn the debate|"
      + "refer back|until the next meeting")
}
