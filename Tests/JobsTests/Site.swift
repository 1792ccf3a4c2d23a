import Foundation
import Jobs
import SQLite
import TestSupport
import Testing

/// A queue with a run of documents of two steps, and a folder for the outputs.
final class Site {
  let folder: TemporaryFolder
  let url: URL
  let out: URL
  let run: RunID
  private let program: URL

  /// The products lie where the test bundle's resources lie.
  static let products = Bundle.module.bundleURL.deletingLastPathComponent()

  init(documents count: Int) throws {
    folder = try TemporaryFolder()
    url = folder.url.appendingPathComponent("queue.db")
    out = folder.url.appendingPathComponent("out")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    program = Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent(
      "QueueWorker")
    let queue = try JobQueue.open(at: url)
    run = try queue.startRun(newRun())
    var all = documents(count, steps: ["fields", "digest"])
    for index in all.indices { all[index].jobs[1].dependsOn = ["fields"] }
    try queue.enqueue(all, in: run)
  }

  func start(
    _ options: String..., environment: [String: String] = [:], output: Pipe? = nil
  ) throws -> Process {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = program
    process.arguments = [url.path, out.path, run.description] + options
    process.standardOutput = output ?? FileHandle.nullDevice as Any
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits until `condition`; a process that never gets there is a failure of the test's own time limit.
  func wait(until condition: () throws -> Bool) throws {
    while try !condition() { Thread.sleep(forTimeInterval: 0.005) }
  }

  func queue() throws -> JobQueue { try JobQueue.open(at: url) }

  /// Every job that counts as done has its file, whole.
  func verifyDone() throws {
    let queue = try queue()
    for job in try queue.jobs(JobFilter(run: run, states: [.completed])) {
      try verifyOutput(of: job)
    }
    #expect(try queue.integrityProblems().isEmpty)
  }

  private func verifyOutput(of job: Job) throws {
    let file = out.appendingPathComponent(try #require(job.output).path)
    let expected = String(repeating: "{\"key\": \"\(job.key)\"}\n", count: 50)
    let found = try? String(contentsOf: file, encoding: .utf8)
    #expect(found == expected, "\(file.path)")
  }

  /// Every job completed exactly once, every output there with the bytes its key demands, nothing else left.
  func verify(_ documents: Int) throws {
    let queue = try queue()
    let jobs = try queue.jobs(JobFilter(run: run))
    #expect(jobs.count == 2 * documents)
    #expect(try queue.run(run)?.state == .finished)
    for job in jobs {
      #expect(job.state == .completed)
      let completions = try queue.attempts(of: job.id).filter { $0.end == .completed }
      #expect(completions.count == 1)
      try verifyOutput(of: job)
    }
    #expect(try queue.integrityProblems().isEmpty)
    DurableFile.removeLeftovers(in: out)
    let names = try FileManager.default.contentsOfDirectory(atPath: out.path)
    #expect(names.count == 2 * documents, "\(names)")
  }
}
