import Foundation
import Jobs

/// One picture of a run for a terminal of a given size: a cell a document, what is at work, what went wrong.
struct WatchFrame {
  let progress: RunProgress
  let tokensPerSecond: Double?
  /// Dead letters, newest last: document, step and reason.
  let failures: [String]
  let columns: Int
  let rows: Int
  let hasColour: Bool

  /// How a document looks. In this order the more telling one wins where several share a cell.
  enum Cell: Int, CaseIterable {
    case waiting, skipped, complete, partial, paused, retrying, atWork, failed

    var mark: Character {
      switch self {
      case .waiting: "·"
      case .skipped: "–"
      case .complete: "■"
      case .partial: "◧"
      case .paused: "‖"
      case .retrying: "↻"
      case .atWork: "▶"
      case .failed: "✗"
      }
    }

    /// Parameter of ANSI's SGR sequence.
    var colour: Int {
      switch self {
      case .waiting, .skipped: 90
      case .complete: 32
      case .partial, .retrying: 33
      case .paused: 35
      case .atWork: 36
      case .failed: 31
      }
    }

    var word: String {
      switch self {
      case .waiting: "waiting"
      case .skipped: "skipped"
      case .complete: "complete"
      case .partial: "partial"
      case .paused: "paused"
      case .retrying: "waits for another try"
      case .atWork: "at work"
      case .failed: "failed"
      }
    }

    init(_ document: DocumentStanding) {
      if document.lost > 0 {
        self = .failed
      } else if document.running > 0 {
        self = .atWork
      } else if document.retryable > 0 {
        self = .retrying
      } else if document.paused > 0 {
        self = .paused
      } else if document.isFinal {
        self =
          document.partial > 0
          ? .partial : document.skipped == document.jobs ? .skipped : .complete
      } else {
        self = .waiting
      }
    }
  }

  var lines: [String] {
    let head = [title, bar, ""]
    let working = progress.atWork.prefix(8).map(line)
    let wrong = failures.suffix(4).map { paint("✗ \(begun($0, to: columns - 4))", 31) }
    var foot: [String] = []
    if !working.isEmpty { foot += [""] + working }
    if !wrong.isEmpty { foot += [""] + wrong }
    foot += ["", legend]
    let room = max(1, rows - head.count - foot.count - 1)
    return Array((head + grid(rows: room) + foot).prefix(max(1, rows - 1)))
  }

  private var title: String {
    let run = progress.run
    let state = progress.isPaused ? "paused" : run.state == .open ? "at work" : run.state.rawValue
    return shortened("run \(run.id)  \(run.pipeline)  \(state)  \(run.directory)", to: columns)
  }

  private var bar: String {
    let total = progress.documents.count
    let width = max(4, min(40, columns - facts.count - 1))
    let share = total == 0 ? 1 : Double(progress.final) / Double(total)
    let filled = Int(share * Double(width))
    return paint(String(repeating: "█", count: filled), 32)
      + String(repeating: "·", count: width - filled) + " " + facts
  }

  /// What a line that is not redrawn says as well.
  var facts: String {
    var parts = ["\(progress.final) of \(progress.documents.count) documents"]
    if let rate = tokensPerSecond {
      parts.append("\(TextLayout.grouped(Int(rate))) tokens/s")
      if progress.tokensLeft > 0, progress.run.state == .open {
        parts.append("\(TextLayout.duration(Double(progress.tokensLeft) / rate)) left")
      }
    }
    return parts.joined(separator: "  ")
  }

  private func grid(rows: Int) -> [String] {
    let cells = progress.documents.map(Cell.init)
    let width = max(1, columns - 2)
    // More documents than places: neighbours share a cell, which shows the most telling of them.
    let share = max(1, (cells.count + width * rows - 1) / (width * rows))
    let shown = stride(from: 0, to: cells.count, by: share).map { start in
      cells[start..<min(cells.count, start + share)].max { $0.rawValue < $1.rawValue }!
    }
    return stride(from: 0, to: shown.count, by: width).map { start in
      var line = " "
      var colour = 0
      for cell in shown[start..<min(shown.count, start + width)] {
        if hasColour, cell.colour != colour {
          colour = cell.colour
          line += "\u{1B}[\(colour)m"
        }
        line.append(cell.mark)
      }
      return hasColour ? line + "\u{1B}[0m" : line
    }
  }

  private func line(_ document: DocumentStanding) -> String {
    let width = 16
    let total = document.tokens ?? 0
    let share = total > 0 ? min(1, Double(document.progress) / Double(total)) : 0
    let filled = Int(share * Double(width))
    let meter =
      String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    let count =
      total > 0
      ? "\(TextLayout.grouped(document.progress)) of \(TextLayout.grouped(total)) tokens"
      : "reading the file"
    let tail = "  \(count)"
    return paint("▶ ", 36) + meter + " "
      + shortened(document.path, to: max(8, columns - width - 4 - tail.count)) + tail
  }

  private var legend: String {
    let cells = progress.documents.map(Cell.init)
    return Cell.allCases.compactMap { cell in
      let count = cells.count { $0 == cell }
      return count == 0 ? nil : paint(String(cell.mark), cell.colour) + " \(count) \(cell.word)"
    }.joined(separator: "   ")
  }

  private func paint(_ text: String, _ colour: Int) -> String {
    hasColour && !text.isEmpty ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }

  private func begun(_ text: String, to width: Int) -> String {
    let clean = TextLayout.printable(text)
    return clean.count <= width ? clean : clean.prefix(max(1, width - 1)) + "…"
  }

  /// The end of a long path tells more than its beginning.
  private func shortened(_ text: String, to width: Int) -> String {
    let clean = TextLayout.printable(text)
    return clean.count <= width ? clean : "…" + clean.suffix(max(1, width - 1))
  }
}
