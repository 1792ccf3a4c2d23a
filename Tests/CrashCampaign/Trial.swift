import Foundation
import Jobs
import SQLite
import TestSupport

/// One run in a folder of its own.
final class Trial {
  struct End {
    var status: Int32
    /// State and outcome by document and step.
    var jobs: [String: String]
    var problems: [String]
  }

  let folder: URL
  private(set) var kills = 0
  /// Processes that were told to stop while they were at work, and those of them that stopped at a safe point.
  private(set) var stops = (told: 0, made: 0)
  private var hung: [String] = []
  private let campaign: CrashCampaign
  private var out: URL { folder.appendingPathComponent("out") }
  private var workspace: URL { folder.appendingPathComponent("workspace") }
  private var workers = 1
  /// Seconds; short, so that a process can be stopped for longer.
  static let lease = 2

  init(_ campaign: CrashCampaign, name: String) {
    self.campaign = campaign
    folder = campaign.work.appendingPathComponent(name)
    try? FileManager.default.removeItem(at: folder)
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func start(_ more: [String] = [], losesPower: Bool = false) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: campaign.docket)
    process.arguments =
      ["run", campaign.declaration] + (campaign.documents.map { [$0] } ?? [])
      + [
        "--output", out.path, "--workspace", workspace.path, "--workers", String(workers),
        "--lease", String(Self.lease), "--snapshot-every", "1536",
      ] + more
    if losesPower, let library = campaign.powerLoss {
      process.environment = ProcessInfo.processInfo.environment
        .merging([
          // A crash report, made while threads are halted, can wait for the library's lock for ever.
          "LD_PRELOAD": library, "POWER_LOSS": "1", "SWIFT_BACKTRACE": "enable=no",
        ]) { $1 }
    }
    // Appended to, by several at a time.
    let log = folder.appendingPathComponent("log").path
    let descriptor = unsafe open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    process.standardOutput = handle
    process.standardError = handle
    try process.runUnblocked()
    return process
  }

  /// A process that does not end is a failure as well. Gives it up after `patience`.
  private func wait(for process: Process) {
    let limit = Date().addingTimeInterval(campaign.patience)
    while process.isRunning, Date() < limit { Thread.sleep(forTimeInterval: 0.02) }
    if process.isRunning {
      hung.append(
        "process \(process.processIdentifier) did not end within \(Int(campaign.patience)) s")
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
  }

  /// Gives what went wrong on the way: after a power loss, a job that counts as done without its file.
  func disturb(
    _ plan: Plan, reference: [String: Data], _ random: inout SeededGenerator
  ) throws -> [String] {
    workers = plan.workers
    var problems: [String] = []
    for disturbance in plan.disturbances {
      switch disturbance {
      case .fault(let point, let pass):
        let process = try start(
          ["--fault", "\(point.rawValue):\(pass)"], losesPower: plan.losesPower)
        wait(for: process)
        if process.terminationReason == .uncaughtSignal { kills += 1 }
      case .kill(let after):
        let process = try start()
        Thread.sleep(forTimeInterval: Double(after) / 1000)
        if process.isRunning { kills += 1 }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      case .tell(let signal, let after):
        let process = try start()
        Thread.sleep(forTimeInterval: Double(after) / 1000)
        if process.isRunning { stops.told += 1 }
        kill(process.processIdentifier, signal)
        let told = Date()
        wait(for: process)
        if Date().timeIntervalSince(told) > 10 {
          problems.append("after \(disturbance): it took longer than 10 s")
        }
        if process.terminationReason == .uncaughtSignal {
          // It had not yet begun to listen: a death like any other.
          kills += 1
          if process.terminationStatus != signal {
            problems.append("after \(disturbance): signal \(process.terminationStatus)")
          }
        } else if process.terminationStatus == (signal == SIGINT ? 130 : 75) {
          stops.made += 1
        } else if ![0, 1].contains(process.terminationStatus) {
          // 0 and 1: it was at its end.
          problems.append("after \(disturbance): status \(process.terminationStatus)")
        }
      case .pair(let after):
        let pair = [try start(), try start()]
        Thread.sleep(forTimeInterval: Double(after) / 1000)
        if pair[0].isRunning { kills += 1 }
        kill(pair[0].processIdentifier, SIGKILL)
        pair.forEach(wait)
      case .stop(let after, let milliseconds):
        let process = try start()
        Thread.sleep(forTimeInterval: Double(after) / 1000)
        kill(process.processIdentifier, SIGSTOP)
        Thread.sleep(forTimeInterval: Double(min(milliseconds, 500)) / 1000)
        // While it is stopped another process works at the same queue.
        let other = try start()
        Thread.sleep(forTimeInterval: Double(max(0, milliseconds - 500)) / 1000)
        kill(process.processIdentifier, SIGCONT)
        wait(for: process)
        wait(for: other)
      }
      problems += try checkDone(reference).map { "after \(disturbance): \($0)" }
    }
    return problems
  }

  /// Undisturbed, to the end. What failed for good by a fault (a disk that was full) is tried again by the run.
  func finish() throws -> End {
    let process = try start()
    wait(for: process)
    var end = End(status: process.terminationStatus, jobs: [:], problems: hung)
    if process.terminationReason == .uncaughtSignal {
      end.problems.append("the last run died of signal \(process.terminationStatus)")
    }
    guard let queue = try queue() else { return end }
    end.problems += try queue.integrityProblems()
    for run in try queue.runs(limit: 10_000) {
      for job in try queue.jobs(JobFilter(run: run.id, limit: 1_000_000)) {
        let completions = try queue.attempts(of: job.id).filter { $0.end == .completed }.count
        if job.state == .completed, job.outcome != .cached, completions != 1 {
          end.problems.append(
            "job \(job.id) (\(job.documentPath), \(job.step)) is completed by \(completions) attempts"
          )
        }
        if !job.state.isFinal {
          end.problems.append(
            "job \(job.id) (\(job.documentPath), \(job.step)) is \(job.state.rawValue)")
        }
        let outcome = job.outcome?.rawValue ?? job.state.rawValue
        // Runs newest first: the last word on a step is that of the first run that has it.
        let name = "\(job.documentPath)\t\(job.step)"
        if end.jobs[name] == nil { end.jobs[name] = outcome }
      }
    }
    return end
  }

  /// Every output that is there for a completed job, against the undisturbed run's.
  private func checkDone(_ reference: [String: Data]) throws -> [String] {
    guard let queue = try queue() else { return [] }
    var problems: [String] = []
    for run in try queue.runs(limit: 10_000) {
      for job in try queue.jobs(JobFilter(run: run.id, states: [.completed], limit: 1_000_000)) {
        guard let output = job.output else { continue }
        let found = try? Data(contentsOf: out.appendingPathComponent(output.path))
        if found == nil {
          problems.append("job \(job.id) counts as done, and \(output.path) is not there")
        } else if found != reference[output.path] {
          problems.append("job \(job.id) counts as done, and \(output.path) is not as undisturbed")
        }
      }
    }
    return problems
  }

  private func queue() throws -> JobQueue? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: workspace.path)) ?? []
    guard let name = names.first(where: { $0.hasPrefix("queue.") && !$0.contains("-") }) else {
      return nil
    }
    return try JobQueue.open(at: workspace.appendingPathComponent(name))
  }

  /// Everything in the output folder, by relative path.
  func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: out.path) ?? .init() {
      let url = out.appendingPathComponent(path)
      var isFolder: ObjCBool = false
      _ = unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      if !isFolder.boolValue { files[path] = try Data(contentsOf: url) }
    }
    return files
  }

  func differences(from expected: [String: Data], _ reference: End, _ end: End) throws -> [String] {
    var problems = end.problems
    if end.status != reference.status {
      problems.append("ends with status \(end.status) instead of \(reference.status)")
    }
    let found = try files()
    for path in Set(expected.keys).union(found.keys).sorted() where expected[path] != found[path] {
      let word =
        expected[path] == nil
        ? "should not be there" : found[path] == nil ? "is missing" : "differs"
      problems.append("\(path) \(word)")
    }
    for (job, state) in reference.jobs.sorted(by: { $0.key < $1.key }) {
      // After a late kill the last run finds the output of an earlier one.
      if end.jobs[job] == "cached", state == "complete" || state == "partial" { continue }
      if end.jobs[job] != state {
        problems.append("\(job) is \(end.jobs[job] ?? "not in the ledger") instead of \(state)")
      }
    }
    return problems
  }
}
