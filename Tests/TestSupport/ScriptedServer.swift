package import Foundation
import Glibc
import Synchronization

/// An HTTP server on this machine that does as it is told, request after request: it answers, fails,
/// falls silent or breaks off. One connection a request.
package final class ScriptedServer: Sendable {
  package struct Answer: Sendable {
    package var status = 200
    package var headers: [String: String] = [:]
    /// Sent one after another, flushed after each.
    package var pieces: [[UInt8]] = []
    /// Milliseconds before each piece.
    package var pause = 0
    package var ending = Ending.whole

    package enum Ending: Sendable {
      /// The body ends as HTTP has it.
      case whole
      /// The connection is closed in the middle of the body.
      case cut
      /// Nothing more is sent, and the connection stays open.
      case silence
    }

    package init(status: Int = 200, headers: [String: String] = [:], _ body: String = "") {
      self.status = status
      self.headers = headers
      pieces = body.isEmpty ? [] : [Array(body.utf8)]
    }

    /// A stream of server-sent events.
    package static func events(_ data: [String], ending: Ending = .whole) -> Answer {
      var answer = Answer(headers: ["Content-Type": "text/event-stream; charset=utf-8"])
      answer.pieces = data.map { Array("data: \($0)\n\n".utf8) }
      answer.ending = ending
      return answer
    }

    /// What a model wrote, in pieces of a few characters.
    package static func writes(_ text: String, finish: String = "stop") -> Answer {
      var events: [String] = []
      var rest = Array(text)[...]
      while !rest.isEmpty {
        let piece = String(rest.prefix(7))
        rest = rest.dropFirst(7)
        events.append(#"{"choices":[{"index":0,"delta":{"content":\#(quoted(piece))}}]}"#)
      }
      events.append(#"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(finish)"}]}"#)
      events.append(#"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":5}}"#)
      return .events(events + ["[DONE]"])
    }

    private static func quoted(_ text: String) -> String {
      let data = try? JSONEncoder().encode(text)
      return String(decoding: data ?? Data(), as: UTF8.self)
    }
  }

  package struct Request: Sendable {
    package var path: String
    package var headers: [String: String]
    package var body: [UInt8]
  }

  private let listener: Int32
  private let state: Mutex<State>
  private let answer: @Sendable (Int, Request) -> Answer

  private struct State {
    var requests: [Request] = []
    var open: [Int32] = []
    var isClosed = false
  }

  package let port: Int

  /// - Parameter answer: what to do with the request of this number (from 0).
  package init(_ answer: @escaping @Sendable (_ number: Int, _ request: Request) -> Answer) throws {
    self.answer = answer
    state = Mutex(State())
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(listener, address, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, address, &size) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    let thread = Thread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        guard let self else {
          Glibc.close(connection)
          return
        }
        let serving = Thread { self.serve(connection) }
        serving.start()
      }
    }
    thread.start()
  }

  /// The answers of a list in turn; the last one again and again.
  package convenience init(_ answers: [Answer]) throws {
    try self.init { number, _ in answers[min(number, answers.count - 1)] }
  }

  /// Ends the server: every connection is closed.
  package func close() {
    let open = state.withLock { state -> [Int32] in
      guard !state.isClosed else { return [] }
      state.isClosed = true
      return state.open
    }
    for connection in open { _ = shutdown(connection, Int32(SHUT_RDWR)) }
    _ = shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }

  package var base: URL { URL(string: "http://127.0.0.1:\(port)/v1")! }

  package var requests: [Request] { state.withLock { $0.requests } }

  private func serve(_ connection: Int32) {
    state.withLock { $0.open.append(connection) }
    defer {
      state.withLock { $0.open.removeAll { $0 == connection } }
      Glibc.close(connection)
    }
    guard let request = Self.read(connection) else { return }
    let number = state.withLock { state in
      state.requests.append(request)
      return state.requests.count - 1
    }
    let answer = answer(number, request)
    let length =
      answer.ending == .whole ? answer.pieces.reduce(0) { $0 + $1.count } : 1 << 20
    var head = "HTTP/1.1 \(answer.status) Scripted\r\nConnection: close\r\n"
    head += "Content-Length: \(length)\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    var hasSentHead = answer.pieces.isEmpty && answer.ending == .silence
    // Complete silence has no head either.
    if !hasSentHead {
      Self.write(Array((head + "\r\n").utf8), to: connection)
      hasSentHead = true
    }
    for piece in answer.pieces {
      if answer.pause > 0 { Thread.sleep(forTimeInterval: Double(answer.pause) / 1000) }
      Self.write(piece, to: connection)
    }
    if answer.ending == .silence {
      // Until the other end gives up, or the server is closed.
      var byte: UInt8 = 0
      while unsafe recv(connection, &byte, 1, 0) > 0 {}
    }
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe send(
          connection, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var head: (text: String, end: Int)?
    while true {
      if head == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
        head = (String(decoding: bytes[..<end.lowerBound], as: UTF8.self), end.upperBound)
      }
      if let head {
        let request = parse(head.text)
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        if bytes.count >= head.end + length {
          return Request(
            path: request.path, headers: request.headers,
            body: Array(bytes[head.end..<head.end + length]))
        }
      }
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(connection, $0.baseAddress, $0.count, 0)
      }
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
  }

  private static func parse(_ head: String) -> (path: String, headers: [String: String]) {
    let lines = head.split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
        .trimmingCharacters(in: .whitespaces)
    }
    let parts = lines.first?.split(separator: " ") ?? []
    return (parts.count > 1 ? String(parts[1]) : "", headers)
  }
}
