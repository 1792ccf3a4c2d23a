import Documents
import Inference
import JSON
import Jobs

/// A model that writes, as steps see it: in this process or behind a server.
protocol AnswerWriter: Sendable {
  /// About how many fields of a schema one question asks. Where a document's state is kept, a
  /// question each costs nothing but its own words.
  var fieldsAtOnce: Int { get }
  /// Whether a quote can only be words of the document.
  var bindsQuotes: Bool { get }
  /// The most tokens of a document's text that one conversation holds beside everything else.
  var room: Int { get }
  /// Most questions of a conversation under way at a time; no answer depends on it.
  var answersAtOnce: Int { get }

  /// Reads a document's text, or a part of it, to be asked about.
  func conversation(about part: DocumentPart, watch: Watch) throws -> any Conversation
}

/// What was read once and is asked many questions; no answer knows of another.
protocol Conversation: AnyObject {
  /// Asks questions side by side. What one answer says does not depend on what else is asked.
  ///
  /// - Returns: in the order of the questions; a failure is an ``AnswerFault`` or a ``JobFault``.
  /// - Throws: ``Interruption`` or ``PipelineError``, where none of the answers counts.
  func ask(_ questions: [Question], watch: Watch) throws -> [Result<WrittenAnswer, any Error>]
}

/// What a conversation is about.
struct DocumentPart {
  var text: String
  var tokens: [Int32]
  /// Where a long reading leaves its snapshots, for a model in this process.
  var snapshots: SnapshotPlan?
}

/// What a step asks.
struct Question: Sendable {
  /// Unique among the questions of a step; a file name where an answer's text is kept.
  var id: String
  /// What the model is told, after the document.
  var text: String
  /// The shape of the answer. Strings with `x-evidence: required` are words of the document.
  var schema: JSONValue
  /// Of the choices at a temperature above 0.
  var seed: UInt64 = 0
  /// How often this question was asked before and not answered validly: another choice is made then.
  var attempt = 0
}

/// An answer of the shape asked for.
struct WrittenAnswer: Sendable {
  var value: JSONValue
  var reasoning: String?
  /// Tokens read beside the document, and written, reasoning included.
  var promptTokens = 0
  var outputTokens = 0
  /// Calls of tools that failed, by their names.
  var failedTools: [String] = []
}

/// How whoever waits for a model follows it and breaks it off.
struct Watch {
  /// Tokens read, of how many.
  var reading: (Int, Int) -> Void = { _, _ in }
  /// A snapshot was written, or could not be.
  var saved: (InferenceError?) -> Void = { _ in }
  var shouldStop: @Sendable () -> Bool = { false }
}

/// An answer that is none: not of the shape, or cut by its limit.
struct AnswerFault: Error {
  /// Numbers and places in the schema, never words of the answer.
  var message: String
  /// What was written: kept for whoever looks into it.
  var text: String
}

extension Prompts {
  /// The words before a document's text and after it.
  var aroundDocument: (before: String, after: String) {
    var before = ""
    var after = ""
    var isBefore = true
    for piece in pieces(of: .document) {
      switch piece {
      case .place: isBefore = false
      case .text(let text) where isBefore: before += text
      case .text(let text): after += text
      }
    }
    return (before, after)
  }
}
