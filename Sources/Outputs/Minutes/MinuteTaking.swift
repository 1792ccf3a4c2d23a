package import Documents

extension Minutes {
  /// Takes minutes of a transcript.
  ///
  /// - Parameters:
  ///   - scores: what a tagging checkpoint says about the text; nil takes words alone.
  ///   - date: the meeting's date, ISO 8601, where the caller knows it; otherwise the document's.
  package init(
    of document: Document, text: ExtractedText, scores: TagScores?, date: String? = nil
  ) {
    self = MinuteTaking(document, text: text, scores: scores, date: date, weights: .minutes)
      .minutes(selection: Selection(.minutes))
  }
}

/// One taking of minutes; holds what its parts share, and what does not depend on how likely an
/// utterance must be to be proposed.
package struct MinuteTaking {
  let document: Document
  let text: ExtractedText
  let bytes: [UInt8]
  var talk: Talk
  let hasModel: Bool
  let ranking: ItemRanking
  let salience: [Double]
  private var selection = Minutes.Selection()
  let meetingDate: CalendarDate?
  /// Words that are somewhere written in lower case, so that they name nobody.
  let commonWords: Set<String>
  var topics: [(utterances: Range<Int>, topic: Minutes.Topic)] = []

  /// - Parameter weights: of the ranking; those that ship unless they are being trained.
  package init(
    _ document: Document, text: ExtractedText, scores: TagScores?, date: String? = nil,
    weights: SentenceWeights
  ) {
    let bytes = Array(text.text.utf8)
    self.document = document
    self.text = text
    self.bytes = bytes
    talk = Talk(document, text: text, bytes: bytes)
    hasModel = scores?.column(of: "meeting_salient") != nil
    ranking = ItemRanking(
      TalkFeatures(talk, bytes: bytes), talk: talk, scores: scores, weights: weights)
    salience = ranking.logits(of: .salient)
    meetingDate =
      (date ?? document.metadata.date).flatMap(Self.isoDate)
      ?? Self.datedPreamble(document)
    commonWords = Self.commonWords(talk, text: text)
    topics = makeTopics()
  }

  /// - Parameter selection: from which likelihood on an utterance is proposed.
  package func minutes(selection: Minutes.Selection) -> Minutes {
    var taking = self
    taking.selection = selection
    return taking.takeMinutes()
  }

  private mutating func takeMinutes() -> Minutes {
    let actions = makeActions()
    let decisions = makeDecisions(except: Set(actions.map(\.statement.evidence[0])))
    let taken = Set(
      (actions.map(\.statement) + decisions.map(\.statement)).map(\.evidence[0]))
    let questions = makeQuestions(except: taken)
    let problems = makeProblems(except: taken.union(questions.map(\.statement.evidence[0])))
    return Minutes(
      meeting: Minutes.Meeting(
        title: title, date: meetingDate?.iso, place: place, next: nextMeeting),
      attendees: talk.roster.people.map { person in
        Minutes.Attendee(
          name: person.name, presence: person.presence, role: person.role,
          organization: person.organization, labels: person.labels, turns: person.turns)
      },
      topics: topics.map(\.topic), decisions: decisions, actions: actions,
      openQuestions: questions, problems: problems, usedModel: hasModel,
      isTranscript: document.blocks.contains { if case .turn = $0.content { true } else { false } })
  }

  // MARK: The meeting

  private var title: String? {
    for block in document.blocks {
      if case .heading(let text, _) = block.content { return text.text }
      if case .turn = block.content { break }
    }
    return document.metadata.title
  }

  /// Lines such as `Date: 20 November 2026` before the talk.
  private static func preamble(_ document: Document) -> [(key: String, value: String)] {
    var lines: [(String, String)] = []
    for block in document.blocks.prefix(30) {
      for piece in block.texts {
        for line in piece.text.split(whereSeparator: \.isNewline) {
          guard let colon = line.firstIndex(of: ":") else { continue }
          lines.append(
            (
              line[..<colon].lowercased(),
              String(line[line.index(after: colon)...].drop(while: \.isWhitespace))
            ))
        }
      }
      if case .turn(let turn) = block.content, let speaker = turn.speaker {
        lines.append((speaker.text.lowercased(), turn.text.text))
      }
    }
    return lines
  }

  private static func datedPreamble(_ document: Document) -> CalendarDate? {
    for (key, value) in preamble(document) where ["date", "meeting date", "held on"].contains(key) {
      if let date = DateParser.dates(in: value).first?.date, date.day != nil { return date }
    }
    return nil
  }

  private var place: String? {
    for (key, value) in Self.preamble(document)
    where ["place", "location", "venue", "room"].contains(key) && value.utf8.count < 200 {
      return value
    }
    return nil
  }

  private static let nextMeetings = Phrases(
    "next meeting|meet again|next session|next call|reconvene|meet next")

  /// The date somebody names for the next meeting, the last time it is named.
  private var nextMeeting: String? {
    for utterance in talk.utterances.reversed()
    where Self.nextMeetings.stand(in: utterance.words) && !utterance.isQuestion {
      if let due = DueDate.find(in: String(text[utterance.range]), meeting: meetingDate),
        let iso = due.iso, iso != meetingDate?.iso
      {
        return iso
      }
    }
    return nil
  }

  private static func isoDate(_ text: String) -> CalendarDate? {
    let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 ? CalendarDate(year: parts[0], month: parts[1], day: parts[2]) : nil
  }

  private static func commonWords(_ talk: Talk, text: ExtractedText) -> Set<String> {
    var common = notNames.union(Terms.functionWords)
    for utterance in talk.utterances {
      for part in text[utterance.range].split(separator: " ") {
        let word = part.filter(\.isLetter)
        if word.first?.isLowercase == true { common.insert(word.lowercased()) }
      }
    }
    return common
  }

  private static let notNames: Set<String> = Set(
    """
    i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august \
    september october november december english french german internet google government minister parliament \
    house committee chair god christmas everybody everyone somebody someone nobody we they he she it that this \
    there what who
    """.split(separator: " ").map(String.init))

  // MARK: Statements

  /// A readable form of one utterance, with others as further evidence.
  private func statement(_ index: Int, with others: [Int] = []) -> Minutes.Statement {
    let utterance = talk.utterances[index]
    var evidence = [utterance.range]
    for other in others where other != index { evidence.append(talk.utterances[other].range) }
    return Minutes.Statement(
      text: PlainSpeech.written(text[utterance.range]), evidence: evidence,
      speaker: utterance.speaker, topic: topics.firstIndex { $0.utterances.contains(index) })
  }

  /// Groups of neighbouring utterances whose logits are over `least`, at most `limit` groups beside
  /// the `explicit` utterances, best first taken, in the order of the talk: what stands within the reach of
  /// a better one is the same discussion. The first member of each group is its best; what is explicit is
  /// always a group of its own.
  private func groups(
    _ logits: [Double], explicit: Set<Int>, least: Double, reach: Int, isAllowed: (Int) -> Bool
  ) -> [[Int]] {
    var taken = [Bool](repeating: false, count: logits.count)
    var groups: [[Int]] = []
    let limit = Minutes.Selection.limit(logits.count)
    let order =
      explicit.sorted()
      + logits.indices.filter { logits[$0] > least && !explicit.contains($0) }.sorted {
        (logits[$0], -$0) > (logits[$1], -$1)
      }
    for index in explicit { taken[index] = true }
    for peak in order {
      let isExplicit = explicit.contains(peak)
      if !isExplicit, groups.count >= limit || taken[peak] || !isAllowed(peak) { continue }
      let reach = isExplicit ? min(reach, Self.explicitReach) : reach
      let near = max(0, peak - reach)...min(logits.count - 1, peak + reach)
      let leastMember = isExplicit ? least + selection.member : least - selection.member
      let others = near.filter {
        $0 != peak && !taken[$0] && isAllowed($0) && logits[$0] > leastMember
      }.sorted { (logits[$0], -$0) > (logits[$1], -$1) }
      for index in near { taken[index] = true }
      groups.append([peak] + others.prefix(selection.evidence - 1))
    }
    return groups.sorted { $0[0] < $1[0] }
  }

  /// Plain words are said of what stands right beside them, and need less of it.
  private static let explicitReach = 4

  // MARK: Topics

  private func makeTopics() -> [(utterances: Range<Int>, topic: Minutes.Topic)] {
    let starts = TopicSegmentation(talk, bytes: bytes).starts
    guard !starts.isEmpty else { return [] }
    var topics: [(Range<Int>, Minutes.Topic)] = []
    let ranges = zip(starts, starts.dropFirst() + [talk.utterances.count]).map { $0..<$1 }
    let titles = TopicTitles(talk, text: text, bytes: bytes, topics: ranges).titles
    for (number, range) in ranges.enumerated() {
      // What tells most among sentences long enough to tell anything and short enough to be read.
      let long = range.filter {
        (6...45).contains(talk.utterances[$0].words.count) && !talk.utterances[$0].isQuestion
      }
      let best =
        (long.isEmpty ? Array(range) : long).max { (salience[$0], -$0) < (salience[$1], -$1) }
        ?? range.lowerBound
      let utterance = talk.utterances[best]
      topics.append(
        (
          range,
          Minutes.Topic(
            title: titles[number],
            summary: Minutes.Statement(
              text: PlainSpeech.written(text[utterance.range]), evidence: [utterance.range],
              speaker: utterance.speaker, topic: number),
            turns: talk.utterances[range.lowerBound]
              .turn...talk.utterances[range.upperBound - 1]
              .turn)
        ))
    }
    return topics
  }

  // MARK: Actions

  private mutating func makeActions() -> [Minutes.Action] {
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
    for (index, undertaking) in undertaken {
      // The promise is told by what it answers.
      explicit.remove(undertaking.promise)
      strength[undertaking.promise] = -.infinity
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
      let undertaking = undertaken[index]
      if let undertaking {
        let promise = undertaking.promise
        others = (others + [promise]).sorted()
        owner = talk.utterances[promise].speaker
        ownerText = owner == nil ? nil : "I"
        due = commitments[promise]?.due ?? due
      }
      switch undertaking == nil ? found?.commitment?.owner : nil {
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

  /// A promise that says no more than that somebody does what was asked.
  private struct Undertaking {
    var promise: Int
  }

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
  ) -> [Int: Undertaking] {
    var found: [Int: Undertaking] = [:]
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
      if let task { found[task] = Undertaking(promise: index) }
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
  private func reply(to index: Int) -> Int? {
    let asker = talk.utterances[index].speaker
    return (index + 1..<min(talk.utterances.count, index + 4)).first {
      talk.utterances[$0].speaker != asker
    }
  }

  /// Whether a capitalised word before "will", "can", "to", … names a person: one of those known, or a
  /// word that the talk never writes in lower case.
  private func isName(_ word: String) -> Bool {
    if talk.roster.person(named: word) != nil { return true }
    let words = Terms.words(of: Array(word.utf8)[...])
    return !words.isEmpty && words.allSatisfy { $0.utf8.count > 1 && !commonWords.contains($0) }
  }

  private static let acceptances = Phrases(
    "yes|yeah|yep|sure|okay|ok|will do|i'll|i will|i can|of course|no problem|absolutely|happy to|"
      + "fine|certainly|alright")
  private static let refusals = Phrases(
    "no|not|can't|cannot|don't|won't|couldn't|but|sorry|maybe|depends")

  /// The first utterance of the next speaker, where it says yes to the request at `index`.
  private func acceptance(of index: Int) -> Int? {
    guard let next = reply(to: index) else { return nil }
    let words = Array(talk.utterances[next].words.prefix(6))
    guard Self.acceptances.stand(in: words), !Self.refusals.stand(in: words),
      !talk.utterances[next].isQuestion
    else { return nil }
    return next
  }

  // MARK: Decisions

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

  private func makeDecisions(except actions: Set<Range<Int>>) -> [Minutes.Decision] {
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
    let proposed = groups(
      strength, explicit: explicit, least: selection.decision, reach: selection.reach
    ) {
      // When to meet again has its own place.
      talk.utterances[$0].words.count >= 4 && !actions.contains(talk.utterances[$0].range)
        && !voted.contains($0) && !Self.nextMeetings.stand(in: talk.utterances[$0].words)
        && !Self.addresses.stand(in: talk.utterances[$0].words)
    }.map { group -> (index: Int, decision: Minutes.Decision) in
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
  private static let addresses = Phrases(
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

  // MARK: Open points

  private static let unresolved = Phrases(
    "i don't know|don't know|not sure|no idea|good question|we'll see|we will see|find out|"
      + "need to check|have to check|hard to say|depends|nobody knows|unclear|to be decided|"
      + "don't have an answer|can't say|cannot say|we'll have to see|i wonder")
  private static let askers: Set<String> = [
    "who", "what", "when", "where", "why", "how", "which", "whose", "should", "can", "could", "do",
    "does", "is", "are", "will", "would", "shall", "have", "has", "did",
  ]

  /// Questions that those present could not answer, or that nobody did before the talk's end.
  private func makeQuestions(except taken: Set<Range<Int>>) -> [Minutes.OpenPoint] {
    var found: [(index: Int, answer: Int?, score: Double)] = []
    for (index, utterance) in talk.utterances.enumerated() {
      guard utterance.isQuestion, utterance.words.count >= 4, !taken.contains(utterance.range),
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

  private func makeProblems(except taken: Set<Range<Int>>) -> [Minutes.OpenPoint] {
    let logits = ranking.logits(of: .problem)
    return groups(logits, explicit: [], least: selection.problem, reach: selection.reach) {
      talk.utterances[$0].words.count >= 5 && !taken.contains(talk.utterances[$0].range)
        && !Self.addresses.stand(in: talk.utterances[$0].words)
    }.map { Minutes.OpenPoint(statement: statement($0[0], with: $0.dropFirst().sorted())) }
  }
}
