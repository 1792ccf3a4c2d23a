import Foundation
import Jobs
import Pipelines
import SQLite
import TestSupport
import Testing

@Suite struct StopTests {
  @Test func `the nearer of two limits stops a run, and says which it was`() {
    let (past, future) = (Date(timeIntervalSinceNow: -1), Date(timeIntervalSinceNow: 3600))
    #expect(StopSignal().reason == nil)
    #expect(StopSignal(deadline: future, windowEnd: future).reason == nil)
    #expect(StopSignal(deadline: past).reason == .deadline)
    #expect(StopSignal(deadline: future, windowEnd: past).reason == .window)
    let told = StopSignal(deadline: past)
    told.stop(.terminated)
    #expect(told.reason == .terminated)
  }

  @Test func `a run whose time is over stops between pieces and uses up no try`() throws {
    let folder = try TemporaryFolder()
    let input = folder.url.appendingPathComponent("in")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    for number in 0..<3 {
      try String(repeating: "The committee of line \(number) met and agreed. ", count: 1500).write(
        to: input.appendingPathComponent("\(number).txt"), atomically: true, encoding: .utf8)
    }
    let file = folder.url.appendingPathComponent("p.json5")
    try """
    { format: 1, name: "p", input: { dir: "in" }, steps: [{ id: "s", kind: "summarize", words: 10 }],
      output: { dir: "out" } }
    """.write(to: file, atomically: true, encoding: .utf8)
    let workspace = try Workspace(at: folder.url.appendingPathComponent("w").path)
    let declaration = try DeclarationReader.read(file)
    let model = try LoadedModel(.default, threads: 1)
    func run(_ stop: StopSignal) throws -> PipelineRun.Ending {
      try PipelineRun(
        declaration: declaration, model: model, workspace: workspace, program: "test", stop: stop
      ) { _ in }.execute()
    }
    let stopped = try run(StopSignal(deadline: Date(timeIntervalSinceNow: 0.5)))
    #expect(stopped.stopped == .deadline)
    let queue = try JobQueue.open(at: workspace.queueFile)
    let jobs = try queue.jobs()
    #expect(jobs.contains { $0.state != .completed })
    #expect(jobs.allSatisfy { $0.state == .completed || $0.attempts == 0 })
    let finished = try run(StopSignal())
    #expect(finished.stopped == nil)
    #expect(finished.run == stopped.run)
    #expect(try queue.counts()[.completed] == 3)
  }
}
