import Documents
import JSON
import Testing

@testable import Outputs

/// A transcript of `Speaker: words` lines, neighbouring lines of one speaker being one turn.
func transcript(_ lines: String, title: String? = nil, date: String? = nil) -> Document {
  var blocks: [Block] = []
  if let title {
    blocks.append(
      Block(.heading(AnchoredText(title, at: .bytes(0..<9, verbatim: false)), level: 1)))
  }
  var offset = 20
  for line in lines.split(separator: "\n") {
    let colon = line.firstIndex(of: ":")!
    let speaker = String(line[..<colon])
    let words = String(line[line.index(after: colon)...].drop { $0 == " " })
    let at = offset + speaker.utf8.count + 2
    let text = AnchoredText(words, at: .bytes(at..<at + words.utf8.count, verbatim: true))
    let turn = blocks.count { if case .turn = $0.content { true } else { false } }
    blocks.append(
      Block(
        .turn(
          Turn(
            index: turn,
            speaker: AnchoredText(
              speaker, at: .bytes(offset..<offset + speaker.utf8.count, verbatim: true)), text: text
          ))
      ))
    offset = at + words.utf8.count + 1
  }
  return Document(
    mediaType: "text/plain", metadata: Metadata(title: title, date: date), blocks: blocks)
}

let review = transcript(
  """
  Dana Ruiz: Okay, welcome everybody. Um, let's talk about the release.
  Kim: The the tests are red on two machines, so I think we have a problem there.
  Dana Ruiz: So we agreed to move the release to the fourth of December.
  Kim: Yeah, fine.
  Dana Ruiz: Lee can tell support by Tuesday. And somebody has to write the rollback plan.
  Kim: I'll send the test report tomorrow.
  Dana Ruiz: Kim, could you update the schedule by the end of next week?
  Kim: Sure, I will.
  Dana Ruiz: Who pays for the extra week?
  Kim: I don't know, we need to find out.
  Dana Ruiz: Our next meeting is on Friday, 27 November.
  """, title: "Release review", date: "2026-11-20")

@Suite struct MinutesTests {
  private func minutes(_ document: Document, date: String? = nil) -> Minutes {
    Minutes(of: document, text: ExtractedText(document), scores: nil, date: date)
  }

  @Test func `a promise has its owner and its date, and only those somebody named`() throws {
    let minutes = minutes(review)
    func action(_ part: String) throws -> Minutes.Action {
      try #require(minutes.actions.first { $0.statement.text.contains(part) })
    }
    let support = try action("tell support")
    #expect(minutes.attendees[try #require(support.owner)].name == "Lee")
    #expect(support.due == "2026-11-24" && support.dueText == "by Tuesday")
    #expect(support.dueIsRelative && support.isExplicit)
    let plan = try action("rollback plan")
    #expect(plan.owner == nil && plan.due == nil && plan.dueText == nil)
    let report = try action("test report")
    #expect(minutes.attendees[try #require(report.owner)].name == "Kim")
    #expect(report.due == "2026-11-21")
    let schedule = try action("schedule")
    #expect(minutes.attendees[try #require(schedule.owner)].name == "Kim")
    #expect(schedule.due == "2026-W48")
  }

  @Test func `without the meeting's date a relative date stays words`() throws {
    var document = review
    document.metadata.date = nil
    let minutes = minutes(document)
    let support = try #require(minutes.actions.first { $0.statement.text.contains("tell support") })
    #expect(support.due == nil && support.dueText == "by Tuesday")
    let content = minutes.content(Grounding(ExtractedText(document)))
    #expect(content.warnings.contains { $0.code == "no-meeting-date" })
  }

