import Documents

/// Who does what by when, and the promises that answer requests.
extension MinuteTaking {
  mutating func makeActions() -> [Minutes.Action] {
    let logits = ranking.logits(of: .action)
    var commitments: [Int: (commitment: Commitment?, due: DueDate?)] = [:]
    var strength = logits
    var explicit: Set<Int> = []
    for (index, utterance) in talk.utterances.enumerated() {
      let sentence = String(text[utterance.range])
      let due = DueDate.find(in: sentence, meeting: meetingDate)
      let commitment =
        utterance.words.count < 3
        ? nil
        : Commitment(
          sentence: sentence, words: utterance.words, hasDeadline: due != nil, isName: isName)
      commitments[index] = (commitment, due)
      if utterance.note == .action || commitment?.isStrong ?? false {
        explicit.insert(index)
      } else if commitment == nil {
        strength[index] -= selection.noCommitment
      }
    }
    let undertaken = undertakings(commitments)
    for (index, promise) in undertaken {
      // The promise is told by what it answers.
      explicit.remove(promise)
      strength[promise] = -.infinity
      explicit.insert(index)
    }
    for index in commitments.keys where undertaken[index] == nil && isRefused(index, commitments) {
      explicit.remove(index)
      strength[index] = -.infinity
    }
    let groups = groups(
      strength, explicit: explicit, least: selection.action, reach: selection.actionReach
    ) {
      talk.utterances[$0].words.count >= 4
    }
    var actions: [Minutes.Action] = []
    for group in groups {
      let index = group[0]
      var others = Array(group.dropFirst()).sorted()
      let found = commitments[index]
      var due = found?.due
      var owner: Int?
      var ownerText: String?
      let promise = undertaken[index]
      if let promise {
        others = (others + [promise]).sorted()
        owner = talk.utterances[promise].speaker
        ownerText = owner == nil ? nil : "I"
        due = commitments[promise]?.due ?? due
      }
      switch promise == nil ? found?.commitment?.owner : nil {
      case .speaker(let words):
        owner = talk.utterances[index].speaker
        ownerText = owner == nil ? nil : words
      case .named(let name):
        owner = talk.roster.person(named: name) ?? talk.roster.addMentioned(name)
        ownerText = name
      case .addressee:
        if let answer = acceptance(of: index) {
          owner = talk.utterances[answer].speaker
          ownerText = owner == nil ? nil : "you"
          if owner != nil, !others.contains(answer) { others.append(answer) }
        }
      case nil: break
      }
      if due == nil {
        // The deadline may stand in a neighbouring sentence of the same speaker.
        for other in others
        where due == nil && talk.utterances[other].speaker == talk.utterances[index].speaker {
          due = commitments[other]?.due
        }
      }
      actions.append(
        Minutes.Action(
          statement: statement(index, with: others), owner: owner, ownerText: ownerText,
          due: due?.iso, dueText: due?.words, dueIsRelative: due?.isRelative ?? false,
          isExplicit: explicit.contains(index)))
    }
    return actions
  }

  // MARK: Promises that answer

  /// Promises that say no more than that somebody does what was asked.
  private static let bare = Phrases(
    "i'll do it|i will do it|i'll do that|i will do that|i can do it|i can do that|i'll take it|"
      + "i'll take that|i can take it|i can take that|i'll take care of it|i'll take care of that|"
      + "i'll handle it|i'll handle that|i'll look after it|i'll look after that|i'm on it|"
      + "leave it to me|leave it with me|leave that with me|i'll get on it|i'll get it done|"
      + "i'll make sure of it|i'll make sure of that|i'll own that|i'll own it|i'll see to it")
  private static let offers = Phrases("i can|i'll|i will|i could|i'd be happy to|me|happy to")
  private static let wanted = Phrases(
    "who can|who will|who'll|who could|who would|who wants to|who is going to|who's going to|"
      + "who's gonna|who is gonna|can somebody|can someone|can anyone|could somebody|could someone|"
      + "could anyone|would somebody|would someone|does anyone want to|anyone want to|"
      + "any volunteers|somebody needs to|someone needs to|somebody has to|someone has to|"
      + "somebody should|someone should")

  /// How far before a promise stands what it answers.
  private static let answerReach = 6

