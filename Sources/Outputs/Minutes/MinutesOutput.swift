import Documents
import JSON

extension Minutes {
  /// The minutes in the shape of the output format.
  ///
  /// The format has no list of problems; they stand among the open questions with ids `problem1`,
  /// `problem2`, …, where questions are `o1`, `o2`, ….
  package func content(_ grounding: Grounding) -> OutputContent {
    var evidence = EvidenceTable()
    func ids(_ statement: Statement) -> JSONValue {
      evidence.ids(of: statement.evidence.map { grounding.evidence(at: $0) })
    }
    func person(_ index: Int?) -> JSONValue { .optional(index.map { "p\($0 + 1)" }) }
    func topic(_ statement: Statement) -> JSONValue {
      .optional(statement.topic.map { "t\($0 + 1)" })
    }

    let topics = topics.enumerated().map { number, topic -> JSONValue in
      [
        "id": .string("t\(number + 1)"), "title": .string(topic.title),
        "summary": .string(topic.summary.text),
        "spans": [[.integer(topic.turns.lowerBound), .integer(topic.turns.upperBound)]],
        "evidence": ids(topic.summary),
      ]
    }
    let decisions = decisions.enumerated().map { number, decision -> JSONValue in
      let statement = decision.statement
      return [
        "id": .string("d\(number + 1)"), "text": .string(statement.text),
        "outcome": .string(decision.outcome.rawValue),
        "by": statement.speaker == nil ? [] : [person(statement.speaker)],
        "topic": topic(statement), "evidence": ids(statement),
      ]
    }
    let actions = actions.enumerated().map { number, action -> JSONValue in
      let statement = action.statement
      return [
        "id": .string("a\(number + 1)"), "text": .string(statement.text),
        "owner": person(action.owner), "ownerText": .optional(action.ownerText),
        "due": .optional(action.due), "dueText": .optional(action.dueText),
        "dueBasis": action.dueText == nil ? nil : action.dueIsRelative ? "relative" : "explicit",
        "topic": topic(statement), "evidence": ids(statement),
      ]
    }
    func open(_ point: OpenPoint, id: String) -> JSONValue {
      [
        "id": .string(id), "text": .string(point.statement.text),
        "raisedBy": person(point.statement.speaker), "topic": topic(point.statement),
        "evidence": ids(point.statement),
      ]
    }
    let questions =
      openQuestions.enumerated().map { open($0.element, id: "o\($0.offset + 1)") }
      + problems.enumerated().map { open($0.element, id: "problem\($0.offset + 1)") }
    let data: JSONValue = [
      "meeting": [
        "title": .optional(meeting.title), "date": .optional(meeting.date), "start": nil,
        "end": nil, "place": .optional(meeting.place), "next": .optional(meeting.next),
      ],
      "attendees": .array(
        attendees.enumerated().map { number, attendee in
          var object: JSONObject = [
            "id": .string("p\(number + 1)"), "name": .string(attendee.name),
            "presence": .string(attendee.presence.rawValue), "role": .optional(attendee.role),
            "organization": .optional(attendee.organization),
          ]
          if !attendee.labels.isEmpty {
            object["labels"] = .array(attendee.labels.map { .string($0) })
          }
          if attendee.turns > 0 { object["turns"] = .integer(attendee.turns) }
          return .object(object)
        }),
      "topics": .array(topics), "decisions": .array(decisions), "actions": .array(actions),
      "openQuestions": .array(questions),
    ]
    return OutputContent(data: data, evidence: evidence, warnings: warnings)
  }

  private var warnings: [Warning] {
    var warnings: [Warning] = []
    if !isTranscript {
      warnings.append(
        Warning(
          "not-a-transcript",
          "The document has no turns with speakers; paragraphs were read as talk, and nobody is named as speaking.",
          at: "/data/attendees"))
    }
    if !usedModel {
      warnings.append(
        Warning(
          "no-model",
          "Entries were chosen by words alone: the checkpoint has no labels for meetings.",
          at: "/data"))
    }
    for (place, name, right, explicit) in [
      ("decisions", "decision", "one in five", decisions.map(\.isExplicit)),
      ("actions", "action", "one in four", actions.map(\.isExplicit)),
      ("openQuestions", "problem", "one in four", problems.map { _ in false }),
    ] {
      let uncertain = explicit.count { !$0 }
      guard uncertain > 0 else { continue }
      let subject =
        uncertain == 1 ? "1 \(name) is a proposal" : "\(uncertain) \(name)s are proposals"
      warnings.append(
        Warning(
          "uncertain",
          "\(subject) by likelihood, not by plain words; in tests \(right) was right. Read against the evidence.",
          at: "/data/\(place)"))
    }
    if meeting.date == nil, actions.contains(where: { $0.dueIsRelative && $0.due == nil }) {
      warnings.append(
        Warning(
          "no-meeting-date",
          "The meeting's date is not stated, so that relative dates stay words.",
          at: "/data/meeting/date"))
    }
    return warnings
  }
}
