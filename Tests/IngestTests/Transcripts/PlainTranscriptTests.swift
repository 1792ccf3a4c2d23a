import Documents
import Ingest
import Testing

struct PlainTranscriptTests {
  private func read(_ text: String) throws -> Document {
    let bytes = Array(text.utf8)
    let document = try PlainTextReader().read(bytes, named: "a.txt", limits: ReadLimits())
    #expect(AnchorCheck(document, of: bytes).faults.isEmpty)
    return document
  }

  private func lines(_ text: String) throws -> [String] {
    try read(text).turns.map { turn in
      let time = turn.start.map { "\(Int($0)) " } ?? ""
      return "\(time)\(turn.speaker?.text ?? "-"): \(turn.text.text)"
    }
  }

  static let forms = [
    "Ann: Hello there, all of you.\n\nBo: Hi. Good to be here.\n\nAnn: Let us begin\nwith the list.\n\nBo: Fine by me.\n",
    "ANN: Hello there, all of you.\nBO: Hi. Good to be here.\nANN: Let us begin\nwith the list.\nBO: Fine by me.\n",
    "[00:00:05] Ann: Hello there, all of you.\n[00:00:09] Bo: Hi. Good to be here.\n[00:00:12] Ann: Let us begin with the list.\n[00:00:20] Bo: Fine by me.\n",
    "00:00:05 Ann\nHello there, all of you.\n\n00:00:09 Bo\nHi. Good to be here.\n\n00:00:12 Ann\nLet us begin\nwith the list.\n\n00:00:20 Bo\nFine by me.\n",
    "Ann  0:05\nHello there, all of you.\n\nBo  0:09\nHi. Good to be here.\n\nAnn  0:12\nLet us begin with the list.\n\nBo  0:20\nFine by me.\n",
    "[Ann] 00:00:05\nHello there, all of you.\n\n[Bo] 00:00:09\nHi. Good to be here.\n\n[Ann] 00:00:12\nLet us begin with the list.\n\n[Bo] 00:00:20\nFine by me.\n",
    "Ann (00:05): Hello there, all of you.\nBo (00:09): Hi. Good to be here.\nAnn (00:12): Let us begin with the list.\nBo (00:20): Fine by me.\n",
    "00 00 05  Ann\tHello there, all of you.\n00 00 09  Bo\tHi. Good to be here.\n00 00 12  Ann\tLet us begin with the list.\n00 00 20  Bo\tFine by me.\n",
    "(0:05) Ann: Hello there, all of you.\n(0:09) Bo: Hi. Good to be here.\n(0:12) Ann: Let us begin with the list.\n(0:20) Bo: Fine by me.\n",
    "00:00:05.000 --> 00:00:08.000 Ann: Hello there, all of you.\n00:00:09.000 --> 00:00:11.000 Bo: Hi. Good to be here.\n00:00:12.000 --> 00:00:14.000 Ann: Let us begin with the list.\n00:00:20.000 --> 00:00:21.000 Bo: Fine by me.\n",
    "**Ann:** Hello there, all of you.\n\n**Bo:** Hi. Good to be here.\n\n**Ann:** Let us begin with the list.\n\n**Bo:** Fine by me.\n",
  ]

  @Test(arguments: forms)
  func `each way of writing turns gives the same turns`(form: String) throws {
    let turns = try read(form).turns
    #expect(turns.map { $0.speaker?.text.uppercased() } == ["ANN", "BO", "ANN", "BO"])
    #expect(
      turns.map(\.text.text) == [
        "Hello there, all of you.", "Hi. Good to be here.", "Let us begin with the list.",
        "Fine by me.",
      ])
    if form.contains("05") { #expect(turns.map { $0.start } == [5, 9, 12, 20]) }
  }

