internal import Documents
package import JSON

/// Asks a model that writes for the fields of a schema, and makes answers of what it says.
///
/// The model gives quotes. Where the words of a quote decide the value (dates, amounts, durations,
/// parties, text), the value is made of the words by the same rules as for a model that tags, so
/// that nothing is taken on trust; other values are the model's, held to the field's own schema.
package struct FieldQuestions: Sendable {
  package let schema: FieldSchema
  /// The schema as declared, where the fields' `$ref`s lead.
  private let declared: QuestionReferences
  /// Whether values are asked for also where quotes could decide them: any question, any schema.
  private let asksForValues: Bool
  /// Whether a value may stand without a quote.
  private let quotesAreOptional: Bool
  /// Whether "the document does not say" is an answer.
  private let allowsAbsence: Bool

  /// The most quotes asked for a field.
  private static let mostQuotes = 4

  package init(
    _ schema: FieldSchema, declared: JSONValue, asksForValues: Bool,
    quotesAreOptional: Bool = false, allowsAbsence: Bool = true
  ) {
    self.schema = schema
    self.declared = QuestionReferences(declared)
    self.asksForValues = asksForValues
    self.quotesAreOptional = quotesAreOptional
    self.allowsAbsence = allowsAbsence
  }

  // MARK: Asking

  /// The shape of the answer about some of the fields: a member a field.
  package func answerSchema(for fields: [FieldSchema.Field]) -> JSONValue {
    declared.resolving(
      .shape(fields.map { ($0.name, Self.optional(shape(of: $0), allowsAbsence)) }))
  }

  private static func optional(_ schema: JSONValue, _ isOptional: Bool) -> JSONValue {
    isOptional ? .orNull(schema) : schema
  }

  private func shape(of field: FieldSchema.Field) -> JSONValue {
    let atLeast = quotesAreOptional || !field.requiresEvidence ? 0 : 1
    let quotes = Quoting.schema(atLeast: atLeast, atMost: Self.mostQuotes)
    guard needsValue(field) else { return .shape([("quotes", quotes)]) }
    return .shape([("quotes", quotes), ("value", QuestionReferences.plain(field.schema))])
  }

  private func needsValue(_ field: FieldSchema.Field) -> Bool {
    asksForValues || !field.isMadeOfWords
  }

  // MARK: Answering

  /// The answers, in the schema's order.
  ///
  /// - Parameter replies: what the model said of each part of the document in turn.
  package func answers(_ replies: [JSONObject], quoting: Quoting) -> [FieldAnswer] {
    var spans: [String: [Range<Int>]] = [:]
    var given: [String: FieldAnswer] = [:]
    for field in schema.fields {
      let said = replies.compactMap { $0[field.name] }.filter { !$0.isNull }
      if needsValue(field) {
        given[field.name] = answer(to: field, said, quoting)
      } else {
        let quotes = said.flatMap(Quoting.quotes)
        let ranges = quoting.ranges(of: quotes)
        spans[field.name] = ranges
        if ranges.isEmpty, !quotes.isEmpty {
          given[field.name] = Self.unsupported(field, raw: Self.joined(quotes), [])
        }
      }
    }
    let made = FieldExtractor(schema: schema).answers(text: quoting.grounding.text, spans: spans)
    return made.map { answer in
      if let answer = given[answer.name] { return answer }
      guard answer.status == .found,
        let field = schema.fields.first(where: { $0.name == answer.name }),
        !schema.accepts(answer.value, for: field.name)
      else { return answer }
      return Self.unsupported(field, raw: answer.raw, answer.evidence)
    }
  }

  /// An answer whose value the model gave.
  private func answer(to field: FieldSchema.Field, _ said: [JSONValue], _ quoting: Quoting)
    -> FieldAnswer
  {
    var found: [(value: JSONValue, raw: String, evidence: [Range<Int>])] = []
    var unsupported: FieldAnswer?
    for reply in said {
      guard let value = reply["value"] else { continue }
      var quotes = Quoting.quotes(in: reply)
      quotes += Self.boundStrings(in: value, field.schema)
      let ranges = quoting.ranges(of: quotes)
      let raw = ranges.map { String(quoting.grounding.text[$0]) }.joined(separator: "; ")
      guard schema.accepts(value, for: field.name), !ranges.isEmpty || mayStandAlone(field) else {
        unsupported =
          unsupported
          ?? Self.unsupported(
            field, raw: ranges.isEmpty ? Self.joined(quotes) : raw, ranges)
        continue
      }
      found.append((value, raw, ranges))
    }
    guard let best = found.first else {
      return unsupported
        ?? FieldAnswer(
          name: field.name, status: .absent,
          value: field.normalization == .boolean ? .bool(false) : .null, raw: nil, evidence: [],
          alternatives: [], confidence: 0, candidates: [])
    }
    return FieldAnswer(
      name: field.name, status: .found, value: best.value,
      raw: best.raw.isEmpty ? nil : best.raw, evidence: best.evidence,
      alternatives: found.dropFirst().filter { $0.value != best.value && !$0.evidence.isEmpty }.map
      {
        .init(value: $0.value, raw: $0.raw, evidence: $0.evidence, confidence: 0)
      }, confidence: 0, candidates: [], mayLackEvidence: mayStandAlone(field))
  }

  /// Nil where nothing was quoted.
  private static func joined(_ quotes: [String]) -> String? {
    quotes.isEmpty ? nil : quotes.joined(separator: "; ")
  }

  private func mayStandAlone(_ field: FieldSchema.Field) -> Bool {
    quotesAreOptional || !field.requiresEvidence
  }

  private static func unsupported(
    _ field: FieldSchema.Field, raw: String?, _ evidence: [Range<Int>]
  )
    -> FieldAnswer
  {
    FieldAnswer(
      name: field.name, status: .unsupported, value: .null, raw: raw, evidence: evidence,
      alternatives: [], confidence: 0, candidates: [])
  }

  /// The strings of a value that the field's schema wants to be words of the document.
  private static func boundStrings(in value: JSONValue, _ schema: JSONValue) -> [String] {
    switch value {
    case .string(let string):
      schema["x-evidence"]?.string == "required" && schema["type"]?.string == "string"
        ? [string] : []
    case .array(let array): array.flatMap { boundStrings(in: $0, schema["items"] ?? [:]) }
    case .object(let object):
      object.members.flatMap { boundStrings(in: $1, schema["properties"]?[$0] ?? [:]) }
    default: []
    }
  }
}

extension FieldSchema.Field {
  /// Whether the value is what the quoted words say, by rules.
  var isMadeOfWords: Bool {
    switch normalization {
    case .date, .endDate, .duration, .term, .noticePeriod, .money, .cap, .number, .parties,
      .jurisdiction:
      true
    case .boolean: false
    case .text:
      // A string that its schema says nothing about but its length.
      (schema["type"] == nil || schema["type"]?.string == "string"
        || schema["type"]?.array.map { Set($0) == ["string", "null"] } ?? false)
        && (schema.object?.keys ?? []).allSatisfy {
          $0.hasPrefix("x-")
            || ["type", "title", "description", "minLength", "maxLength", "examples"].contains($0)
        }
    }
  }
}
