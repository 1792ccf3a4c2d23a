import Foundation
import TestSupport
import Testing

/// A reading in a process of its own that gets SIGKILL again and again ends in the bits of an unbroken one.
@Suite struct KilledReadingTests {
  struct Run {
    let words: [String]
    let output: URL

    /// Runs it; once it has read `position` tokens and a random moment more has passed, it is killed.
    ///
    /// - Returns: the positions it reported, and its result when it came to its end.
    func start(killedAt position: Int?) throws -> (positions: [Int], result: String?) {
      let process = Process()
      process.executableURL = DocketProgram.url.deletingLastPathComponent()
        .appendingPathComponent("ReadingProcess")
      process.arguments = words
      _ = FileManager.default.createFile(atPath: output.path, contents: nil)
      process.standardOutput = try FileHandle(forWritingTo: output)
      try process.run()
      if let position {
        while process.isRunning, try positions().last ?? 0 < position {
          Thread.sleep(forTimeInterval: 0.002)
        }
        Thread.sleep(forTimeInterval: Double.random(in: 0...0.03))
        kill(process.processIdentifier, SIGKILL)
      }
      process.waitUntilExit()
      let result = try lines("result").first
      return (try positions(), result)
    }

    private func positions() throws -> [Int] { try lines("at").compactMap { Int($0) } }

    func lines(_ name: String) throws -> [String] {
      // A line that is not whole yet does not count.
      try String(contentsOf: output, encoding: .utf8).components(separatedBy: "\n").dropLast()
        .filter { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count + 1)) }
    }
  }

  @Test(arguments: [
    ("tag", 1536, 8000), ("read", 700, 20_000),
  ])
  func `a reading killed at random moments ends in the same bits`(
    _ kind: String, _ interval: Int, _ tokens: Int
  ) throws {
    let folder = try TemporaryFolder()
    let models = try TemporaryFolder()
    let model = kind == "tag" ? "default" : try RandomModel(seed: 2).write(to: models).path
    let snapshot = folder.url.appendingPathComponent("reading.snapshot")
    let run = Run(
      words: [
        kind, model, snapshot.path, "\(interval)", "\(tokens)",
      ], output: folder.url.appendingPathComponent("said"))
    let unbroken = try #require(try run.start(killedAt: nil).result)
    try? FileManager.default.removeItem(at: snapshot)

    // The place of each kill lies some random way behind that of the last one.
    var kills = 0
    var firsts: [Int] = []
    var reached = 0
    let end = tokens - 3 * interval
    while reached < end * 3 / 4 {
      reached = min(reached + Int.random(in: 1...end / 3), end)
      let ending = try run.start(killedAt: reached)
      guard ending.result == nil else { break }
      kills += 1
      if let first = ending.positions.first { firsts.append(first) }
    }
    let last = try run.start(killedAt: nil)
    #expect(last.result == unbroken)
    #expect(kills >= 1)
    // It went on from a snapshot, not from the start.
    #expect(try #require(last.positions.first) > interval, "\(firsts) after \(kills) kills")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(left.sorted() == (kind == "tag" ? ["said"] : ["reading.snapshot", "said"]))
  }

  @Test func `a reading needs the memory that was foretold`() throws {
    let folder = try TemporaryFolder()
    let run = Run(
      words: [
        "tag", "default", folder.url.appendingPathComponent("a.snapshot").path, "1000000", "12000",
      ], output: folder.url.appendingPathComponent("said"))
    #expect(try run.start(killedAt: nil).result != nil)
    let peak = try #require(Double(run.lines("peak")[0]))
    let foretold = try #require(Double(run.lines("foretold")[0]))
    #expect(abs(peak / foretold - 1) < 0.1, "\(peak) bytes, foretold \(foretold)")
  }
}
