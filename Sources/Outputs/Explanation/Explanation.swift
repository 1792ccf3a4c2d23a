package import JSON

/// What an output itself says about one of its values: where it comes from and what made it.
package struct Explanation: Sendable {
  package let envelope: JSONValue
  /// The statement that was asked for, or the one around the value that was.
  package var statement: Statement
  /// The whole entry of the output.
  package var entry: JSONValue
  package var evidence: [(id: String, value: JSONValue)]
  /// `0.00` to `1.00`, where the output has one.
  package var confidence: String?
  /// The output's warnings about the entry, without its confidence.
  package var warnings: [String]

  package init(of statement: Statement, in envelope: JSONValue) {
    self.envelope = envelope
    self.statement = statement
    entry = envelope[pointer: statement.pointer] ?? .null
    evidence = statement.evidence.compactMap { id in
      envelope["evidence"]?[id].map { (id, $0) }
    }
    warnings = []
    for warning in envelope["warnings"]?.array ?? [] {
      guard let at = warning["at"]?.string.flatMap({ JSONPointer($0) }),
        let message = warning["message"]?.string, statement.pointer.isWithin(at)
      else { continue }
      if warning["code"]?.string == Warning.confidenceCode {
        if at == statement.pointer { confidence = message }
      } else {
        warnings.append(message)
      }
    }
  }

  /// What a pointer leads to.
  package enum Target {
    /// One statement, or something within it.
    case statement(Statement)
    /// A part of the output with several statements below it.
    case several([Statement])
    /// An entry of the evidence, and the statements that cite it.
    case evidence(id: String, citedBy: [Statement])
    /// A part that no statement is made of: what was read, what made it.
    case other(JSONValue)
  }

  /// Why a pointer leads nowhere.
  package struct NoSuchPlace: Error, CustomStringConvertible {
    /// One sentence: what is missing where.
    package var description: String
    /// The keys that are there instead.
    package var known: [String]
    /// The key that is not.
    package var unknown: String
  }

  /// Finds what was asked for: a JSON Pointer, or the name of a field alone.
  package static func target(
    _ words: String, in envelope: JSONValue
  ) throws(NoSuchPlace) -> Target {
    let pointer = try pointer(words, in: envelope)
    let statements = Statement.all(of: envelope)
    if pointer.tokens.count >= 2, pointer.tokens[0] == "evidence" {
      let id = pointer.tokens[1]
      return .evidence(id: id, citedBy: statements.filter { $0.evidence.contains(id) })
    }
    if let around = statements.filter({ pointer.isWithin($0.pointer) })
      .max(by: { $0.pointer.tokens.count < $1.pointer.tokens.count })
    {
      return .statement(around)
    }
    let below = statements.filter { $0.pointer.isWithin(pointer) }
    return below.isEmpty ? .other(envelope[pointer: pointer] ?? .null) : .several(below)
  }

  private static func pointer(
    _ words: String, in envelope: JSONValue
  ) throws(NoSuchPlace) -> JSONPointer {
    guard let pointer = JSONPointer(words) else {
      for parents in [["data", "fields"], ["data"]] {
        if envelope[pointer: JSONPointer(parents)]?[token: words] != nil {
          return JSONPointer(parents + [words])
        }
      }
      let fields = envelope["data"]?["fields"]?.object?.keys
      let known = fields ?? envelope["data"]?.object?.keys ?? []
      throw NoSuchPlace(
        description: words.contains("~")
          ? "“\(words)” is no JSON Pointer: “~” is written ~0, and “/” within a name ~1"
          : "“\(words)” is neither a JSON Pointer, which begins with “/”, nor "
            + (fields == nil ? "a part of the output's data" : "one of the output's fields"),
        known: known, unknown: words)
    }
    var value = envelope
    var place = JSONPointer([])
    for token in pointer.tokens {
      guard let next = value[token: token] else {
        let name = place.tokens.isEmpty ? "the output" : "\(place)"
        switch value {
        case .object(let object):
          throw NoSuchPlace(
            description: "\(name) has no “\(token)”", known: object.keys, unknown: token)
        case .array(let array):
          throw NoSuchPlace(
            description: array.isEmpty
              ? "\(name) is an empty list"
              : "\(name) is a list with the elements 0 to \(array.count - 1), and has no “\(token)”",
            known: [], unknown: token)
        default:
          throw NoSuchPlace(
            description: "\(name) has nothing below it", known: [], unknown: token)
        }
      }
      value = next
      place = place.appending(token)
    }
    return pointer
  }
}
