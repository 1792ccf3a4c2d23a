/// What was decided: votes, agreements in words, and what is likely.
extension MinuteTaking {
  private static let decided = Phrases(
    "we decided|we've decided|we have decided|we agreed|we've agreed|we have agreed|we all agree|"
      + "we resolved|it was decided|it was agreed|it is agreed|it's agreed|is decided|was decided|"
      + "are agreed|decision is|final decision|so decided|let's go with|let's use|let's stick with|"
      + "let's decide|we'll go with|we will go with|we're going with|we're gonna go with|"
      + "we are going with|we're going to go with|motion carried|motion is carried|"
      + "motion agreed|motion is agreed|motion defeated|motion is defeated|is adopted|is approved|"
      + "motion passes|motion fails|so moved|so ordered|we settled on|we opted|we chose|"
      + "is hereby adopted|i declare the motion|the committee agreed|committee agrees|"
      + "board approved|council approved|unanimously")
  private static let rejected = Phrases(
    "motion defeated|motion is defeated|motion fails|motion is lost|negatived|decided against|"
      + "rejected|turned down|voted down|agreed not to|decided not to")
  private static let deferred = Phrases(
    "postpone|postponed|defer|deferred|come back to it|come back to that|come back to this|"
      + "decide later|decide next|table it|table this|next meeting|leave it for now|leave that for now"
  )

  func makeDecisions(except actions: Set<Range<Int>>) -> [Minutes.Decision] {
    let strength = ranking.logits(of: .decision)
    let votes = Motions(talk).votes
    let voted = Set(votes.flatMap { [$0.motion] + $0.steps })
    var explicit: Set<Int> = []
    for (index, utterance) in talk.utterances.enumerated()
    where utterance.words.count >= 4 && !voted.contains(index)
      && (Self.decided.stand(in: utterance.words) || utterance.note == .decision)
      && (!utterance.isQuestion || isConfirmed(index))
    {
      if !actions.contains(utterance.range) { explicit.insert(index) }
    }
    var assents: [Int: [Int]] = [:]
    for (proposal, assent) in agreements() where !voted.contains(proposal) {
      guard !actions.contains(talk.utterances[proposal].range) else { continue }
      explicit.insert(proposal)
      assents[proposal] = assent
    }
    let likely = groups(
      strength, explicit: explicit, least: selection.decision, reach: selection.reach
    ) {
      // When to meet again has its own place.
      talk.utterances[$0].words.count >= 4 && !actions.contains(talk.utterances[$0].range)
        && !voted.contains($0) && !Self.nextMeetings.stand(in: talk.utterances[$0].words)
        && !Self.addresses.stand(in: talk.utterances[$0].words)
    }
    let proposed = told(likely, explicit: explicit).map {
      group -> (index: Int, decision: Minutes.Decision) in
      let words = talk.utterances[group[0]].words
      let others = Set(group.dropFirst()).union(assents[group[0]] ?? []).sorted()
      return (
        group[0],
        Minutes.Decision(
          statement: statement(group[0], with: others),
          outcome: Self.rejected.stand(in: words)
            ? .rejected : Self.deferred.stand(in: words) ? .deferred : .agreed,
          isExplicit: explicit.contains(group[0]))
      )
    }
    let formal = votes.map { vote in
      (
        index: vote.motion,
        decision: Minutes.Decision(
          statement: statement(vote.motion, with: vote.steps), outcome: vote.outcome,
          isExplicit: true)
      )
    }
    return (proposed + formal).sorted { $0.index < $1.index }.map(\.decision)
  }

  /// What is said to the chair or about a member in a debate, and thanks: no decision and no problem of the
  /// meeting, however likely its other words are.
  static let addresses = Phrases(
    "mr chair|madam chair|mr chairman|mr speaker|madam speaker|mr president|madam president|"
      + "your worship|the member|hon member|hon members|honourable member|my colleague|thank|thanks|"
      + "congratulate|question is for|prime minister|minister")

