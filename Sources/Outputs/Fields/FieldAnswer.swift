package import JSON

/// What was found, or not found, for one field of a schema.
package struct FieldAnswer: Hashable, Sendable {
  package var name: String
  package var status: Status
  /// Validates against the property's own schema; null unless `found` (or an `absent` boolean: false).
  package var value: JSONValue
  /// The source's own words for the value; nil where there are none.
  package var raw: String?
  /// UTF-8 ranges in the extracted text, in text order.
  package var evidence: [Range<Int>]
  package var alternatives: [Alternative]
  /// The probability, by calibration, that the best candidate is an answer (of `absent`: that
  /// there is none); 0…1.
  package var confidence: Double
  /// Everything considered for the field, best first.
  package var candidates: [SpanCandidate]
  /// Whether the declaration lets the value stand without a quote.
  package var mayLackEvidence = false
  /// Whether the words count business days, which the value has as days.
  package var countsBusinessDays = false
  /// Of an `unsupported` one: what is missing, where that is known.
  package var gap: Gap?

  package enum Gap: Hashable, Sendable {
    /// The words use a term whose definition leaves blank what it stands for.
    case blankTerm
    /// The words say how long, and the document has no date to count from.
    case noDateToCountFrom
  }

  package enum Status: String, Hashable, Sendable {
    case found
    /// Nothing found, and the whole document was read.
    case absent
    /// Words were found, but no value of the declared kind could be made of them.
    case unsupported
    /// Nothing found, but not all of the document was read.
    case notRead
  }

  package struct Alternative: Hashable, Sendable {
    package var value: JSONValue
    package var raw: String?
    /// UTF-8 ranges in the extracted text, in text order.
    package var evidence: [Range<Int>]
    package var confidence: Double
  }
}

/// A stretch of text that may answer a field.
package struct SpanCandidate: Hashable, Sendable {
  /// UTF-8 offsets in the extracted text.
  package var range: Range<Int>
  /// The probability, by calibration, that it is an answer; 0…1.
  package var score: Double
}
