import Dispatch
import Foundation
import FoundationNetworking
import Synchronization

/// Carries requests over HTTP and hands each answer on as it comes.
final class Transport: NSObject, URLSessionDataDelegate, Sendable {
  private let exchanges = Mutex<[Int: Exchange]>([:])

  /// A session that keeps nothing: no cookies, no cache, no stored credentials.
  func makeSession() -> URLSession {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieAcceptPolicy = .never
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    // How many requests are under way is the callers' business.
    configuration.httpMaximumConnectionsPerHost = 1024
    configuration.urlCredentialStorage = nil
    return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
  }

  func start(_ request: URLRequest, in session: URLSession) -> Exchange {
    let task = session.dataTask(with: request)
    let exchange = Exchange(task)
    exchanges.withLock { $0[task.taskIdentifier] = exchange }
    task.resume()
    return exchange
  }

  private func exchange(of task: URLSessionTask) -> Exchange? {
    exchanges.withLock { $0[task.taskIdentifier] }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    if let response = response as? HTTPURLResponse { exchange(of: dataTask)?.began(response) }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    exchange(of: dataTask)?.received(data)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let exchange = exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    exchange?.ended(error)
  }

  /// Redirections are not followed: the key and the document go to the declared server only.
  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}

/// One request under way: what has come of its answer so far.
final class Exchange: Sendable {
  private let task: URLSessionDataTask
  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  struct Head: Sendable {
    var status: Int
    var retryAfter: String?
    var isEventStream: Bool
  }

  private struct State {
    var head: Head?
    var bytes: [UInt8] = []
    var failure: String?
    var hasEnded = false
  }

  init(_ task: URLSessionDataTask) { self.task = task }

  func cancel() { task.cancel() }

  func began(_ response: HTTPURLResponse) {
    let head = Head(
      status: response.statusCode, retryAfter: response.value(forHTTPHeaderField: "Retry-After"),
      isEventStream: response.value(forHTTPHeaderField: "Content-Type")?.lowercased()
        .hasPrefix("text/event-stream") ?? false)
    state.withLock { $0.head = head }
    news.signal()
  }

  func received(_ data: Data) {
    state.withLock { $0.bytes += data }
    news.signal()
  }

  /// Of the code alone: descriptions of errors hold the address, and may hold more.
  private static func words(of code: Int) -> String {
    switch code {
    case NSURLErrorCannotFindHost, NSURLErrorDNSLookupFailed: "there is no such host"
    case NSURLErrorCannotConnectToHost: "nothing listens there"
    case NSURLErrorNetworkConnectionLost: "the connection was lost"
    case NSURLErrorNotConnectedToInternet: "there is no network"
    default: "URL error \(code)"
    }
  }

  func ended(_ error: (any Error)?) {
    let failure = error.map { Self.words(of: ($0 as NSError).code) }
    state.withLock {
      $0.failure = failure
      $0.hasEnded = true
    }
    news.signal()
  }

  /// What came since the last call; waits for it at most `wait`.
  struct News {
    var head: Head?
    var bytes: [UInt8]
    var hasEnded: Bool
    var failure: String?
  }

  func next(within wait: DispatchTimeInterval) -> News {
    _ = news.wait(timeout: .now() + wait)
    return state.withLock { state in
      defer { state.bytes = [] }
      return News(
        head: state.head, bytes: state.bytes, hasEnded: state.hasEnded, failure: state.failure)
    }
  }
}