  /// `We agreed to drop it, right?` — `Right.`
  private func isConfirmed(_ index: Int) -> Bool {
    guard ["right", "correct", "yes", "yeah", "no"].contains(talk.utterances[index].words.last),
      let reply = reply(to: index)
    else { return false }
    let words = talk.utterances[reply].words
    return ["right", "correct", "yes", "yeah", "yep", "exactly"].contains(words.first)
  }

  private static let agreeing = Phrases("agree on|agree to|agree that|agreed on|agreed that")

  /// What is agreed where somebody asks `Can we all agree on that?` and others do: what the asker then says
  /// in other words (`Good, so forty thousand is the ceiling.`), or else the question.
  private func restated(_ question: Int) -> Int {
    let asker = talk.utterances[question].speaker
    return (question + 1..<min(talk.utterances.count, question + 6)).first {
      let words = talk.utterances[$0].words
      return talk.utterances[$0].speaker == asker && !talk.utterances[$0].isQuestion
        && words.count >= 5 && words.prefix(2).contains("so")
    } ?? question
  }

  private static let proposals = Phrases("let's|let us|we'll|we will|we should|shall we|we could")
  /// What a chair says to steer the talk is no proposal.
  private static let steering = Phrases(
    "let's start|let's get|let's begin|let's move on|let's see|let's talk|let's look|let's go on|"
      + "let's go around|let's go through|let's go ahead|let's hear|let's wait|let's say|let's think|"
      + "let's discuss|let's take a break|let's meet|let's continue|let's turn|let's try|"
      + "let's go back|we'll see|we'll get|we'll come|we'll hear|we'll move|we'll start|we'll go to"
  )
  private static let asking = Phrases(
    "everybody ok|everybody okay|everyone ok|everyone okay|everybody happy|everyone happy|"
      + "everybody agree|everyone agree|all agree|all agreed|do we agree|are we agreed|"
      + "is that ok|is that okay|ok with that|okay with that|any objections|any objection|"
      + "does that work|sound good|agreed|ok for everyone|okay for everyone|all ok|all okay|"
      + "happy with that|can we agree")
  private static let assenting = Phrases(
    "agreed|works for me|sounds good|fine with me|fine by me|good with me|happy with that|"
      + "ok with that|okay with that|ok with me|okay with me|no objection|no objections|"
      + "i agree|i'm in|let's do that|let's do it|good idea|perfect")

  /// Proposals that somebody asked the others to agree to, or that others said they agree with: the
  /// utterance that says what, and those that agree.
  ///
  /// The words must be there: a mere `yeah` is what people say while they listen.
  private func agreements() -> [(proposal: Int, assent: [Int])] {
    var found: [(proposal: Int, assent: [Int])] = []
    for (index, utterance) in talk.utterances.enumerated()
    where utterance.words.count >= 5 && !Self.steering.stand(in: utterance.words) {
      let isAsked = utterance.isQuestion && Self.agreeing.stand(in: utterance.words)
      guard isAsked || Self.proposals.stand(in: utterance.words) else { continue }
      let near = index + 1..<min(talk.utterances.count, index + 7)
      let asks =
        isAsked
        || near.prefix(3).contains {
          talk.utterances[$0].speaker == utterance.speaker && talk.utterances[$0].isQuestion
            && Self.asking.stand(in: talk.utterances[$0].words)
        }
      let assent = near.filter {
        let other = talk.utterances[$0]
        guard other.speaker != utterance.speaker, !other.isQuestion, other.words.count <= 8,
          !Self.refusals.stand(in: other.words)
        else { return false }
        return Self.assenting.stand(in: other.words)
          || (asks && Self.acceptances.stand(in: other.words))
      }
      if let first = assent.first, asks || first <= index + 3 {
        let said = isAsked ? restated(index) : index
        found.append((said, assent.prefix(3) + (said == index ? [] : [index])))
      }
    }
    return found
  }
}
