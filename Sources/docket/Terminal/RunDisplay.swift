import Foundation
import JSON
import Pipelines
import Synchronization

/// Shows a run while it goes on: a line that redraws itself on a terminal, plain lines elsewhere,
/// JSON lines with `--json`.
final class RunDisplay: Sendable {
  private struct State {
    var documents = 0
    var jobs = 0
    var finished = 0
    var cached = 0
    /// Tokens read by finished readings, and by those still going on.
    var tokensRead = 0
    var underWay: [String: (tokens: Int, total: Int)] = [:]
    var current = ""
    var lastDraw = Date.distantPast
    var hasLine = false
    let start = Date()
  }

  private let state = Mutex(State())
  private let isJSON: Bool
  private let redraws: Bool

  init(json: Bool, redraws: Bool = true) {
    isJSON = json
    self.redraws = redraws && !json && Console.isTerminal
  }

  func show(_ event: RunEvent) {
    state.withLock { state in
      apply(event, to: &state)
      if isJSON {
        if let value = json(event) { Console.json(value) }
        return
      }
      if let line = plainLine(event) {
        if state.hasLine { Console.redraw("") }
        state.hasLine = false
        Console.note(line)
      }
      if redraws, Date().timeIntervalSince(state.lastDraw) > 0.1 { draw(&state) }
    }
  }

  /// Removes the progress line before the results are printed.
  func end() {
    state.withLock { state in
      if state.hasLine { Console.redraw("") }
      state.hasLine = false
    }
  }

  private func apply(_ event: RunEvent, to state: inout State) {
    switch event {
    case .planned(let documents, let jobs, let cached, _):
      (state.documents, state.jobs, state.cached) = (documents, jobs, cached)
    case .reading(let document): state.current = document
    case .advanced(let document, let tokens, let total):
      state.underWay[document] = (tokens, total)
      state.current = document
    case .finished(let document, _, _, _):
      state.finished += 1
      if let reading = state.underWay.removeValue(forKey: document) {
        state.tokensRead += reading.tokens
      }
    default: break
    }
  }

  private func plainLine(_ event: RunEvent) -> String? {
    switch event {
    case .planned(let documents, let jobs, let cached, let leftOut):
      var line = "\(documents) documents, \(jobs) results to make"
      if cached > 0 { line += ", \(cached) up to date" }
      if leftOut > 0 { line += ", \(leftOut) files left out" }
      return line
    case .loadingModel(let name): return redraws ? nil : "loading \(name)"
    case .finished(let document, let step, let outcome, let detail):
      let mark = outcome == "complete" ? "done" : outcome
      if outcome == "complete", redraws { return nil }
      return "  \(TextLayout.pad(mark, to: 8)) \(document) · \(step)"
        + (detail.map { ": \($0)" } ?? "")
    case .retrying(let document, let step, let attempt, let error):
      return "  retry    \(document) · \(step), attempt \(attempt) failed: \(error)"
    case .warning(let document, let text): return "  warning  \(document): \(text)"
    case .stopping(let reason):
      return "stopping (\(reason.rawValue)): finishing at a safe point"
    case .reading, .advanced, .writingResults: return nil
    }
  }

  private func draw(_ state: inout State) {
    state.lastDraw = Date()
    state.hasLine = true
    let width = 24
    let share = state.jobs == 0 ? 1 : Double(state.finished) / Double(state.jobs)
    let filled = Int(share * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    let tokens = state.tokensRead + state.underWay.values.reduce(0) { $0 + $1.tokens }
    let seconds = Date().timeIntervalSince(state.start)
    var line = "\(bar) \(state.finished)/\(state.jobs)"
    if tokens > 0, seconds > 0.5 {
      line += "  \(TextLayout.grouped(Int(Double(tokens) / seconds))) tokens/s"
    }
    if let reading = state.underWay[state.current], reading.total > 0 {
      line += "  \(state.current) \(reading.tokens * 100 / reading.total) %"
    } else if !state.current.isEmpty {
      line += "  \(state.current)"
    }
    if share > 0.05, share < 1 {
      line += "  \(TextLayout.duration(seconds / share * (1 - share))) left"
    }
    Console.redraw(String(line.prefix(Console.width - 1)))
  }

  private func json(_ event: RunEvent) -> JSONValue? {
    switch event {
    case .planned(let documents, let jobs, let cached, let leftOut):
      [
        "event": "planned", "documents": .integer(documents), "jobs": .integer(jobs),
        "cached": .integer(cached), "leftOut": .integer(leftOut),
      ]
    case .finished(let document, let step, let outcome, let detail):
      [
        "event": "finished", "document": .string(document), "step": .string(step),
        "outcome": .string(outcome), "detail": detail.map { .string($0) } ?? .null,
      ]
    case .retrying(let document, let step, let attempt, let error):
      [
        "event": "retrying", "document": .string(document), "step": .string(step),
        "attempt": .integer(attempt), "error": .string(error),
      ]
    case .stopping(let reason): ["event": "stopping", "reason": .string(reason.rawValue)]
    case .warning(let document, let text):
      ["event": "warning", "document": .string(document), "detail": .string(text)]
    case .loadingModel, .reading, .advanced, .writingResults: nil
    }
  }
}
