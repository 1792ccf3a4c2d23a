package import Foundation

/// A server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp's, or a provider's.
package struct Endpoint: Hashable, Sendable {
  /// Up to and without `/chat/completions`: `http://127.0.0.1:8000/v1`.
  package var base: URL
  /// What the server calls the model.
  package var model: String
  /// The secret that is sent as a bearer token; nil sends none.
  package var key: String?
  package var schemaMode: SchemaMode = .detect
  package var timeouts = Timeouts()
  package var retry = Retry()
  /// Requests begun within a minute, by all workers together; nil sets no limit.
  package var requestsPerMinute: Int?
  /// The largest answer that is taken, in bytes of its stream.
  package var largestAnswer = 64 << 20

  package init(base: URL, model: String, key: String? = nil) {
    self.base = base
    self.model = model
    self.key = key
  }

  /// Whether the server can hold an answer to a JSON Schema (`response_format: json_schema`).
  package enum SchemaMode: String, CaseIterable, Hashable, Sendable {
    /// Asked for until the server refuses it, then done without.
    case detect
    case yes
    case no
  }

  package struct Timeouts: Hashable, Sendable {
    /// Until the first byte of the answer: a long prompt is read meanwhile.
    package var firstByte: Duration = .seconds(600)
    /// Between two pieces of the answer.
    package var silence: Duration = .seconds(120)
    /// For the whole answer.
    package var total: Duration = .seconds(7200)

    package init() {}
  }

  /// How a request that failed for a passing reason is tried again.
  package struct Retry: Hashable, Sendable {
    /// Tries in all, at least 1.
    package var attempts = 6
    /// Before the second try; doubles for each further one, half of it by chance.
    package var baseDelay: Duration = .seconds(1)
    package var longestDelay: Duration = .seconds(60)
    /// The longest a server may make us wait (`Retry-After`); beyond it the job goes back to the
    /// queue.
    package var longestAskedDelay: Duration = .seconds(300)

    package init() {}

    /// - Parameters:
    ///   - failures: so far, at least 1.
    ///   - chance: 0…1.
    package func delay(after failures: Int, chance: Double) -> Duration {
      let doubled = min(longestDelay, baseDelay * (1 << min(failures - 1, 20)))
      return doubled / 2 + doubled / 2 * chance
    }
  }

  var completions: URL { base.appendingPathComponent("chat/completions") }
}
