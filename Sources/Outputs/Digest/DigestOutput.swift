package import JSON

/// One text over the results of many documents, as it stands in a file.
///
/// The shape is that of a document's output where the two have something in common: `points` with
/// evidence, an `abstract` made of them. Evidence names the document it is from in `source`.
package struct DigestOutput: Sendable {
  /// A document whose results went in.
  package struct Source: Hashable, Sendable {
    package var path: String
    package var sha256: String
    /// The results, relative to the output folder, and their keys: a key stands for all that a result depends
    /// on, and outlives a file that is made anew.
    package var results: [(path: String, key: String)]

    package init(path: String, sha256: String, results: [(path: String, key: String)]) {
      self.path = path
      self.sha256 = sha256
      self.results = results
    }

    package static func == (first: Source, second: Source) -> Bool { first.json == second.json }
    package func hash(into hasher: inout Hasher) { hasher.combine(json) }

    package var json: JSONValue {
      [
        "path": .string(path), "sha256": .string(sha256),
        "results": .array(
          results.map { ["path": .string($0.path), "key": .string($0.key)] }),
      ]
    }
  }

  /// A document that should have gone in and could not.
  package struct Missing: Hashable, Sendable {
    package var path: String
    package var reason: String

    package init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }

    package var json: JSONValue { ["path": .string(path), "reason": .string(reason)] }
  }

  package var produced: Produced
  /// What the documents have in common; nil where all were reduced together.
  package var group: JSONValue?
  package var sources: [Source]
  package var missing: [Missing]
  package var content: Contents

  /// The points of a digest, and the warnings about them.
  package struct Contents: Sendable {
    package var points: [(text: String, statements: [DigestInput.Statement])]
    package var warnings: [Warning]
  }

  package init(
    produced: Produced, group: JSONValue?, sources: [Source], missing: [Missing],
    content: Contents
  ) {
    self.produced = produced
    self.group = group
    self.sources = sources
    self.missing = missing
    self.content = content
  }

  package var isComplete: Bool { missing.isEmpty }

  package var json: JSONValue {
    var evidence = JSONObject()
    var ids: [JSONValue: String] = [:]
    let points = content.points.map { point -> JSONValue in
      var cited: [JSONValue] = []
      for statement in point.statements {
        for proof in statement.evidence {
          var object = proof.object ?? JSONObject()
          object["source"] = .string(statement.path)
          let entry = JSONValue.object(object)
          let id = ids[entry] ?? "e\(ids.count + 1)"
          ids[entry] = id
          evidence[id] = entry
          if !cited.contains(.string(id)) { cited.append(.string(id)) }
        }
      }
      return ["text": .string(point.text), "evidence": .array(cited)]
    }
    var warnings = content.warnings
    for missing in missing {
      warnings.append(Warning("not-included", "\(missing.path): \(missing.reason)"))
    }
    return [
      "format": 1, "kind": "digest", "status": isComplete ? "complete" : "partial",
      "group": group ?? .null, "produced": produced.json,
      "sources": .array(sources.map(\.json)),
      "coverage": [
        "documentsTotal": .integer(sources.count + missing.count),
        "documentsRead": .integer(sources.count), "skipped": .array(missing.map(\.json)),
      ],
      "warnings": .array(warnings.map(\.json)), "evidence": .object(evidence),
      "data": [
        "abstract": .string(content.points.map(\.text).joined(separator: " ")),
        "points": .array(points),
      ],
    ]
  }

  package var fileBytes: [UInt8] { Envelope.fileBytes(of: json) }
}

// MARK: What the points are

extension DigestOutput.Contents {
  package static var none: Self { Self(points: [], warnings: []) }

  /// The most telling statements, word for word.
  package static func chosen(from input: DigestInput, words: Int?, most: Int?) -> Self {
    let chosen = DigestSelection.choose(input.statements.map(\.text), words: words, most: most)
    return Self(
      points: chosen.map { (input.statements[$0].text, [input.statements[$0]]) }, warnings: [])
  }

  /// The shape of an answer about `count` numbered statements.
  package static func answerSchema(count: Int, most: Int?) -> JSONValue {
    var points: JSONObject = [
      "type": "array",
      "items": .shape([
        (
          "cites",
          [
            "type": "array",
            "items": ["type": "integer", "minimum": 1, "maximum": .integer(count)],
            "minItems": 1, "maxItems": 8,
          ]
        ), ("text", ["type": "string", "minLength": 1]),
      ]), "minItems": 1,
    ]
    if let most { points["maxItems"] = .integer(most) }
    return .shape([("points", .object(points))])
  }

  /// What a model wrote about numbered statements (from 1). A point that cites none is left out.
  package static func written(_ reply: JSONValue, about statements: [DigestInput.Statement]) -> Self
  {
    var points: [(String, [DigestInput.Statement])] = []
    var dropped = 0
    for point in reply["points"]?.array ?? [] {
      let text = WrittenText.oneLine(point["text"]?.string ?? "")
      var cited: [DigestInput.Statement] = []
      for number in (point["cites"]?.array ?? []).compactMap(\.integer)
      where statements.indices.contains(number - 1) && !cited.contains(statements[number - 1]) {
        cited.append(statements[number - 1])
      }
      guard !text.isEmpty, !cited.isEmpty else {
        dropped += 1
        continue
      }
      points.append((text, cited))
    }
    var warnings: [Warning] = points.isEmpty ? [] : [WrittenText.warning(at: "/data/points")]
    warnings += WrittenText.droppedWarning(dropped, "points", at: "/data/points")
    return Self(points: points, warnings: warnings)
  }

  package static func + (first: Self, second: Self) -> Self {
    var warnings = first.warnings
    for warning in second.warnings where !warnings.contains(warning) { warnings.append(warning) }
    return Self(points: first.points + second.points, warnings: warnings)
  }
}
