package import Endpoints
package import Foundation
import JSON

extension Declaration.Model {
  /// How a model that writes is to write.
  package struct Writing: Hashable, Sendable {
    /// At a temperature above 0: only the likeliest tokens that together have this probability are
    /// chosen from. 0.95 is what MiniMax-M1's authors recommend.
    package var topP: Double = 0.95
    /// The most tokens of reasoning before an answer; 0 answers at once.
    package var thinking: Int = 0
    /// Whether reasoning is kept, in a file beside the result.
    package var keepsReasoning: Bool = false
    /// The most tokens of one answer; one that needs more is a failure.
    package var answerTokens: Int = 8192
    /// The programs a model may call, by declaration; none by default.
    package var tools: [LocalTool] = []

    package init() {}

    /// What results depend on.
    var canonical: JSONValue {
      [
        "topP": .number(topP), "thinking": .integer(thinking),
        "answerTokens": .integer(answerTokens), "tools": .array(tools.map(\.canonical)),
      ]
    }
  }
}

/// A model behind a server that speaks OpenAI's chat completions.
package struct RemoteModel: Hashable, Sendable {
  /// `http://127.0.0.1:8000/v1`
  package var endpoint: URL
  package var name: String
  /// The environment variable that holds the key; nil sends none.
  package var keyVariable: String?
  package var schemaMode: Endpoint.SchemaMode = .detect
  package var requestsPerMinute: Int?
  /// Requests about one document that are under way at a time.
  package var concurrency: Int = 2
  /// Until the first byte of an answer, in seconds.
  package var timeoutSeconds: Int = 600

  /// The server with the key from the environment.
  ///
  /// - Throws: ``PipelineError`` when the variable is not set.
  func connection(environment: [String: String]) throws(PipelineError) -> Endpoint {
    var connection = Endpoint(base: endpoint, model: name)
    if let keyVariable {
      guard let key = environment[keyVariable], !key.isEmpty else {
        throw PipelineError(
          "model.key names the environment variable \(keyVariable), which is not set. Set it, or "
            + "leave model.key out for a server that wants none.", isDeclarationFault: true)
      }
      connection.key = key
    }
    connection.schemaMode = schemaMode
    connection.requestsPerMinute = requestsPerMinute
    connection.timeouts.firstByte = .seconds(timeoutSeconds)
    return connection
  }
}
