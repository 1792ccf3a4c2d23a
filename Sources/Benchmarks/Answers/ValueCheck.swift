import JSON
import Outputs

/// Whether a value says what the annotators of CUAD wrote in their own form (`7/11/06`, `successive 1
/// year`, `Ontario, Canada`, `Yes`).
struct ValueCheck {
  let field: FieldSchema.Field
  let gold: [JSONValue]

  /// Nil where the annotators' answer cannot be compared.
  func isRight(_ value: JSONValue) -> Bool? {
    let answers = gold.compactMap(\.string)
    let text = answers.joined(separator: "; ")
    switch field.normalization {
    case .boolean:
      return value.bool == true && answers.contains("Yes")
    case .date, .endDate:
      guard let iso = value.string else { return false }
      let dates = DateParser.dates(in: text).map(\.date.iso)
      if dates.isEmpty, !text.isEmpty, !text.lowercased().contains("perpetual") {
        return text.contains("[") ? nil : false
      }
      return dates.contains(iso) || (iso == "perpetual" && text.lowercased().contains(iso))
    case .duration, .noticePeriod:
      guard let iso = value.string else { return false }
      let durations = DurationParser.durations(in: text.replacing(")", with: "")).map(
        \.duration.iso)
      if durations.isEmpty {
        if text.lowercased().contains("perpetual") { return iso == "perpetual" }
        // Warranties are answered with yes or no only.
        if answers.contains("Yes") { return nil }
        return text.isEmpty || answers.contains("No") ? false : nil
      }
      return durations.contains(iso)
    case .jurisdiction:
      guard let name = value.string else { return false }
      let names = JurisdictionParser.jurisdictions(in: text).map(\.name)
      return names.isEmpty ? (text.isEmpty ? false : nil) : names.contains(name)
    case .text:
      guard let own = value.string else { return false }
      let words = SpanScores.Span.words(of: own)
      return answers.contains { answer in
        let other = SpanScores.Span.words(of: answer)
        return 2 * words.intersection(other).count >= words.union(other).count
      }
    case .parties:
      // Half of the names and terms of either side stand on the other one.
      let own = Set(
        (value.array ?? []).compactMap { $0["name"]?.string?.lowercased().filter(\.isLetter) })
      let wanted = text.lowercased().filter { $0.isLetter || $0 == ";" }
      let right = own.count { wanted.contains($0) }
      let parts = wanted.split(separator: ";").count
      return 2 * right >= max(own.count, min(parts, 2))
    case .money, .cap, .number, .term:
      return nil
    }
  }
}
