import Foundation
import Outputs

/// What four regular expressions find of the values of an NDA: the baseline beside Docket's answers.
enum NDAPatterns {
  static func values(_ text: String) -> [String: [String]] {
    var values: [String: [String]] = [:]
    let start = String(text.prefix(3000))
    if let law = first(law, in: text) { values["jurisdiction"] = [law] }
    if let date = DateParser.dates(in: start).first(where: { $0.date.day != nil }) {
      values["effective_date"] = [date.date.iso]
    }
    if let words = first(term, in: text),
      let duration = DurationParser.durations(in: words).first?.duration, duration.months > 0
    {
      let isYears = duration.months % 12 == 0 && !words.lowercased().contains("month")
      let count = isYears ? duration.months / 12 : duration.months
      values["term"] = ["\(count) \(isYears ? "year" : "month")\(count == 1 ? "" : "s")"]
    }
    var names: [String] = []
    for name in all(party, in: start) where !names.contains(name) { names.append(name) }
    if !names.isEmpty { values["party"] = names.map(NDAValues.name) }
    return values
  }

  private static let law =
    #"laws?\s+of\s+(?:the\s+)?(?:(?:State|Commonwealth|Province)\s+of\s+)?([A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)"#
  private static let term =
    #"((?:\w+\s+)?\(?\d+\)?\s+(?:years?|months?)|(?:one|two|three|four|five|six|seven|ten)\s+years?)\s+(?:from|after|following)"#
  private static let party =
    #"(?:between|and|among)\s+([A-Z][\w&'’.-]*(?:\s+[A-Z&][\w&'’.-]*){0,5},?\s+(?:Inc|LLC|L\.L\.C|Corp|Corporation|Ltd|Limited|L\.P|Company)\b\.?)"#

  private static func first(_ pattern: String, in text: String) -> String? {
    all(pattern, in: text).first
  }

  private static func all(_ pattern: String, in text: String) -> [String] {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
    let whole = NSRange(location: 0, length: text.utf16.count)
    return expression.matches(in: text, range: whole).compactMap { match in
      Range(match.range(at: 1), in: text).map {
        text[$0].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      }
    }
  }
}
