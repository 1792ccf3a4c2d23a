package import Documents
package import JSON

/// Asks a model that writes for a summary in which each sentence names the words it rests on.
package enum SummaryQuestion {
  /// The shape of the answer.
  ///
  /// - Parameter most: the most sentences; nil leaves it to the model.
  package static func answerSchema(most: Int?) -> JSONValue {
    var points: JSONObject = [
      "type": "array",
      "items": .shape([
        ("quotes", Quoting.schema(atLeast: 1, atMost: 3)),
        ("text", ["type": "string", "minLength": 1]),
      ]), "minItems": 1,
    ]
    if let most { points["maxItems"] = .integer(most) }
    return .shape([("points", .object(points))])
  }

  /// The summary in the shape of the output format. A sentence none of whose quotes stands in the
  /// document is left out, and the warnings count it.
  ///
  /// - Parameters:
  ///   - replies: what the model said of each part of the document in turn.
  ///   - words: the most words that were asked for.
  package static func content(
    _ replies: [JSONValue], of document: Document, quoting: Quoting, words: Int?
  ) -> OutputContent {
    let text = quoting.grounding.text
    let extract = Summary(of: document, text: text, scores: nil, length: .sentences(1))
    var evidence = EvidenceTable()
    var warnings: [Warning] = []
    var points: [JSONValue] = []
    var texts: [String] = []
    var dropped = 0
    for point in replies.flatMap({ $0["points"]?.array ?? [] }) {
      let ranges = quoting.ranges(of: Quoting.quotes(in: point))
      let words = WrittenText.oneLine(point["text"]?.string ?? "")
      guard !ranges.isEmpty, !words.isEmpty else {
        dropped += 1
        continue
      }
      texts.append(words)
      points.append([
        "text": .string(words),
        "evidence": evidence.ids(of: ranges.map { quoting.grounding.evidence(at: $0) }),
      ])
    }
    if !points.isEmpty { warnings.append(WrittenText.warning(at: "/data/points")) }
    warnings += WrittenText.droppedWarning(dropped, "points", at: "/data/points")
    let count = texts.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
    if let words, count > words {
      warnings.append(
        Warning(
          "over-length", "The summary has \(count) words; \(words) were asked for.",
          at: "/data/abstract"))
    }
    var data: JSONObject = [
      "title": .optional(extract.title), "abstract": .string(texts.joined(separator: " ")),
      "points": .array(points),
    ]
    if let language = extract.language { data["language"] = .string(language) }
    return OutputContent(data: .object(data), evidence: evidence, warnings: warnings)
  }
}

/// What is said about text that a model wrote itself.
package enum WrittenText {
  /// The code of the warning that a list's texts are the model's own words: each entry of it rests on
  /// quotes, but is none.
  package static let code = "written"

  static func warning(at pointer: String) -> Warning {
    Warning(
      code, "The texts are the model's own words; the quotes of each are from the document.",
      at: pointer)
  }

  static func droppedWarning(_ count: Int, _ what: String, at pointer: String) -> [Warning] {
    guard count > 0 else { return [] }
    return [
      Warning(
        "unsupported-point",
        "\(count) \(what) of the answer rested on no words of the document and were left out.",
        at: pointer)
    ]
  }

  /// Without line breaks and control characters, white space joined.
  static func oneLine(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    return String(scalars).split(separator: " ").joined(separator: " ")
  }
}