  @Test func `a time of day ends before a name that begins with its letters`() throws {
    let found = try lines(
      "10:15 PM Ann: Hello there, all of you.\n10:16 PM Amina: Hi. Good to be here.\n10:17 PM Ann: Let us begin.\n10:18 PM Pmel: Fine by me.\n"
    )
    #expect(
      found.map { $0.drop { $0 != " " } } == [
        " Ann: Hello there, all of you.", " Amina: Hi. Good to be here.", " Ann: Let us begin.",
        " Pmel: Fine by me.",
      ])
    let stamped = try lines(
      "00:00:05 Amina: Hello there, all of you.\n00:00:09 Bo: Hi. Good to be here.\n00:00:12 Amina: Let us begin.\n00:00:15 Bo: Fine by me.\n"
    )
    #expect(stamped.first == "5 Amina: Hello there, all of you." && stamped.count == 4)
  }

  @Test func `what Teams writes beside the words is nobody's`() throws {
    let found = try lines(
      "Project sync-20261120_101500-Meeting Recording\n\nNovember 20, 2026, 10:15AM\n\n25m 13s\n\n\nAnn Smith started transcription\n\n\nAnn Smith   0:05\nHello there, all of you.\n\nBo Jones (External)   0:09\nHi. Good to be here.\n\nAnn Smith   1:00:12\nLet us begin with the list.\n\nAnn Smith stopped transcription\n"
    )
    #expect(
      found == [
        "5 Ann Smith: Hello there, all of you.", "9 Bo Jones (External): Hi. Good to be here.",
        "3612 Ann Smith: Let us begin with the list.", "-: Ann Smith stopped transcription",
      ])
  }

  @Test(arguments: [
    "10:15:03\t From Ann Smith to Everyone:\n\tHello there.\n10:15:09\t From Bo Jones to Everyone:\n\tHi:\n\tgood to be here.\n10:16:12\t From Ann Smith to Bo Jones(Direct Message):\n\tLet us begin.\n",
    "10:15:03\t From  Ann Smith : Hello there.\n10:15:09\t From  Bo Jones  to  Everyone : Hi: good to be here.\n10:16:12\t From  Ann Smith to Bo Jones(Direct Message) : Let us begin.\n",
  ])
  func `saved Zoom chats have who wrote to whom`(chat: String) throws {
    #expect(
      try lines(chat) == [
        "36903 Ann Smith: Hello there.", "36909 Bo Jones: Hi: good to be here.",
        "36972 Ann Smith to Bo Jones(Direct Message): Let us begin.",
      ])
  }

  @Test func `a header keeps its words and gives the date`() throws {
    let document = try read(
      "Town Council\n20 November 2026\n\nMayor Smith: I call the meeting to order.\n\nClerk: All are present.\n\nMayor Smith: Thank you.\n\nClerk: The first item is the budget.\n"
    )
    #expect(document.metadata.date == "2026-11-20")
    #expect(document.turns.count == 4)
    #expect(ExtractedText(document).text.hasPrefix("Town Council"))
  }

  @Test func `depositions ask with Q and answer with A`() throws {
    let found = try lines(
      "Q.  Where were you born?\nA.  In Ohio, in a small town.\nQ.  And when did you\nmove?\nA.  In 1990.\nMR. JONES: Objection to the form.\nQ.  Why?\nA.  For work.\n"
    )
    #expect(
      found == [
        "Q: Where were you born?", "A: In Ohio, in a small town.", "Q: And when did you move?",
        "A: In 1990.", "MR. JONES: Objection to the form.", "Q: Why?", "A: For work.",
      ])
  }

  @Test(arguments: [
    // Prose with a few labels.
    "The plan is simple, and it has been tried before by others in the region.\n\nNote: the budget is open.\n\nWe go on as agreed. The rest follows in the spring, when the snow is gone.\n\nNote: see the annex.\n\nWarning: this may change.\n\nThe end of it is near, and all agree.\n",
    // A letter's head.
    "From: Ann Lee\nTo: Bo Chen\nSubject: Budget\nDate: 3 March 2026\n\nDear Bo,\n\nplease find the budget below. It is long.\n\nRegards\nAnn\n",
    // A form.
    "Name: Ann Lee\nStreet: Main Street 1\nCity: Springfield\nCountry: USA\nOccupation: Clerk\n",
    // A recipe.
    "Ingredients: flour, eggs, milk\nMethod: Mix all of it and wait for an hour.\nServes: four\nTime: 20 minutes\n",
    // Definitions.
    "Agreement: this document and its annexes.\n\nParty: one who signs it.\n\nTerm: the time it runs.\n\nTerritory: the land it covers.\n",
    // A timetable.
    "09:00 Doors open\n09:30 Opening words by the chair\n10:15 Coffee\n10:45 Panel on budgets\n12:00 Lunch\n",
  ])
  func `what is no transcript is none`(text: String) throws {
    #expect(try read(text).turns.isEmpty)
  }
}
