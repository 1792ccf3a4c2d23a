import Foundation
import Jobs
import SQLite

/// `docket-bench queue`: the queue on this disk, and other queues beside it.
///
/// Durable figures are the disk's as much as ours: the first row says how long one fdatasync takes, and peers run
/// on the same disk within the same minutes. Quote ratios.
struct QueueBenchmark {
  static let help = """
    [--jobs <n>] [--processes <n>] [--folder <path>] [--many <n>] [--peers <command>]
      Claims, completions and enqueueing a second, the wait for a claim, and a table of many jobs.
      --jobs <n>         Jobs for each durable row. (default: 1000)
      --processes <n>    Processes for the row that competes for claims. (default: 8)
      --folder <path>    Where the queue files go: the disk to be measured. (default: a temporary folder)
      --many <n>         Jobs in the large table. (default: 1000000)
      --peers <command>  Also run this command, which prints a JSON object a line with "queue", "mode", "procs",
                         "enqueue_per_s" and "claim_complete_per_s", and print the ratios to the best of them.
    """

  private var jobs = 1000
  private var processes = 8
  private var many = 1_000_000
  private var folder: URL?
  private var peers: String?
  private var workerArguments: [String]?

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if option == "--worker" {
        workerArguments = Array(rest)
        return
      }
      guard let value = rest.popFirst() else { throw BenchmarkArgumentError(option) }
      switch option {
      case "--jobs": jobs = try Self.count(value, of: option)
      case "--processes": processes = try Self.count(value, of: option)
      case "--many": many = try Self.count(value, of: option)
      case "--folder": folder = URL(fileURLWithPath: value)
      case "--peers": peers = value
      default: throw BenchmarkArgumentError(option)
      }
    }
  }

  private static func count(_ text: String, of option: String) throws -> Int {
    guard let number = Int(text), number > 0 else {
      throw BenchmarkArgumentError("\(option) \(text)")
    }
    return number
  }

  struct BenchmarkArgumentError: Error, CustomStringConvertible {
    let description: String
    init(_ argument: String) { description = "cannot take '\(argument)'; see docket-bench --help" }
  }

  func run() throws {
    if let workerArguments { return try QueueBenchmarkWorker(workerArguments).run() }
    let base = folder ?? FileManager.default.temporaryDirectory
    let site = base.appendingPathComponent("docket-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: site, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: site) }

    try row("one fdatasync of 4 KiB, ms (median)", Self.syncTime(in: site) * 1000, digits: 2)
    try enqueueing(site)
    var ours: [Int: Double] = [:]
    for count in [1, 4] {
      // A disk that others use stalls now and then: the middle one of three.
      let rates = try (0..<3).map { _ in try durable(site, processes: count, batch: 1) }
      ours[count] = rates.sorted()[1]
    }
    _ = try durable(site, processes: 1, batch: 16)
    let batched = try durable(site, processes: 1, batch: 64)
    _ = try durable(site, processes: 4, batch: 64)
    if let peers { try compare(peers, ours, batched) }
    try competing(site)
    try large(site)
  }

  // MARK: Rows

  private func enqueueing(_ site: URL) throws {
    for (label, documents, steps) in [("1 step", 200_000, 1), ("4 steps", 50_000, 4)] {
      let queue = try JobQueue.open(at: site.appendingPathComponent("e\(steps).db"))
      let run = try queue.startRun(Self.newRun)
      let all = Self.documents(documents, steps: steps)
      let clock = QueueStopwatch()
      try queue.enqueue(all, in: run)
      let count = Double(documents * steps)
      row("enqueue, one transaction, \(label) a document, jobs/s", count / clock.wall)
      row("  the same by CPU time, jobs/s", count / clock.cpu)
    }
  }

  /// Claims and completes `jobs` jobs, durably, and gives jobs a second.
  private func durable(_ site: URL, processes: Int, batch: Int) throws -> Double {
    let url = site.appendingPathComponent("d\(processes)-\(batch)-\(UUID().uuidString).db")
    let run = try Self.fill(url, jobs)
    // What was written before is not to be waited for here.
    sync()
    let result = try work(url, run, processes: processes, batch: batch)
    let times = result.rounds.sorted()
    let rate = Double(jobs) / result.seconds
    let label = batch == 1 ? "one by one" : "\(batch) at a time"
    let all = "claim and complete \(label), \(processes) process\(processes == 1 ? "" : "es")"
    row("\(all), jobs/s", rate)
    row("  a round, p50 / p99, ms", times.percentile(50), times.percentile(99))
    row("  CPU time a job, ms", result.cpu * 1000 / Double(jobs), digits: 3)
    row("  a worker's beginning, once a process, not counted above, ms", result.begin)
    return rate
  }

  /// Claims by many processes, with a reader that keeps the journal from being reset.
  private func competing(_ site: URL) throws {
    let url = site.appendingPathComponent("c.db")
    let run = try Self.fill(url, jobs * 2)
    let reader = try Connection(path: url.path, access: .readOnly)
    try reader.execute("BEGIN; SELECT count(*) FROM job")
    let claims = try work(url, run, processes: processes, batch: 1, claimsApart: true).claims
      .sorted()
    try reader.execute("COMMIT")
    row(
      "claim, \(processes) processes and a long reader, p50 / p99 / max, ms", claims.percentile(50),
      claims.percentile(99), claims.last ?? 0)
  }

  /// What a claim takes with few and with many jobs in the table.
  private func large(_ site: URL) throws {
    var medians: [Double] = []
    for count in [1_000, many] {
      let url = site.appendingPathComponent("m\(count).db")
      let run = try Self.fill(url, count)
      let queue = try JobQueue.open(at: url)
      let worker = try queue.startWorker(named: "bench", program: "bench")
      var claims: [Double] = []
      // Half of the large table done, so that finished jobs are in the way as well.
      if count == many {
        let db = try Connection(path: url.path)
        try db.set(.normal)
        try db.run(
          "UPDATE job SET state = 'completed', outcome = 'complete' WHERE id <= :half",
          ["half": .integer(Int64(count / 2))])
        try db.checkpoint()
      }
      for _ in 0..<400 {
        let clock = QueueStopwatch()
        let claim = try queue.claim(worker: worker, run: run)
        claims.append(clock.cpu * 1000)
        try queue.release(claim[0], because: "bench")
      }
      medians.append(claims.sorted().percentile(50))
      row(
        "claim, \(count) jobs in the table, p50 / p99, ms of CPU", claims.sorted().percentile(50),
        claims.sorted().percentile(99))
    }
    row("  slower by a factor of", medians[1] / medians[0], digits: 2)
  }

  // MARK: Peers

  private func compare(_ command: String, _ ours: [Int: Double], _ batched: Double) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    struct Peer: Decodable {
      var queue: String
      var mode: String?
      var procs: Int?
      var enqueuePerS: Double?
      var claimCompletePerS: Double?
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let rows = output.split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(Peer.self, from: Data($0))
    }
    var best: [Int: (name: String, rate: Double)] = [:]
    for peer in rows where peer.mode == "FULL" {
      guard let procs = peer.procs, let rate = peer.claimCompletePerS else { continue }
      row(
        "\(peer.queue), FULL, \(procs) process\(procs == 1 ? "" : "es"), claim and complete, jobs/s",
        rate)
      if rate > best[procs]?.rate ?? 0 { best[procs] = (peer.queue, rate) }
    }
    for (procs, rate) in ours.sorted(by: { $0.key < $1.key }) {
      guard let peer = best[procs] else { continue }
      row(
        "ours to the best peer (\(peer.name)), \(procs) process\(procs == 1 ? "" : "es"), times",
        rate / peer.rate, digits: 2)
    }
    if let peer = best[1] {
      row("ours in batches to the best peer (\(peer.name)), times", batched / peer.rate, digits: 2)
    }
  }

  // MARK: Parts

  private static let newRun = NewRun(
    pipeline: "bench", directory: "/in", output: "/out",
    declaration: Declaration(sha256: String(repeating: "0", count: 64), text: "{}"),
    program: "bench")

  private static func documents(_ count: Int, steps: Int) -> [NewDocument] {
    let sha256 = String(repeating: "ab", count: 32)
    return (0..<count).map { number in
      NewDocument(
        path: "contracts/\(number).pdf", sha256: sha256, bytes: 100_000,
        jobs: (0..<steps).map { step in
          // Digests come in no order: so do these, as odd multiples are a permutation.
          let mixed = UInt64(number * steps + step) &* 0x9e37_79b9_7f4a_7c15
          let digits = String(mixed, radix: 16)
          return NewJob(
            step: "step\(step)", kind: "extract",
            key: String(repeating: "0", count: 16 - digits.count) + digits
              + String(repeating: "c", count: 48))
        })
    }
  }

  private static func fill(_ url: URL, _ jobs: Int) throws -> RunID {
    let queue = try JobQueue.open(at: url)
    let run = try queue.startRun(newRun)
    var first = 0
    while first < jobs {
      let count = min(100_000, jobs - first)
      var part = documents(count, steps: 1)
      for index in part.indices { part[index].path = "\(first + index).pdf" }
      try queue.enqueue(part, in: run)
      first += count
    }
    return run
  }

  private func work(
    _ url: URL, _ run: RunID, processes: Int, batch: Int, claimsApart: Bool = false
  ) throws -> (claims: [Double], rounds: [Double], begin: Double, seconds: Double, cpu: Double) {
    var children: [(Process, Pipe)] = []
    for _ in 0..<processes {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "queue", "--worker", url.path, run.description, String(batch),
        claimsApart ? "apart" : "together",
      ]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      children.append((process, pipe))
    }
    var claims: [Double] = []
    var rounds: [Double] = []
    var cpu = 0.0
    var begin = 0.0
    // From the first worker's first claim to the last one's end: starting processes is not what is measured.
    var span = (start: Double.infinity, end: 0.0)
    for (process, pipe) in children {
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      for line in text.split(separator: "\n") {
        let times = line.split(separator: " ").compactMap { Double($0) }
        switch (line.prefix(5), times.count) {
        case ("span ", 2): span = (min(span.start, times[0]), max(span.end, times[1]))
        case ("spent", 1): cpu += times[0]
        case ("claim", 1): claims.append(times[0])
        case ("round", 1): rounds.append(times[0])
        case ("start", 1): begin = max(begin, times[0])
        default: continue
        }
      }
    }
    return (claims, rounds, begin, span.end - span.start, cpu)
  }

  private static func syncTime(in folder: URL) throws -> Double {
    let path = folder.appendingPathComponent("sync").path
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 7, count: 4096)
    var times: [Double] = []
    for _ in 0..<60 {
      let clock = QueueStopwatch()
      _ = unsafe page.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, 4096) }
      fdatasync(descriptor)
      times.append(clock.wall)
    }
    return times.sorted().percentile(50)
  }

  private func row(_ label: String, _ values: Double..., digits: Int = -1) {
    let texts = values.map { value in
      let places = digits >= 0 ? digits : value >= 100 ? 0 : 2
      return String(format: "%.\(places)f", value)
    }
    print(label.padding(toLength: 84, withPad: " ", startingAt: 0), texts.joined(separator: " / "))
  }
}

