import Contexts
import Documents
import JSON
import Outputs

/// The four values of the Kleister NDA task, from the contract fields.
struct NDAValues {
  var values: [String: [String]] = [:]

  init(answers: [FieldAnswer], text: ExtractedText) {
    let byName = Dictionary(answers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let parties = byName["parties"]?.value.array ?? []
    values["party"] = parties.compactMap { $0["name"]?.string }.map(Self.name)
    for name in ["effectiveDate", "agreementDate"] {
      if let date = byName[name]?.value.string, date.utf8.count == 10,
        values["effective_date"] == nil
      {
        values["effective_date"] = [date]
      }
    }
    if let law = byName["governingLaw"]?.value.string {
      values["jurisdiction"] = [String(law.split(separator: ",")[0])]
    }
    if let term = Self.term(byName, text) { values["term"] = [term] }
  }

  /// A name as the data set writes names: no commas, `and` for `&`, `Inc.` and `Ltd.` for the long forms.
  static func name(_ name: String) -> String {
    name.replacing(",", with: "").replacing(" .", with: ".").split(separator: " ").map { word in
      switch word.lowercased() {
      case "&": "and"
      case "incorporated", "inc": "Inc."
      case "limited", "ltd": "Ltd."
      default: String(word)
      }
    }.joined(separator: " ")
  }

  /// How long the agreement or its duties last, as `2 years`.
  private static func term(_ answers: [String: FieldAnswer], _ text: ExtractedText) -> String? {
    for candidate in answers["expirationDate"]?.candidates.prefix(3) ?? []
    where candidate.score > 0.15 {
      let words = String(text[candidate.range])
      // A few days are a notice's, or those in which somebody may revoke.
      let lengths = DurationParser.durations(in: words) + DurationParser.anniversaries(in: words)
      guard let duration = (lengths.first { $0.duration.months > 0 } ?? lengths.first)?.duration,
        duration.months > 0 || duration.days >= 60
      else { continue }
      let inMonths = words.lowercased().contains("month")
      if duration.months > 0, duration.months % 12 == 0, !inMonths {
        return "\(duration.months / 12) year\(duration.months == 12 ? "" : "s")"
      }
      if duration.months > 0 { return "\(duration.months) month\(duration.months == 1 ? "" : "s")" }
      if duration.days > 0 { return "\(duration.days) day\(duration.days == 1 ? "" : "s")" }
    }
    return nil
  }
}