  @Test func `decisions, open questions, the next meeting and those present are found`() {
    let minutes = minutes(review)
    #expect(
      minutes.decisions.contains {
        $0.statement.text == "We agreed to move the release to the fourth of December."
          && $0.isExplicit && $0.outcome == .agreed
      })
    #expect(minutes.openQuestions.map(\.statement.text) == ["Who pays for the extra week?"])
    #expect(minutes.meeting.next == "2026-11-27")
    #expect(minutes.meeting.title == "Release review")
    #expect(minutes.attendees.map(\.name) == ["Dana Ruiz", "Kim", "Lee"])
    #expect(minutes.attendees.map(\.presence) == [.spoke, .spoke, .mentioned])
    #expect(minutes.attendees.map(\.turns) == [6, 5, 0])
  }

  @Test(arguments: [
    "Ann: On Friday, people in Quebec will be able to apply for the new benefit.",
    "Ann: I will tell you that we respect the work of everybody here.",
    "Ann: Bob, what I can confirm is that the numbers are right.",
  ])
  func `what is done by saying it, and what merely will be, is no explicit action`(line: String) {
    let minutes = minutes(transcript(line + "\nBob: Yes.", date: "2026-11-20"))
    #expect(minutes.actions.allSatisfy { !$0.isExplicit })
  }

  @Test func `a topic is not named by halves of contracted words`() {
    let minutes = minutes(
      transcript("Ann: The pump doesn't work, and they don't know why the pump doesn't start."))
    #expect(minutes.topics.map(\.title).allSatisfy { !$0.lowercased().contains("do") })
  }

  @Test func `a topic is named by the words that keep standing together in it`() {
    let minutes = minutes(
      transcript(
        """
        Ann: The suit circuit is warm again.
        Bob: I read the suit circuit at ninety.
        Ann: Then turn the suit circuit valve a little.
        """))
    #expect(minutes.topics.map(\.title).allSatisfy { $0.hasPrefix("Suit circuit") })
  }

  @Test func `a topic is named by things, and not by what is done or how`() {
    let minutes = minutes(
      transcript(
        """
        Ann: We will fund the hospital fully if the local authorities allow that.
        Bob: They fund the hospital, and the local authorities are slow.
        Ann: Will the prohibited boats for the local authorities and the hospital come?
        """))
    #expect(minutes.topics.map(\.title) == ["Local authorities, hospital and boats"])
  }

  @Test func `what was broken off, and what was asked, is told by what reads alone`() {
    let talk = """
      Ann: The budget is thirty thousand for the remote control and the display of the
      Bob: What do you think is the budget for the remote control and the
      Ann: So the remote control has a budget of thirty thousand and a small display.
      Bob: I don't know.
      """
    let minutes = minutes(transcript(talk))
    #expect(
      minutes.topics.map(\.summary.text) == [
        "The remote control has a budget of thirty thousand and a small display."
      ])
    #expect(minutes.openQuestions.isEmpty)
    let told =
      minutes.decisions.filter { !$0.isExplicit }.map(\.statement.text)
      + minutes.problems.map(\.statement.text)
    #expect(told.allSatisfy { !$0.hasSuffix("of the.") && !$0.hasSuffix("?") })
  }

  @Test func `one discussion is one proposal, and what is said in plain words is one of its own`() {
    let filler = (0..<40).map { "Bob: There is a lot of rain in the \($0 % 7)th week." }
    let talk =
      ["Ann: We agreed to buy the small pump."] + filler
      + ["Ann: We decided to sell the old pump.", "Ann: We agreed to paint the hall."]
    let found = minutes(transcript(talk.joined(separator: "\n"))).decisions.filter(\.isExplicit)
    #expect(
      found.map(\.statement.text) == [
        "We agreed to buy the small pump.", "We decided to sell the old pump.",
        "We agreed to paint the hall.",
      ])
    #expect(found.allSatisfy { $0.statement.evidence.count <= Minutes.Selection().evidence })
  }

  @Test func `a request that nobody says yes to has no owner`() throws {
    let document = transcript(
      """
      Ann: Could you send the report by Monday?
      Bob: I don't think I can.
      Ann: Somebody should email the vendor by Friday.
      """, date: "2026-11-20")
    let minutes = minutes(document)
    #expect(minutes.actions.count == 2)
    #expect(minutes.actions.allSatisfy { $0.owner == nil })
  }

  @Test(arguments: [
    ("by Tuesday", "2026-11-24", true), ("by Friday", "2026-11-27", true),
    ("next Tuesday", "2026-11-24", true), ("this Thursday", "2026-11-19", true),
    ("tomorrow", "2026-11-21", true), ("by the end of the week", "2026-W47", true),
    ("next week", "2026-W48", true), ("by the end of the month", "2026-11", true),
    ("within two weeks", "2026-12-04", true), ("in 10 days", "2026-11-30", true),
    ("by 4 December", "2026-12-04", true), ("by the fourth of December", "2026-12-04", true),
    ("by March 1st", "2027-03-01", true), ("on 2026-12-31", "2026-12-31", false),
    ("by December 4, 2027", "2027-12-04", false), ("before the next meeting", nil, true),
    ("by Tuesday, 24 November", "2026-11-24", true),
  ])
  func `a deadline is its words and its date`(words: String, iso: String?, isRelative: Bool) throws
  {
    let meeting = CalendarDate(year: 2026, month: 11, day: 20)
    let due = try #require(DueDate.find(in: "I will send it \(words).", meeting: meeting))
    #expect(due.words == words)
    #expect(due.iso == iso)
    #expect(due.isRelative == isRelative)
    if isRelative {
      #expect(DueDate.find(in: "I will send it \(words).", meeting: nil)?.iso == nil)
    }
  }

  @Test(arguments: ["We may go.", "March on.", "I can do it.", "Today we saw two of them."])
  func `words that only look like dates are none`(sentence: String) {
    #expect(
      DueDate.find(in: sentence, meeting: CalendarDate(year: 2026, month: 11, day: 20)) == nil)
  }

  @Test(arguments: [
    ("Um so we we should, uh, go with the the small one,", "We should, go with the small one."),
    ("Okay, I'll I'll send it", "I'll send it."),
    ("You know, the L_C_D_ is dear.", "The LCD is dear."),
    ("Right.", "Right."),
    ("I said that that is fine", "I said that that is fine."),
    ("Tw twelve hours of the p the work", "Twelve hours of the work."),
    ("We I think a week is enough", "I think a week is enough."),
    ("No one in the office likes it", "No one in the office likes it."),
    ("Mr. Chair, the price on pollution is fair.", "The price on pollution is fair."),
    ("Mr.Chair, I rise again today", "I rise again today."),
    ("Mr. Chair carried the box", "Mr. Chair carried the box."),
    ("Come up with the prototype, okay, the model", "Come up with the prototype, the model."),
    ("It is red, you know, and blue", "It is red, and blue."),
    ("I I'll send a mail to them", "I'll send a mail to them."),
  ])
  func `speech is made readable by leaving words out`(spoken: String, written: String) {
    #expect(PlainSpeech.written(spoken) == written)
    #expect(PlainSpeech.isSubsequence(PlainSpeech.written(spoken), of: spoken))
  }

  @Test func `roles, parties and lists of those present belong to the right people`() {
    let document = transcript(
      """
      Present: Ann Lee (Treasurer), Bob Ray
      Apologies: Cy Dunn
      The Chair (Hon. Anthony Rota (Nipissing, Lib.)): I call the meeting to order.
      Mr. Paul Manly (Nanaimo, GP): Thank you.
      The Chair: Thank you. Next.
      Mr. Manly: One more thing.
      Ann Lee: Here.
      """)
    let people = Roster(document).people
    #expect(
      people.map(\.name) == [
        "Ann Lee", "Bob Ray", "Cy Dunn", "Hon. Anthony Rota", "Mr. Paul Manly",
      ])
    #expect(people.map(\.presence) == [.spoke, .listed, .apologies, .spoke, .spoke])
    #expect(people.map(\.role) == ["Treasurer", nil, nil, "Chair", nil])
    #expect(people.map(\.turns) == [1, 0, 0, 2, 2])
    #expect(people[4].organization == "Nanaimo, GP")
  }

  @Test func `topics cover the talk from the first turn to the last without a gap`() {
    let filler = (0..<120).map { index in
      let words =
        index < 60
        ? ["the battery and its voltage decide the charger", "a lithium battery needs a charger"]
        : ["the invoice for the hotel and the flight", "travel expenses and the hotel invoice"]
      return
        "\(index % 2 == 0 ? "A" : "B"): We looked at \(words[index % 2]) again number \(index)."
    }.joined(separator: "\n")
    let topics = minutes(transcript(filler)).topics
    #expect(topics.first?.turns.lowerBound == 0 && topics.last?.turns.upperBound == 119)
    for (one, next) in zip(topics, topics.dropFirst()) {
      #expect(one.turns.upperBound + 1 == next.turns.lowerBound)
    }
    #expect(topics.contains { abs($0.turns.lowerBound - 60) <= 3 })
  }

  @Test func `a document without turns says so, and one without words gives empty minutes`() {
    let report = textDocument("We agreed to buy the house.", "It is old.")
    let minutes = minutes(report)
    #expect(minutes.decisions.count == 1 && minutes.attendees.isEmpty)
    let content = minutes.content(Grounding(ExtractedText(report)))
    #expect(content.warnings.contains { $0.code == "not-a-transcript" })
    let empty = self.minutes(Document(mediaType: "text/plain"))
    #expect(empty.topics.isEmpty && empty.actions.isEmpty)
  }

  private let council = transcript(
    """
    Present: Mayor Ruth Calder; Councillor Ben Ito; Priya Nair, Town Clerk
    Mayor Calder: Can I have a motion to approve the agenda?
    Councillor Ito: So moved.
    Priya Nair: Second.
    Mayor Calder: All in favour? Opposed? Carried.
    Councillor Ito: I move that council award the culvert contract to Hartley.
    Priya Nair: I'll second that.
    Mayor Calder: All those in favour say aye.
    Several: Aye.
    Mayor Calder: The motion carries unanimously.
    Councillor Ito: I move that we waive the hall fee for this year.
    Mayor Calder: Opposed? The motion is defeated.
    Priya Nair: I'd like to move that we table the by-law until the hearing.
    Mayor Calder: In favour? Carried.
    Mayor Calder: Mr. Chair carried the box to the car and it was approved by nobody.
    """, date: "2026-04-14")

  @Test func `votes are decisions about what was moved, with how they ended`() {
    let minutes = minutes(council)
    #expect(
      minutes.decisions.map(\.statement.text) == [
        "Can I have a motion to approve the agenda?",
        "I move that council award the culvert contract to Hartley.",
        "I move that we waive the hall fee for this year.",
        "I'd like to move that we table the by-law until the hearing.",
      ])
    #expect(minutes.decisions.map(\.outcome) == [.agreed, .agreed, .rejected, .deferred])
    #expect(minutes.decisions.allSatisfy { $0.isExplicit })
    // What was moved, the second, and the words that closed the vote.
    #expect(minutes.decisions[1].statement.evidence.count == 3)
  }

  @Test func `people are found under their offices, and a crowd is nobody`() {
    let people = Roster(council).people
    #expect(people.map(\.name) == ["Mayor Ruth Calder", "Councillor Ben Ito", "Priya Nair"])
    #expect(people.map(\.role) == ["Mayor", "Councillor", "Town Clerk"])
    #expect(people.allSatisfy { $0.presence == .spoke })
  }

  @Test func `a proposal that others agree to in words is a decision, one they hum at is none`() {
    let agreed = minutes(
      transcript(
        """
        Ann: Then let's push the release to Thursday. Everybody OK with that?
        Bo: Yep.
        Cy: Works for me.
        Ann: Let's move on to the budget. Everybody OK with that?
        Bo: Yep.
        """))
    #expect(agreed.decisions.map(\.statement.text) == ["Let's push the release to Thursday."])
    // The proposal and those who agree.
    #expect((agreed.decisions.first?.statement.evidence.count ?? 0) >= 3)
    let hummed = minutes(
      transcript("Ann: Then let's push the release to Thursday.\nBo: Yeah.\nAnn: The door is open.")
    )
    #expect(hummed.decisions.allSatisfy { !$0.isExplicit })
  }

  @Test func `a promise without words of its own is told by what it answers`() throws {
    let minutes = minutes(
      transcript(
        """
        Ann: Greg, would you draft the reminder for the schools?
        Greg: I can't this week, I'm out.
        Sue: No worries, I'll do it, by tomorrow.
        Ann: Who can call the district offices about the survey?
        Greg: I can.
        Ann: Greg, would you write the invoice for them?
        Greg: I can't, sorry.
        Ann: Sue, can you update the notes and send them to support?
        Sue: Sure, I'll send them tomorrow.
        """, date: "2026-03-03"))
    #expect(
      minutes.actions.map(\.statement.text) == [
        "Greg, would you draft the reminder for the schools?",
        "Who can call the district offices about the survey?",
        "Sue, can you update the notes and send them to support?",
      ])
    #expect(
      minutes.actions.map { $0.owner.map { minutes.attendees[$0].name } }
        == ["Sue", "Greg", "Sue"])
    #expect(minutes.actions.map(\.due) == ["2026-03-04", nil, "2026-03-04"])
  }

  @Test func `what all are asked to agree on is decided in the words it is then put in`() {
    let minutes = minutes(
      transcript(
        """
        Ann: I don't want to go over forty thousand. Can we all agree on that as the ceiling?
        Bo: Agreed.
        Cy: Fine with me.
        Ann: Good, so forty thousand is the ceiling.
        Bo: And we agreed to drop the old version, right?
        Ann: Right.
        """))
    #expect(
      minutes.decisions.map(\.statement.text) == [
        "Good, so forty thousand is the ceiling.",
        "We agreed to drop the old version, right?",
      ])
    #expect(minutes.decisions.map(\.isExplicit) == [true, true])
  }

  @Test func `what a note taker marks is what it says`() {
    let minutes = minutes(
      textDocument(
        "Decision: the pump is replaced.", "Action: Ann to order the new pump by Friday."))
    #expect(minutes.decisions.map(\.isExplicit) == [true])
    #expect(minutes.actions.map(\.isExplicit) == [true])
  }

  @Test(arguments: [
    ("I'll bring it back on the 28th", "2026-11-28"), ("Send it by the 3rd", "2026-12-03"),
    ("Send it by Dec 4", "2026-12-04"), ("Send it by 4 Sept", "2027-09-04"),
  ])
  func `a day without its month is the next one from the meeting on`(words: String, iso: String) {
    let day = CalendarDate(year: 2026, month: 11, day: 20)
    #expect(DueDate.find(in: words, meeting: day)?.iso == iso)
  }
}
