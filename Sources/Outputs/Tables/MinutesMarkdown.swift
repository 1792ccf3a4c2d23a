package import JSON

/// Minutes as Markdown (CommonMark with tables), made from the JSON output and from nothing else, so
/// that the two cannot differ.
package enum MinutesMarkdown {
  /// - Parameter envelope: an output of kind `minutes`, see ``Envelope/json``.
  package static func text(of envelope: JSONValue) -> String {
    guard let data = envelope["data"] else { return "" }
    var lines: [String] = []
    let meeting = data["meeting"]
    let attendees = data["attendees"]?.array ?? []
    let names = Dictionary(
      attendees.compactMap { person in
        person["id"]?.string.map { ($0, person["name"]?.string ?? $0) }
      }, uniquingKeysWith: { first, _ in first })
    func name(_ value: JSONValue?) -> String? { value?.string.flatMap { names[$0] } }
    func source(_ entry: JSONValue) -> String {
      let turns = (entry["evidence"]?.array ?? []).compactMap { id -> Int? in
        guard let id = id.string else { return nil }
        return envelope["evidence"]?[id]?["turns"]?[0]?.integer
      }
      guard !turns.isEmpty else { return "" }
      // People count turns from 1.
      var unique: [Int] = []
      for turn in turns.sorted() where unique.last != turn { unique.append(turn) }
      let shown = unique.map { String($0 + 1) }.joined(separator: ", ")
      return " *(\(unique.count == 1 ? "turn" : "turns") \(shown))*"
    }

    lines.append("# " + (meeting?["title"]?.string).map(escaped).orElse("Minutes"))
    lines.append("")
    for (key, label) in [("date", "Date"), ("place", "Place"), ("next", "Next meeting")] {
      if let value = meeting?[key]?.string { lines.append("- **\(label):** \(escaped(value))") }
    }
    lines += MarkdownText.source(of: envelope)

    for (presence, label) in [
      ("spoke", "Present"), ("listed", "Listed"), ("apologies", "Apologies"),
      ("mentioned", "Mentioned"),
    ] {
      let people = attendees.filter { $0["presence"]?.string == presence }
      guard !people.isEmpty else { continue }
      let shown = people.map { person -> String in
        let name = person["name"]?.string ?? ""
        // `Mayor Ruth Calder` says it already.
        let role = person["role"]?.string.flatMap { name.hasPrefix($0 + " ") ? nil : $0 }
        let about = [role, person["organization"]?.string].compactMap { $0 }
        return escaped(name)
          + (about.isEmpty ? "" : " (\(escaped(about.joined(separator: ", "))))")
      }
      lines.append("- **\(label):** " + shown.joined(separator: ", "))
    }

    let decisions = data["decisions"]?.array ?? []
    section("Decisions", decisions.isEmpty ? "No decision was found." : nil)
    for (number, decision) in decisions.enumerated() {
      let outcome = decision["outcome"]?.string ?? "agreed"
      let by = (decision["by"]?.array ?? []).compactMap { name($0) }
      lines.append(
        "\(number + 1). \(escaped(decision["text"]?.string ?? ""))"
          + (outcome == "agreed" ? "" : " **(\(outcome))**")
          + (by.isEmpty ? "" : " — \(escaped(by.joined(separator: ", ")))") + source(decision))
    }

    let actions = data["actions"]?.array ?? []
    section("Actions", actions.isEmpty ? "No action was found." : nil)
    if !actions.isEmpty {
      lines.append("| # | Action | Owner | Due |")
      lines.append("|---|---|---|---|")
      for (number, action) in actions.enumerated() {
        let due = action["due"]?.string
        let words = action["dueText"]?.string
        let shownDue =
          due.map { due in words.map { "\(due) (“\(escaped($0))”)" } ?? due }
          ?? words.map { "“\(escaped($0))”" } ?? "—"
        lines.append(
          "| \(number + 1) | \(escaped(action["text"]?.string ?? ""))\(source(action)) | "
            + "\(name(action["owner"]).map(escaped) ?? "—") | \(shownDue.replacing("|", with: "\\|")) |"
        )
      }
    }

    let open = data["openQuestions"]?.array ?? []
    let problems = open.filter { $0["id"]?.string?.hasPrefix("problem") == true }
    let questions = open.filter { $0["id"]?.string?.hasPrefix("problem") != true }
    for (title, entries) in [("Open questions", questions), ("Problems raised", problems)]
    where !entries.isEmpty {
      section(title, nil)
      for entry in entries {
        lines.append(
          "- \(escaped(entry["text"]?.string ?? ""))"
            + (name(entry["raisedBy"]).map { " — \(escaped($0))" } ?? "") + source(entry))
      }
    }

    let topics = data["topics"]?.array ?? []
    if !topics.isEmpty {
      section("Topics", nil)
      for (number, topic) in topics.enumerated() {
        let span = topic["spans"]?[0]
        let turns =
          if let first = span?[0]?.integer, let last = span?[1]?.integer {
            " *(turns \(first + 1)–\(last + 1))*"
          } else {
            ""
          }
        lines.append("\(number + 1). **\(escaped(topic["title"]?.string ?? ""))**\(turns)  ")
        lines.append("   \(escaped(topic["summary"]?.string ?? ""))")
      }
    }

    lines += MarkdownText.notes(of: envelope)
    lines.append("")
    lines.append(
      "*Taken by Docket from the transcript; every entry is in the words of the turn named behind it.*"
    )
    return lines.joined(separator: "\n") + "\n"

    func section(_ title: String, _ empty: String?) {
      lines.append("")
      lines.append("## \(title)")
      lines.append("")
      if let empty { lines.append(empty) }
    }
  }

  private static func escaped(_ text: String) -> String { MarkdownText.escaped(text) }
}

extension Optional<String> {
  fileprivate func orElse(_ other: String) -> String { self ?? other }
}
