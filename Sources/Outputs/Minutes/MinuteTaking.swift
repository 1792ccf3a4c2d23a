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
  var selection = Minutes.Selection()
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
  func statement(_ index: Int, with others: [Int] = []) -> Minutes.Statement {
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
  func groups(
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

  /// Whether what was said can stand in minutes by itself: it is no question and was not broken off.
  func readsAlone(_ index: Int) -> Bool {
    !talk.utterances[index].isQuestion && !isBrokenOff(index)
  }

  func isBrokenOff(_ index: Int) -> Bool {
    let utterance = talk.utterances[index]
    let end = text[utterance.range].last { !$0.isWhitespace && !".,?!\"”".contains($0) }
    return end.map { "-–—".contains($0) } ?? false
      || utterance.words.last.map(Self.unfinished.contains) ?? false
  }

  /// Words that no sentence ends with.
  private static let unfinished: Set<String> = [
    "the", "a", "an", "and", "or", "but", "because", "if", "of", "my", "your", "our", "their",
    "very", "i", "we", "whether",
  ]

  /// Groups that are only likely, told by their best member that reads alone; without those that have none.
  func told(_ groups: [[Int]], explicit: Set<Int> = []) -> [[Int]] {
    groups.compactMap { group in
      guard !explicit.contains(group[0]), !readsAlone(group[0]) else { return group }
      guard let better = group.first(where: readsAlone) else { return nil }
      return [better] + group.filter { $0 != better }
    }
  }

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
        (6...45).contains(talk.utterances[$0].words.count) && readsAlone($0)
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
}
