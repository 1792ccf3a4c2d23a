package import Documents
package import JSON

/// Asks a model that writes for the minutes of a meeting.
///
/// Who was there and when it was is read by the same rules as without a model; the model names
/// topics, decisions, actions and open questions, each with the words it rests on. Owners are people
/// of the meeting, dates are made of the words that state them.
package struct MinutesQuestion {
  private let rules: Minutes
  private let document: Document
  private let quoting: Quoting

  package init(of document: Document, quoting: Quoting) {
    self.document = document
    self.quoting = quoting
    rules = Minutes(of: document, text: quoting.grounding.text, scores: nil)
  }

  /// The shape of the answer.
  package var answerSchema: JSONValue { Self.answerSchema(people: rules.attendees.map(\.name)) }

  /// - Parameter people: who can own an action.
  package static func answerSchema(people: [String]) -> JSONValue {
    let quotes = ("quotes", Quoting.schema(atLeast: 1, atMost: 3))
    let text = ("text", ["type": "string", "minLength": 1] as JSONValue)
    let bound: JSONValue = ["type": "string", "x-evidence": "required", "minLength": 1]
    let person: JSONValue = [
      "enum": .array(people.map { .string($0) } + [.null])
    ]
    func list(_ members: [(String, JSONValue)]) -> JSONValue {
      ["type": "array", "items": .shape(members), "maxItems": 100]
    }
    return .shape([
      ("topics", list([quotes, ("title", ["type": "string", "minLength": 1]), text])),
      (
        "decisions",
        list([quotes, text, ("outcome", ["enum": ["agreed", "rejected", "deferred"]])])
      ),
      ("actions", list([quotes, text, ("owner", person), ("due", .orNull(bound))])),
      ("openQuestions", list([quotes, text, ("raisedBy", person)])),
    ])
  }

  /// The minutes in the shape of the output format.
  package func content(_ replies: [JSONValue]) -> OutputContent {
    var minutes = rules
    minutes.usedModel = true
    minutes.problems = []
    var dropped = 0
    func entries(_ name: String) -> [(entry: JSONValue, statement: Minutes.Statement)] {
      var entries: [(JSONValue, Minutes.Statement)] = []
      for entry in replies.flatMap({ $0[name]?.array ?? [] }) {
        let ranges = quoting.ranges(of: Quoting.quotes(in: entry))
        let text = WrittenText.oneLine(entry["text"]?.string ?? "")
        guard !ranges.isEmpty, !text.isEmpty else {
          dropped += 1
          continue
        }
        entries.append((entry, Minutes.Statement(text: text, evidence: ranges)))
      }
      return entries
    }
    minutes.topics = entries("topics").map { entry, statement in
      Minutes.Topic(
        title: WrittenText.oneLine(entry["title"]?.string ?? ""), summary: statement,
        turns: turns(of: statement))
    }
    minutes.decisions = entries("decisions").map { entry, statement in
      Minutes.Decision(
        statement: statement,
        outcome: entry["outcome"]?.string.flatMap { Minutes.Decision.Outcome(rawValue: $0) }
          ?? .agreed, isExplicit: true)
    }
    minutes.actions = entries("actions").map { action($0, $1) }
    minutes.openQuestions = entries("openQuestions").map { entry, statement in
      var statement = statement
      statement.speaker = person(entry["raisedBy"])
      return Minutes.OpenPoint(statement: statement)
    }
    var content = minutes.content(quoting.grounding)
    content.warnings.append(WrittenText.warning(at: "/data"))
    content.warnings += WrittenText.droppedWarning(dropped, "entries", at: "/data")
    return content
  }

  private func action(_ entry: JSONValue, _ statement: Minutes.Statement) -> Minutes.Action {
    var statement = statement
    var action = Minutes.Action(
      statement: statement, owner: person(entry["owner"]), ownerText: nil, due: nil, dueText: nil,
      dueIsRelative: false, isExplicit: true)
    guard let words = entry["due"]?.string, let range = quoting.range(of: words) else {
      return action
    }
    let text = String(quoting.grounding.text[range])
    let meeting = rules.meeting.date.flatMap { DateParser.dates(in: $0).first?.date }
    // Words that state no date are no date.
    guard let due = DueDate.find(in: text, meeting: meeting) else { return action }
    action.due = due.iso
    action.dueText = text
    action.dueIsRelative = due.isRelative
    if !statement.evidence.contains(range) { statement.evidence.append(range) }
    action.statement = statement
    return action
  }

  /// Index among the attendees.
  private func person(_ name: JSONValue?) -> Int? {
    guard let name = name?.string else { return nil }
    return rules.attendees.firstIndex { $0.name == name }
  }

  private func turns(of statement: Minutes.Statement) -> ClosedRange<Int> {
    let spans = statement.evidence.compactMap { quoting.grounding.text.turns(of: $0) }
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else {
      return 0...0
    }
    return first...last
  }
}
