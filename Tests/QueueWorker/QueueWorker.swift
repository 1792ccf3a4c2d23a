import Foundation
import Jobs
import SQLite

/// A real process at a real queue, without engine and documents: claims, writes a file whose bytes follow from
/// the job alone, completes; until nothing is left. Tests kill, stop and starve it.
///
/// `QueueWorker QUEUE OUT RUN [--fault POINT:N] [--work MS] [--lease MS] [--limit N]`
@main enum QueueWorker {
  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let faults = try option("--fault").map { try FaultPoints(parsing: $0) } ?? .none
    let work = option("--work").flatMap { Int($0) } ?? 0
    let lease = option("--lease").flatMap { Int64($0) } ?? JobQueue.usualLease
    let limit = option("--limit").flatMap { Int($0) } ?? .max
    let url = URL(fileURLWithPath: arguments[0])
    let folder = URL(fileURLWithPath: arguments[1])
    let run = RunID(Int64(arguments[2])!)
    let policy = RetryPolicy(baseDelay: 20, longestDelay: 100, losses: 1_000)
    let queue = try JobQueue.open(at: url, policy: policy, lease: lease, faults: faults)
    let worker = try queue.startWorker(named: "test", program: "test")
    let keeper = try LeaseKeeper(at: url, lease: lease)
    var request = ClaimRequest(worker: worker, run: run)
    var next: [Claim] = []
    var done = 0
    while done < limit {
      if next.isEmpty { next = try queue.claim(request) }
      guard let claim = next.first else {
        if try queue.finishRun(run) { break }
        if try queue.run(run)?.state != .open { break }
        Thread.sleep(forTimeInterval: 0.02)
        continue
      }
      next = []
      request.document = claim.job.document
      let lease = keeper.keep(claim)
      print("claimed \(claim.job.documentPath) \(claim.job.step)")
      fflush(nil)
      faults.reach(.midRead)
      if work > 0 { Thread.sleep(forTimeInterval: Double(work) / 1000) }
      let name = "\(claim.job.documentPath).\(claim.job.step).json"
      let text = String(repeating: "{\"key\": \"\(claim.job.key)\"}\n", count: 50)
      do {
        try DurableFile.write(text, to: folder.appendingPathComponent(name), faults: faults)
        let output = JobOutput(path: name, sha256: claim.job.key, bytes: text.utf8.count)
        let end: [Completion]
        (end, next) = try queue.complete(
          [(claim, JobResult(.complete, output: output))], next: done + 1 < limit ? request : nil)
        print("\(end[0]) \(claim.job.documentPath) \(claim.job.step)")
      } catch let error as DurableFileError {
        print("failed \(error.operation) \(error.number)")
        try queue.fail(claim, JobFailure(.inputOutput, message: error.description))
      }
      fflush(nil)
      keeper.drop(lease)
      done += 1
    }
    try queue.stopWorker(worker)
  }
}
