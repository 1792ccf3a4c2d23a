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
      if let commitment, commitment.isStrong {
        explicit.insert(index)
      } else if commitment == nil {
        strength[index] -= selection.noCommitment
      }
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
      var owner: Int?
      var ownerText: String?
      switch found?.commitment?.owner {
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
      var due = found?.due
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
          isExplicit: found?.commitment?.isStrong ?? false))
    }
    return actions
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
    let asker = talk.utterances[index].speaker
    var next = index + 1
    while next < min(talk.utterances.count, index + 4), talk.utterances[next].speaker == asker {
      next += 1
    }
    guard next < talk.utterances.count, talk.utterances[next].speaker != asker else { return nil }
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
    var explicit: Set<Int> = []
    for (index, utterance) in talk.utterances.enumerated()
    where !utterance.isQuestion && utterance.words.count >= 4
      && Self.decided.stand(in: utterance.words)
    {
      if !actions.contains(utterance.range) { explicit.insert(index) }
    }
    return groups(
      strength, explicit: explicit, least: selection.decision, reach: selection.reach
    ) {
      // When to meet again has its own place.
      talk.utterances[$0].words.count >= 4 && !actions.contains(talk.utterances[$0].range)
        && !Self.nextMeetings.stand(in: talk.utterances[$0].words)
    }.map { group in
      let words = talk.utterances[group[0]].words
      return Minutes.Decision(
        statement: statement(group[0], with: group.dropFirst().sorted()),
        outcome: Self.rejected.stand(in: words)
          ? .rejected : Self.deferred.stand(in: words) ? .deferred : .agreed,
        isExplicit: explicit.contains(group[0]))
    }
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
    }.map { Minutes.OpenPoint(statement: statement($0[0], with: $0.dropFirst().sorted())) }
  }
}
