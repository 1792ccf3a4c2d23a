import JSON

/// The answers for the fields of a schema, in the shape of the output format.
package enum FieldsOutput {
  /// - Parameters:
  ///   - schemaName, schemaSha256: the user's schema, as declared.
  ///   - isWhole: whether all of the document was read; where not, nothing can be `absent`.
  ///   - statesConfidence: whether the answers' confidence is calibrated, and so worth stating.
  package static func content(
    _ answers: [FieldAnswer], schemaName: String, schemaSha256: String, grounding: Grounding,
    isWhole: Bool, statesConfidence: Bool = true
  ) -> OutputContent {
    var evidence = EvidenceTable()
    var warnings: [Warning] = []
    var fields = JSONObject()
    func ids(_ ranges: [Range<Int>]) -> JSONValue {
      evidence.ids(
        of: ranges.filter { !grounding.trimmed($0).isEmpty }.map { grounding.evidence(at: $0) })
    }
    for answer in answers {
      let pointer = "/data/fields/" + jsonPointerToken(answer.name)
      var status = answer.status
      var value = answer.value
      let proof = ids(answer.evidence)
      if status == .absent, !isWhole {
        status = .notRead
        value = nil
      }
      if status == .found, proof.array?.isEmpty ?? true {
        if answer.mayLackEvidence {
          warnings.append(
            Warning(
              Warning.noQuoteCode,
              "The value stands without a quote from the document, as the declaration allows.",
              at: pointer))
        } else {
          // A value that nothing in the source shows is not an answer.
          status = .unsupported
          value = nil
        }
      }
      var object: JSONObject = [
        "status": .string(status.rawValue), "value": value, "evidence": proof,
      ]
      if let raw = answer.raw { object["raw"] = .string(raw) }
      if !answer.alternatives.isEmpty {
        object["alternatives"] = .array(
          answer.alternatives.map { alternative in
            var object: JSONObject = [
              "value": alternative.value, "evidence": ids(alternative.evidence),
            ]
            if let raw = alternative.raw { object["raw"] = .string(raw) }
            return .object(object)
          })
      }
      fields[answer.name] = .object(object)
      if status == .unsupported {
        warnings.append(
          Warning(
            "unsupported", whyUnsupported(answer, hasProof: !(proof.array?.isEmpty ?? true)),
            at: pointer))
      }
      if status == .found, answer.countsBusinessDays {
        warnings.append(
          Warning(
            "business-days",
            "The words count business days; the value has their number as days.", at: pointer))
      }
      if status == .found, statesConfidence {
        // The format has no place for it within a field.
        warnings.append(
          Warning(Warning.confidenceCode, Self.confidence(answer.confidence), at: pointer))
      }
    }
    return OutputContent(
      data: [
        "schema": ["name": .string(schemaName), "sha256": .string(schemaSha256)],
        "fields": .object(fields),
      ], evidence: evidence, warnings: warnings)
  }

  private static func whyUnsupported(_ answer: FieldAnswer, hasProof: Bool) -> String {
    if hasProof {
      switch answer.gap {
      case .blankTerm:
        "The words found for “\(answer.name)” use a term whose definition is left blank in the document."
      case .noDateToCountFrom:
        "The words found for “\(answer.name)” say how long, but no date was found to count from."
      case nil:
        "Words were found for “\(answer.name)”, but no value that its schema allows can be made of them."
      }
    } else if answer.raw != nil {
      "The words quoted for “\(answer.name)” do not stand in the document."
    } else {
      "A value was given for “\(answer.name)”, but no words of the document that show it."
    }
  }

  /// Two decimals, `0.00` to `1.00`.
  package static func confidence(_ value: Double) -> String {
    let hundredths = Int((min(max(value, 0), 1) * 100).rounded())
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }
}

extension Warning {
  /// The code of notes that carry a found value's confidence as their message, `0.00` to `1.00`:
  /// not a cause for alarm, and left out where warnings are counted.
  package static let confidenceCode = "confidence"

  /// The code of the note that a value stands without a quote.
  package static let noQuoteCode = "no-quote"
}