  /// Requests and open tasks by their utterance, with the promise of somebody else that takes them on in
  /// words which do not say what: `Who can call the offices?` — `I can.`; `I'll do it, by tomorrow.`
  private func undertakings(
    _ commitments: [Int: (commitment: Commitment?, due: DueDate?)]
  ) -> [Int: Int] {
    var found: [Int: Int] = [:]
    for (index, utterance) in talk.utterances.enumerated()
    where !utterance.isQuestion && utterance.words.count <= 14 {
      let isBare = Self.bare.stand(in: utterance.words)
      let isOffer =
        isBare || (utterance.words.count <= 5 && Self.offers.stand(in: utterance.words))
      let isReply = isPromise(index) && saysYes(before: index)
      guard isOffer || isReply, isBare || !Self.refusals.stand(in: utterance.words) else {
        continue
      }
      let before = max(0, index - Self.answerReach)..<index
      // A bare `I can` answers who was asked for right before; `I'll do it` also what was asked of others.
      let task = before.last { other in
        let asked = talk.utterances[other]
        guard asked.words.count >= 5, found[other] == nil,
          asked.speaker != utterance.speaker || isBare
        else { return false }
        if Self.wanted.stand(in: asked.words) { return true }
        guard isBare || isReply, let commitment = commitments[other]?.commitment else {
          return false
        }
        return commitment.isRequest || (isBare && commitment.owner == nil)
      }
      if let task { found[task] = index }
    }
    return found
  }

  private static let promising = Phrases("i'll|i will|i'm going to|i'm gonna|i can")

  private func isPromise(_ index: Int) -> Bool {
    Self.promising.stand(in: Array(talk.utterances[index].words.prefix(4)))
  }

  /// Whether an utterance begins with a yes, or its speaker has just said one: `Sure, I'll send them.`,
  /// `Yes.` and then `I'll send them.`
  private func saysYes(before index: Int) -> Bool {
    let utterance = talk.utterances[index]
    if Self.yes.stand(in: Array(utterance.words.prefix(1))) { return true }
    guard index > 0 else { return false }
    let last = talk.utterances[index - 1]
    return last.speaker == utterance.speaker && last.words.count <= 3
      && Self.yes.stand(in: Array(last.words.prefix(2)))
  }

  private static let yes = Phrases(
    "yes|yeah|yep|sure|okay|ok|absolutely|certainly|alright|of course")

  /// Whether the next speaker says no to the request at `index`.
  private func isRefused(
    _ index: Int, _ commitments: [Int: (commitment: Commitment?, due: DueDate?)]
  ) -> Bool {
    guard commitments[index]?.commitment?.isRequest == true, let reply = reply(to: index) else {
      return false
    }
    return Self.noes.stand(in: Array(talk.utterances[reply].words.prefix(4)))
  }

  private static let noes = Phrases(
    "i can't|i cannot|i won't|i couldn't|no i|sorry i|not me|i'm out")

  /// The first utterance of the next speaker after `index`, near it.
  func reply(to index: Int) -> Int? {
    let asker = talk.utterances[index].speaker
    return (index + 1..<min(talk.utterances.count, index + 4)).first {
      talk.utterances[$0].speaker != asker
    }
  }

  /// Whether a capitalised word before "will", "can", "to", … names a person: one of those known, or a
  /// word that the talk never writes in lower case.
  func isName(_ word: String) -> Bool {
    if talk.roster.person(named: word) != nil { return true }
    let words = Terms.words(of: Array(word.utf8)[...])
    return !words.isEmpty && words.allSatisfy { $0.utf8.count > 1 && !commonWords.contains($0) }
  }

  static let acceptances = Phrases(
    "yes|yeah|yep|sure|okay|ok|will do|i'll|i will|i can|of course|no problem|absolutely|happy to|"
      + "fine|certainly|alright")
  static let refusals = Phrases(
    "no|not|can't|cannot|don't|won't|couldn't|but|sorry|maybe|depends")

  /// The first utterance of the next speaker, where it says yes to the request at `index`.
  func acceptance(of index: Int) -> Int? {
    guard let next = reply(to: index) else { return nil }
    let words = Array(talk.utterances[next].words.prefix(6))
    guard Self.acceptances.stand(in: words), !Self.refusals.stand(in: words),
      !talk.utterances[next].isQuestion
    else { return nil }
    return next
  }
}
