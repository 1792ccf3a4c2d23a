import Foundation
import Jobs
import SQLite

/// Kills `docket run` in all the ways it promises to survive, then compares with a run that nobody disturbed:
/// outputs byte by byte, and in the ledger every job completed exactly once.
///
/// A seed decides what is done to a run; when exactly it strikes is the machine's doing as well.
@main struct CrashCampaign {
  static let usage = """
    CrashCampaign --docket <path> --declaration <file> --documents <folder>
      --seeds <n>          How many disturbed runs. (default: 20)
      --first <n>          The first seed. (default: 1)
      --work <folder>      Where runs are kept; those that went wrong stay. (default: a temporary folder)
      --power-loss <path>  libPowerLoss.so: of each four runs one loses power instead of a process.
      --long-stops         Also stops processes for 65 s, longer than a lease.
      --patience <s>       Seconds after which a process that has not ended is taken for hung. (default: 600)
    """

  let docket: String
  let declaration: String
  let documents: String
  let work: URL
  let powerLoss: String?
  let longStops: Bool
  let patience: TimeInterval

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func flag(_ name: String) -> Bool {
      guard let index = arguments.firstIndex(of: name) else { return false }
      arguments.remove(at: index)
      return true
    }
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let longStops = flag("--long-stops")
    let seeds = option("--seeds").flatMap { Int($0) } ?? 20
    let first = option("--first").flatMap { Int($0) } ?? 1
    let work =
      option("--work").map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("crash-\(getpid())")
    let powerLoss = option("--power-loss")
    let patience = option("--patience").flatMap { Double($0) } ?? 600
    guard let docket = option("--docket"), let declaration = option("--declaration"),
      let documents = option("--documents"), arguments.isEmpty
    else {
      print(usage)
      exit(2)
    }
    let campaign = CrashCampaign(
      docket: docket, declaration: declaration, documents: documents, work: work,
      powerLoss: powerLoss, longStops: longStops, patience: patience)
    exit(try campaign.run(seeds: first..<first + seeds) ? 0 : 1)
  }

  func run(seeds: Range<Int>) throws -> Bool {
    let reference = Trial(self, name: "reference")
    let expected = try reference.finish()
    guard expected.status == 0 || expected.status == 1 else {
      print("the undisturbed run ends with status \(expected.status): nothing to compare with")
      return false
    }
    let files = try reference.files()
    print(
      "undisturbed: status \(expected.status), \(files.count) files, \(expected.jobs.count) jobs")
    var bad = 0
    for seed in seeds {
      var random = Seeded(state: UInt64(seed))
      let trial = Trial(self, name: "seed-\(seed)")
      let plan = Plan(seed: seed, powerLoss: powerLoss != nil, longStops: longStops, &random)
      // Said beforehand, so that one that hangs is known as well.
      print("seed \(seed): \(plan)")
      fflush(nil)
      let started = Date()
      var problems = try trial.disturb(plan, reference: files, &random)
      let end = try trial.finish()
      problems += try trial.differences(from: files, expected, end)
      let seconds = Int(Date().timeIntervalSince(started))
      if problems.isEmpty {
        print("  ok: \(trial.kills) deaths, \(seconds) s")
        try? FileManager.default.removeItem(at: trial.folder)
      } else {
        bad += 1
        print("  WRONG: \(trial.kills) deaths, kept in \(trial.folder.path)")
        for problem in problems { print("  \(problem)") }
      }
      fflush(nil)
    }
    print("\(seeds.count - bad) of \(seeds.count) runs as if undisturbed")
    if bad == 0 { try? FileManager.default.removeItem(at: work) }
    return bad == 0
  }
}

/// What is done to one run.
struct Plan: CustomStringConvertible {
  enum Disturbance: CustomStringConvertible {
    case fault(FaultPoint, pass: Int)
    /// After so many milliseconds.
    case kill(after: Int)
    case stop(after: Int, milliseconds: Int)

    var description: String {
      switch self {
      case .fault(let point, let pass): "\(point.rawValue):\(pass)"
      case .kill(let after): "kill at \(after) ms"
      case .stop(let after, let milliseconds): "stop at \(after) ms for \(milliseconds) ms"
      }
    }
  }
  var disturbances: [Disturbance]
  var workers: Int
  var losesPower: Bool

  init(seed: Int, powerLoss: Bool, longStops: Bool, _ random: inout Seeded) {
    losesPower = powerLoss && seed % 4 == 0
    // The library undoes what one process wrote; several workers are threads of it.
    workers = 1 + seed % 4
    var disturbances: [Disturbance] = []
    // Each seed has its turn of the named points, so that few seeds pass all of them.
    let points = FaultPoint.allCases
    disturbances.append(
      .fault(points[seed % points.count], pass: Int.random(in: 1...3, using: &random)))
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      switch losesPower ? 0 : Int.random(in: 0...3, using: &random) {
      case 0:
        disturbances.append(
          .fault(points.randomElement(using: &random)!, pass: Int.random(in: 1...4, using: &random))
        )
      case 1:
        let long = longStops && Int.random(in: 0...2, using: &random) == 0
        disturbances.append(
          .stop(
            after: Int.random(in: 50...3000, using: &random),
            milliseconds: long ? 65_000 : Int.random(in: 100...2000, using: &random)))
      default: disturbances.append(.kill(after: Int.random(in: 20...4000, using: &random)))
      }
    }
    self.disturbances = disturbances
  }

  var description: String {
    "\(workers) worker\(workers == 1 ? "" : "s")\(losesPower ? ", power loss" : ""): "
      + disturbances.map(\.description).joined(separator: ", ")
  }
}

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
  private var hung: [String] = []
  private let campaign: CrashCampaign
  private var out: URL { folder.appendingPathComponent("out") }
  private var workspace: URL { folder.appendingPathComponent("workspace") }
  private var workers = 1

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
      [
        "run", campaign.declaration, campaign.documents, "--output", out.path, "--workspace",
        workspace.path, "--workers", String(workers),
      ] + more
    if losesPower, let library = campaign.powerLoss {
      process.environment = ProcessInfo.processInfo.environment
        .merging(["LD_PRELOAD": library, "POWER_LOSS": "1"]) { $1 }
    }
    // Appended to, by several at a time.
    let log = folder.appendingPathComponent("log").path
    let descriptor = unsafe open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
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
    _ plan: Plan, reference: [String: Data], _ random: inout Seeded
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

/// SplitMix64.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
