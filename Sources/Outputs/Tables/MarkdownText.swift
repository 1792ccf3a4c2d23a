import JSON

/// What the Markdown files share.
enum MarkdownText {
  /// Text that Markdown shows as it is, on one line.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>#|".contains(character) { result.append("\\") }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }

  /// Lines that say which file it is about, and whether all of it could be read.
  static func source(of envelope: JSONValue) -> [String] {
    var lines = ["- **Source:** \(escaped(envelope["source"]?["path"]?.string ?? ""))"]
    if envelope["status"]?.string != "complete" {
      lines.append("- **Not all of the source could be read;** see the notes at the end.")
    }
    return lines
  }

  /// The warnings as a section, with an empty line before it; nothing where there are none.
  static func notes(of envelope: JSONValue) -> [String] {
    let warnings = envelope["warnings"]?.array ?? []
    guard !warnings.isEmpty else { return [] }
    return ["", "## Notes", ""]
      + warnings.map { "- \(escaped($0["message"]?.string ?? ""))" }
  }
}
