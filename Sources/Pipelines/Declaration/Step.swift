package import Foundation
package import JSON

/// One thing to be done with each document, or with all of them (``Action-swift.enum/reduce(_:)``).
package struct Step: Hashable, Sendable {
  /// Unique in the declaration; a letter, then letters, digits, `_` or `-`.
  package var id: String
  package var action: Action
  /// Steps whose results this one is given, in the order written; all of them stand before it.
  package var from: [String]
  /// `where`: the step runs only where this holds. Nil runs it always.
  package var condition: Expression?
  /// How often an answer that is not valid is asked for, at least 1.
  package var attempts: Int

  package enum Action: Hashable, Sendable {
    /// The fields of a JSON Schema, each with its quote.
    case extract(Extract)
    case summarize(Length)
    /// Attendees, topics, decisions and actions of a transcript.
    case minutes
    /// Questions to a model that writes, answered in the shape of a JSON Schema.
    case ask(Ask)
    /// One label, or several, of a closed list.
    case classify(Classify)
    /// Steps that stand `from` a filter run only on documents for which the expression holds.
    case filter(Expression)
    /// One text over the results of many documents.
    case reduce(Reduce)
  }

  package struct Extract: Hashable, Sendable {
    package var schema: SchemaFile
    package var evidence: EvidenceRule
  }

  package struct Ask: Hashable, Sendable {
    package var schema: SchemaFile
    package var evidence: EvidenceRule
    /// Said to the model before the schema's own descriptions.
    package var instructions: String?
  }

  package struct Classify: Hashable, Sendable {
    /// At least two, each name once.
    package var labels: [Label]
    /// Whether a document may have more than one label, or none.
    package var multiple: Bool
    package var instructions: String?

    package struct Label: Hashable, Sendable {
      package var name: String
      /// What the label stands for, in words.
      package var description: String?
      /// By what a model that only marks words chooses it: a label of the checkpoint, a regular expression
      /// over sentences.
      package var tag: String?
      package var pattern: String?
    }
  }

  package struct Reduce: Hashable, Sendable {
    /// Documents for which this has the same value are reduced together; nil reduces all at once.
    package var groupBy: Expression?
    package var length: Length
    package var instructions: String?
  }

  /// How long a summary is to be.
  package enum Length: Hashable, Sendable {
    /// At most this many words.
    case words(Int)
    /// At most this many sentences.
    case sentences(Int)
    /// At most this part of the document's words, above 0 and below 1.
    case share(Double)
  }

  package enum EvidenceRule: String, CaseIterable, Hashable, Sendable {
    /// A value without a quote that is found in the text is `unsupported`, not an answer.
    case required
    /// A value may stand without a quote, and says so.
    case optional
  }

  /// A JSON Schema beside the declaration, read when the declaration was.
  package struct SchemaFile: Hashable, Sendable {
    package var file: URL
    package var bytes: [UInt8]
    package var value: JSONValue
    /// SHA-256 of ``bytes``, 64 hexadecimal digits.
    package var sha256: String
    /// ``file`` as a user would write it who wrote the declaration's path: for messages.
    var shown: URL

    var dialect: JSONValue.Dialect { Self.dialect(of: file) }
    static func dialect(of file: URL) -> JSONValue.Dialect {
      file.pathExtension == "json5" ? .json5 : .json
    }
  }

  /// The steps that must be finished first: ``from``, and those that an expression mentions.
  package var dependencies: [String] {
    var seen = Set<String>()
    return (from + expressions.flatMap(\.roots)).filter {
      $0 != Expression.documentRoot && seen.insert($0).inserted
    }
  }

  /// The expressions of the step, wherever they stand.
  var expressions: [Expression] {
    var all: [Expression] = []
    if let condition { all.append(condition) }
    switch action {
    case .filter(let expression): all.append(expression)
    case .reduce(let reduce): if let groupBy = reduce.groupBy { all.append(groupBy) }
    default: break
    }
    return all
  }

  /// The word the file uses: `extract`, `summarize`, …
  package var kind: String {
    switch action {
    case .extract: "extract"
    case .summarize: "summarize"
    case .minutes: "minutes"
    case .ask: "ask"
    case .classify: "classify"
    case .filter: "filter"
    case .reduce: "reduce"
    }
  }

  /// Field → `title` of its schema, for people; empty where the step asks for no fields.
  var fieldTitles: JSONObject {
    let schema: JSONValue
    switch action {
    case .extract(let extract): schema = extract.schema.value
    case .ask(let ask): schema = ask.schema.value
    case .summarize, .minutes, .classify, .filter, .reduce: return JSONObject()
    }
    var titles = JSONObject()
    for (name, property) in schema["properties"]?.object?.members ?? JSONObject().members {
      if case .string? = property["title"] { titles[name] = property["title"] }
    }
    return titles
  }
}
