/// Why a server gave no answer. Says what the server did and which numbers it gave; never words of a
/// prompt, an answer or an error page, which may hold the document's.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
  package var cause: Cause
  package var description: String
  /// How long the server asked to wait.
  package var retryAfter: Duration?

  package enum Cause: Hashable, Sendable {
    /// No connection, or one that broke before an answer began.
    case unreachable
    /// Nothing came for too long, or the whole took too long.
    case timeout
    /// The server has no room now (429, 503).
    case busy
    /// The server failed (other 5xx).
    case server
    /// The stream ended before the answer did.
    case cut
    /// What came is no stream of completions: not UTF-8, not JSON, not of the shape.
    case protocolFault
    /// The prompt is longer than the model reads.
    case overContext
    /// The request is not understood (other 4xx).
    case badRequest
    /// The key is missing or wrong, or the model is not there: no other request would fare better.
    case refused
    /// Stopped as asked.
    case stopped
  }

  package init(_ cause: Cause, _ description: String, retryAfter: Duration? = nil) {
    self.cause = cause
    self.description = description
    self.retryAfter = retryAfter
  }

  /// Whether the same request may succeed later.
  package var isPassing: Bool {
    switch cause {
    case .unreachable, .timeout, .busy, .server, .cut, .protocolFault: true
    case .overContext, .badRequest, .refused, .stopped: false
    }
  }
}
