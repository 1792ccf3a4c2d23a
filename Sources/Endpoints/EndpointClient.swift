import Foundation
import FoundationNetworking
import JSON
import Synchronization

/// Asks one server, with patience: a passing failure is tried again, the declared pace is kept.
///
/// Calls block their thread; they may come from several at once.
package final class EndpointClient: Sendable {
  package let endpoint: Endpoint
  private let transport = Transport()
  private let session: URLSession
  private let pace: RequestPace
  /// Whether the server has refused schemas.
  private let refusedSchema = Mutex(false)

  /// How often a waiting call looks whether it should stop.
  private static let look: Duration = .milliseconds(50)

  package init(_ endpoint: Endpoint) {
    self.endpoint = endpoint
    session = transport.makeSession()
    pace = RequestPace(perMinute: endpoint.requestsPerMinute)
  }

  deinit { session.invalidateAndCancel() }

  /// The server's answer.
  ///
  /// - Parameters:
  ///   - retrying: told of each failure that is tried again.
  ///   - progress: told of the answer's bytes so far.
  ///   - shouldStop: asked often; when it says so, the request is given up.
  package func complete(
    _ request: CompletionRequest, retrying: (EndpointError) -> Void = { _ in },
    progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(EndpointError) -> Completion {
    var failures = 0
    while true {
      let error: EndpointError
      do throws(EndpointError) {
        return try askWithOrWithoutSchema(request, progress, shouldStop)
      } catch let failure {
        error = failure
      }
      failures += 1
      let asked = error.retryAfter ?? .zero
      guard error.isPassing, failures < endpoint.retry.attempts,
        asked <= endpoint.retry.longestAskedDelay
      else {
        guard failures > 1 else { throw error }
        throw EndpointError(
          error.cause, "\(error) (after \(failures) tries)", retryAfter: error.retryAfter)
      }
      retrying(error)
      let delay = max(
        asked, endpoint.retry.delay(after: failures, chance: Double.random(in: 0...1)))
      let moment = ContinuousClock.now + delay
      // A busy server is busy for everybody.
      if error.cause == .busy { pace.hold(until: moment) }
      try wait(until: moment, shouldStop)
    }
  }

  private func askWithOrWithoutSchema(
    _ request: CompletionRequest, _ progress: (Int) -> Void, _ shouldStop: () -> Bool
  ) throws(EndpointError) -> Completion {
    let withSchema =
      request.schema != nil
      && (endpoint.schemaMode == .yes
        || endpoint.schemaMode == .detect && !refusedSchema.withLock { $0 })
    do throws(EndpointError) {
      var completion = try ask(request, withSchema: withSchema, progress, shouldStop)
      completion.hadSchema = withSchema
      return completion
    } catch {
      guard withSchema, endpoint.schemaMode == .detect, error.cause == .badRequest else {
        throw error
      }
      let completion = try ask(request, withSchema: false, progress, shouldStop)
      // It is the schema that it would not have.
      refusedSchema.withLock { $0 = true }
      return completion
    }
  }

  /// One request, without patience.
  private func ask(
    _ request: CompletionRequest, withSchema: Bool, _ progress: (Int) -> Void,
    _ shouldStop: () -> Bool
  ) throws(EndpointError) -> Completion {
    try wait(until: pace.place(now: .now), shouldStop)
    let exchange = transport.start(urlRequest(request, withSchema), in: session)
    defer { exchange.cancel() }
    let start = ContinuousClock.now
    var lastNews = start
    var stream = EventStream()
    var reader = CompletionReader()
    var whole: [UInt8] = []
    var count = 0
    while true {
      if shouldStop() { throw EndpointError(.stopped, "Stopped, as asked.") }
      let news = exchange.next(within: .milliseconds(50))
      let now = ContinuousClock.now
      count += news.bytes.count
      if !news.bytes.isEmpty {
        lastNews = now
        progress(count)
      }
      guard count <= endpoint.largestAnswer else {
        throw EndpointError(
          .protocolFault, "The server's answer is larger than \(endpoint.largestAnswer) bytes.")
      }
      if let head = news.head, head.status == 200, head.isEventStream {
        for event in stream.append(news.bytes) where !reader.isDone { try reader.read(event) }
        if reader.isDone { return try reader.finish() }
        if let completion = reader.brokenOff(reasoningLimit: request.reasoningLimit) {
          return completion
        }
      } else {
        whole += news.bytes
      }
      if news.hasEnded {
        return try end(news, of: &reader, whole: whole)
      }
      try checkTimes(start: start, lastNews: lastNews, now: now, hasBegun: count > 0)
    }
  }

  private func end(
    _ news: Exchange.News, of reader: inout CompletionReader, whole: [UInt8]
  ) throws(EndpointError) -> Completion {
    guard let head = news.head else {
      throw EndpointError(
        .unreachable,
        "\(Self.shown(endpoint.base)) gave no answer (\(news.failure ?? "the connection was closed"))."
      )
    }
    guard head.status == 200 else { throw Self.error(head, body: whole) }
    if !head.isEventStream {
      if news.failure != nil {
        throw EndpointError(.cut, "The connection ended after \(whole.count) bytes of the answer.")
      }
      try reader.read(CompletionReader.json(whole))
    }
    return try reader.finish()
  }

  private func checkTimes(
    start: ContinuousClock.Instant, lastNews: ContinuousClock.Instant,
    now: ContinuousClock.Instant, hasBegun: Bool
  ) throws(EndpointError) {
    let limits = endpoint.timeouts
    if now - start > limits.total {
      throw EndpointError(.timeout, "The answer took longer than \(Self.seconds(limits.total)).")
    }
    let silence = hasBegun ? limits.silence : limits.firstByte
    if now - lastNews > silence {
      throw EndpointError(
        .timeout,
        hasBegun
          ? "The server fell silent for \(Self.seconds(silence)) in the middle of the answer."
          : "The server did not begin to answer within \(Self.seconds(silence)).")
    }
  }

  private func wait(until moment: ContinuousClock.Instant, _ shouldStop: () -> Bool)
    throws(EndpointError)
  {
    while true {
      if shouldStop() { throw EndpointError(.stopped, "Stopped, as asked.") }
      let left = moment - .now
      guard left > .zero else { return }
      let nap = min(left, Self.look).components
      Thread.sleep(forTimeInterval: Double(nap.seconds) + Double(nap.attoseconds) * 1e-18)
    }
  }

  private func urlRequest(_ request: CompletionRequest, _ withSchema: Bool) -> URLRequest {
    var result = URLRequest(url: endpoint.completions)
    result.httpMethod = "POST"
    result.setValue("application/json", forHTTPHeaderField: "Content-Type")
    result.setValue("text/event-stream, application/json", forHTTPHeaderField: "Accept")
    if let key = endpoint.key {
      result.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
    }
    // Our own limits decide; this one must not come before them.
    result.timeoutInterval =
      Double((endpoint.timeouts.total + endpoint.timeouts.firstByte).components.seconds) + 60
    result.httpBody = Data(request.body(model: endpoint.model, withSchema: withSchema).text().utf8)
    return result
  }

  // MARK: Answers that are none

  private static func error(_ head: Exchange.Head, body: [UInt8]) -> EndpointError {
    let json = try? JSONValue.parse(body)
    let error = json?["error"] ?? json
    let code = error.map(CompletionReader.code) ?? ""
    let what = "The server answered \(head.status)\(code)"
    switch head.status {
    case 429, 503, 529:
      let wait = head.retryAfter.flatMap(retryAfter)
      return EndpointError(
        .busy, "\(what): it has no room now.", retryAfter: wait)
    case 408, 425: return EndpointError(.timeout, "\(what).")
    case 500...599: return EndpointError(.server, "\(what).")
    case 401, 403:
      return EndpointError(
        .refused,
        "\(what): it does not accept the key. Set the variable that model.key names.")
    case 404:
      return EndpointError(
        .refused, "\(what): there is no such model or address. Check model.endpoint and model.name."
      )
    case 400...499 where error?["code"]?.string == "model_not_found":
      return EndpointError(
        .refused, "\(what): there is no such model. Check model.name.")
    case 400...499 where isAboutLength(error):
      return EndpointError(.overContext, "\(what): the prompt is longer than the model reads.")
    case 300...399:
      return EndpointError(
        .refused, "\(what): redirections are not followed. Declare the address it leads to.")
    default: return EndpointError(.badRequest, "\(what): it does not understand the request.")
    }
  }

  /// Whether an error speaks of too long a prompt, in the words of vLLM, SGLang, llama.cpp and OpenAI.
  private static func isAboutLength(_ error: JSONValue?) -> Bool {
    let code = (error?["code"]?.string ?? "") + " " + (error?["type"]?.string ?? "")
    if code.contains("context_length") || code.contains("exceed_context") { return true }
    let message = (error?["message"]?.string ?? error?.string ?? "").lowercased()
    return [
      "context length", "context size", "context window", "maximum context", "too many tokens",
      "longer than the model",
    ].contains { message.contains($0) }
  }

  /// Seconds, or a date (RFC 9110 § 10.2.3).
  private static func retryAfter(_ text: String) -> Duration? {
    if let seconds = Double(text), seconds >= 0, seconds < 1e9 { return .seconds(seconds) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: text).map { .seconds(max(0, $0.timeIntervalSinceNow)) }
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = Int(attoseconds / 100_000_000_000_000_000)
    return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
  }

  /// Scheme, host and port.
  private static func shown(_ url: URL) -> String {
    "\(url.scheme ?? "")://\(url.host ?? "")\(url.port.map { ":\($0)" } ?? "")"
  }
}
