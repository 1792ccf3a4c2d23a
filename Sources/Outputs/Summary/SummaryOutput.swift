import Documents
import JSON

extension Summary {
  /// The summary in the shape of the output format: each point is a sentence of the source, with
  /// its evidence; the abstract is made of points.
  package func content(_ grounding: Grounding) -> OutputContent {
    var evidence = EvidenceTable()
    var warnings: [Warning] = []
    let text = grounding.text
    let points = points.map { point -> JSONValue in
      var object: JSONObject = [
        "text": .string(String(text[point.range])),
        "evidence": evidence.ids(of: [grounding.evidence(at: point.range)]),
      ]
      if let heading = point.heading { object["topic"] = .string(String(text[heading])) }
      return .object(object)
    }
    if points.isEmpty {
      warnings.append(
        Warning(
          "nothing-to-summarise",
          "The document has no sentence of prose that could stand in a summary.", at: "/data/points"
        ))
    }
    if !usedModel {
      warnings.append(
        Warning(
          "no-model",
          "Sentences were ranked by words and position alone: the checkpoint has no label for them.",
          at: "/data/points"))
    }
    var data: JSONObject = [
      "title": .optional(title),
      "abstract": .string(abstract.map { String(text[$0.range]) }.joined(separator: " ")),
      "points": .array(points),
    ]
    if let language { data["language"] = .string(language) }
    return OutputContent(data: .object(data), evidence: evidence, warnings: warnings)
  }
}
