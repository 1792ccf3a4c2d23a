import Foundation
import Glibc

/// Other tools on the same set, and one table of all.
///
/// A tool that takes too long, fails or is not installed costs its own row: it is named below the
/// table, and the others go on.
struct IngestPeers {
  /// `run_peers.py SET OUT`, which runs one tool after the other, prints a line `task/tool {…}` after
  /// each, and keeps `OUT/summary.json`; `tables.py` stands beside it.
  let program: URL
  let python: String
  /// Wall-clock seconds for one tool on one task, with its scoring.
  let seconds: Double
  let set: URL
  let out: URL

  func run(beside costs: [String: IngestCost], _ scores: IngestScores) throws {
    let folder = out.appendingPathComponent("peers")
    let file = folder.appendingPathComponent("summary.json")
    // Rows and outputs of an earlier run would stand in for a tool that fails in this one.
    try? FileManager.default.removeItem(at: folder)
    let run = try runAll(into: folder)
    var summary =
      (try? JSONSerialization.jsonObject(with: Data(contentsOf: file))) as? [String: Any] ?? [:]
    var remarks: [String] = run.stopped.map { "stopped after \(Int(seconds)) s: \($0)" }
    for (name, value) in summary.sorted(by: { $0.key < $1.key }) {
      guard !run.stopped.contains(name), let row = value as? [String: Any] else { continue }
      if let error = row["error"] as? String {
        remarks.append("failed: \(name) (\(Self.lastLine(of: error)))")
      } else if (row["n"] as? Int) == 0 {
        let lines = row["fail_lines"] as? [String] ?? []
        remarks.append("read nothing: \(name) (\(lines.first ?? "no reason given"))")
      }
    }
    if run.status != 0 { remarks.append("\(program.path) ended with \(run.status)") }
    for (task, score) in scores.tasks {
      // Blocks are read together with the text.
      let cost = costs[task] ?? (task == "pdfblocks" ? costs["pdftext"] : nil)
      var row: [String: Any] = ["score": score]
      if let cost {
        row["n"] = cost.files
        row["pages"] = cost.pages
        row["bytes"] = cost.bytes
        row["cpu_s"] = cost.seconds
        row["rss_mb"] = Double(cost.peakBytes) / Double(1 << 20)
      }
      summary["\(task)/docket"] = row
    }
    try IngestBenchmark.write(summary, to: file)
    let tables = program.deletingLastPathComponent().appendingPathComponent("tables.py")
    print(try IngestProgram.output(python, [tables.path, file.path]))
    for remark in remarks { print(remark) }
  }

  private static func lastLine(of text: String) -> String {
    text.split(separator: "\n").last.map(String.init) ?? "no reason given"
  }

  /// Runs the peers, showing their lines as they come.
  ///
  /// - Returns: the exit status, and the tools that were stopped, as `task/tool`.
  private func runAll(into folder: URL) throws -> (status: Int32, stopped: [String]) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, program.path, set.path, folder.path]
    process.environment = ProcessInfo.processInfo.environment.merging(["PEERS_PYTHON": python]) {
      $1
    }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let channel = pipe.fileHandleForReading.fileDescriptor
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var line: [UInt8] = []
    var stopped: [String] = []
    // What was stopped is known when its line comes.
    var stops = false
    var deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      var polled = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&polled, 1, 500) <= 0 {
        if ContinuousClock.now > deadline {
          for child in Self.descendants(of: process.processIdentifier) { kill(child, SIGKILL) }
          stops = true
          deadline = ContinuousClock.now + .seconds(seconds)
        }
        continue
      }
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(channel, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      for byte in buffer[..<count] {
        guard byte == 0x0A else {
          line.append(byte)
          continue
        }
        let text = String(decoding: line, as: UTF8.self)
        print(text)
        fflush(nil)
        if stops, let name = text.split(separator: " ").first { stopped.append(String(name)) }
        stops = false
        line.removeAll()
        deadline = ContinuousClock.now + .seconds(seconds)
      }
    }
    process.waitUntilExit()
    return (process.terminationStatus, stopped)
  }

  /// The processes a process has started, and those they have started.
  private static func descendants(of process: Int32) -> [Int32] {
    var children: [Int32: [Int32]] = [:]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for id in names.compactMap({ Int32($0) }) {
      // `id (name) state parent …`, and the name may hold anything.
      guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
        let rest = stat.split(separator: ")").last,
        let parent = rest.split(separator: " ").dropFirst().first.flatMap({ Int32($0) })
      else { continue }
      children[parent, default: []].append(id)
    }
    var found: [Int32] = []
    var next = children[process] ?? []
    while let id = next.popLast() {
      found.append(id)
      next += children[id] ?? []
    }
    return found
  }
}
