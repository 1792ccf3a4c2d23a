import Foundation
import Jobs
import SQLite
import TestSupport

/// Kills `docket run` in all the ways it promises to survive, then compares with a run that nobody disturbed:
/// outputs byte by byte, and in the ledger every job completed exactly once.
///
/// A seed decides what is done to a run; when exactly it strikes is the machine's doing as well.
@main struct CrashCampaign {
  static let usage = """
    CrashCampaign --docket <path>
      --seeds <n>            How many disturbed runs. (default: 20)
      --first <n>            The first seed. (default: 1)
      --declaration <file>   Of the pipeline. (default: a small one of its own, with documents)
      --documents <folder>   What it reads. (default: input.dir of the declaration)
      --work <folder>        Where runs are kept; those that went wrong stay. (default: a temporary folder)
      --power-loss <path>    libPowerLoss.so: of each four runs one loses power instead of a process.
      --patience <s>         Seconds after which a process that has not ended is taken for hung. (default: 300)
    """

  let docket: String
  let declaration: String
  let documents: String?
  let work: URL
  let powerLoss: String?
  let patience: TimeInterval

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let seeds = option("--seeds").flatMap { Int($0) } ?? 20
    let first = option("--first").flatMap { Int($0) } ?? 1
    let work =
      option("--work").map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("crash-\(getpid())")
    let powerLoss = option("--power-loss")
    let patience = option("--patience").flatMap { Double($0) } ?? 300
    let documents = option("--documents")
    let own = option("--declaration")
    guard let docket = option("--docket"), arguments.isEmpty else {
      print(usage)
      exit(2)
    }
    let campaign = CrashCampaign(
      docket: docket, declaration: try own ?? SmallCorpus.write(to: work), documents: documents,
      work: work, powerLoss: powerLoss, patience: patience)
    exit(try campaign.run(seeds: first..<first + seeds) ? 0 : 1)
  }

  func run(seeds: Range<Int>) throws -> Bool {
    let reference = Trial(self, name: "reference")
    let begin = Date()
    let expected = try reference.finish()
    let duration = Int(Date().timeIntervalSince(begin) * 1000)
    guard expected.status == 0 || expected.status == 1 else {
      print("the undisturbed run ends with status \(expected.status): nothing to compare with")
      return false
    }
    let files = try reference.files()
    print(
      "undisturbed: status \(expected.status), \(files.count) files, \(expected.jobs.count) jobs, "
        + "\(duration) ms")
    var bad = 0
    var deaths = 0
    var stops = (told: 0, made: 0)
    for seed in seeds {
      var random = SeededGenerator(seed: UInt64(seed))
      let trial = Trial(self, name: "seed-\(seed)")
      let plan = Plan(
        seed: seed, powerLoss: powerLoss != nil, duration: duration, &random)
      // Said beforehand, so that one that hangs is known as well.
      print("seed \(seed): \(plan)")
      fflush(nil)
      let started = Date()
      var problems = try trial.disturb(plan, reference: files, &random)
      let end = try trial.finish()
      problems += try trial.differences(from: files, expected, end)
      let seconds = Int(Date().timeIntervalSince(started))
      deaths += trial.kills
      stops = (stops.told + trial.stops.told, stops.made + trial.stops.made)
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
    print(
      "\(seeds.count - bad) of \(seeds.count) runs as if undisturbed, after \(deaths) deaths in all; "
        + "\(stops.made) of \(stops.told) told to stop did at a safe point, the others ended or died"
    )
    // Some have just ended, some do not listen yet; not all.
    if stops.told >= 10, stops.made == 0 {
      print("nobody who is told to stop does")
      return false
    }
    if bad == 0 { try? FileManager.default.removeItem(at: work) }
    return bad == 0
  }
}