/// One of the processes: claims and completes until nothing is left, and prints the milliseconds of each claim
/// and of each commit that records what was done. Those that claim together with it are as a run's workers are;
/// the wait for a claim alone is what the others show.
struct QueueBenchmarkWorker {
  private let url: URL
  private let served: RunID
  private let batch: Int
  private let claimsApart: Bool

  init(_ arguments: [String]) throws {
    guard arguments.count == 4, let run = Int64(arguments[1]), let batch = Int(arguments[2]) else {
      throw QueueBenchmark.BenchmarkArgumentError("--worker")
    }
    url = URL(fileURLWithPath: arguments[0])
    served = RunID(run)
    self.batch = batch
    claimsApart = arguments[3] == "apart"
  }

  func run() throws {
    let queue = try JobQueue.open(at: url)
    let beginning = QueueStopwatch()
    let worker = try queue.startWorker(named: "bench", program: "bench")
    print("start \(beginning.wall * 1000)")
    let output = JobOutput(path: "out", sha256: String(repeating: "0", count: 64), bytes: 10)
    let request = ClaimRequest(worker: worker, run: served, count: batch)
    var lines = ""
    var claims: [Claim] = []
    let start = QueueStopwatch.now
    let began = QueueStopwatch()
    while true {
      if claims.isEmpty {
        let clock = QueueStopwatch()
        claims = try queue.claim(request)
        lines += "claim \(clock.wall * 1000)\n"
      }
      if claims.isEmpty { break }
      let clock = QueueStopwatch()
      let done = claims.map { ($0, JobResult(.complete, output: output)) }
      claims = try queue.complete(done, next: claimsApart ? nil : request).next
      lines += "round \(clock.wall * 1000)\n"
    }
    // Before the queue is closed: the last to close it moves the journal into the file.
    let end = (time: QueueStopwatch.now, cpu: began.cpu)
    withExtendedLifetime(queue) {}
    print("span \(start) \(end.time)\nspent \(end.cpu)\n\(lines)")
  }
}

/// Seconds since it was made, by the wall and by this process's CPU.
private struct QueueStopwatch {
  static var now: Double { read(CLOCK_MONOTONIC) }

  private let wallStart = now
  private let cpuStart = Self.read(CLOCK_PROCESS_CPUTIME_ID)

  var wall: Double { Self.now - wallStart }
  var cpu: Double { Self.read(CLOCK_PROCESS_CPUTIME_ID) - cpuStart }

  private static func read(_ clock: Int32) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension [Double] {
  /// Of sorted values; 0 for none.
  fileprivate func percentile(_ p: Int) -> Double {
    isEmpty ? 0 : self[Swift.min(count - 1, count * p / 100)]
  }
}
