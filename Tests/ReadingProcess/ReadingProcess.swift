import DefaultReader
import Digests
import Foundation
import Inference

/// A long reading in a process of its own, to be killed: `ReadingProcess tag|read FOLDER SNAPSHOT INTERVAL TOKENS`.
///
/// Goes on from the snapshot where there is one. Prints `at N` after each piece, and at its end
/// `peak BYTES`, `foretold BYTES` and `result DIGEST`.
@main
struct ReadingProcess {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 5, let interval = Int(words[3]), let count = Int(words[4]) else { exit(2) }
    let folder = words[1] == "default" ? DefaultReader.folder : URL(fileURLWithPath: words[1])
    let plan = SnapshotPlan(file: URL(fileURLWithPath: words[2]), interval: interval)
    let engine = try Engine(folder: folder, threads: 1)
    var state: UInt64 = 11
    let limit = UInt64(engine.configuration.vocabularySize)
    let tokens = (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32((state >> 33) % limit)
    }
    func report(_ position: Int) { say("at \(position)") }
    let numbers: [Float]
    if words[0] == "tag" {
      numbers = try engine.tag(tokens, snapshots: plan, progress: report)
    } else {
      var session = engine.session()
      try session.advance(to: tokens, snapshots: plan, progress: report)
      numbers = session.logits
    }
    var hash = SHA256()
    unsafe numbers.withUnsafeBytes { unsafe hash.update($0) }
    // This program has fewer libraries than docket.
    let foretold = Cost(engine.configuration).peakBytes(
      engine.weights, tokens: count, threads: 1, program: 29 << 20)
    say("peak \(Resources.peakMemory() << 20)")
    say("foretold \(foretold)")
    say("result \(hash.hexDigest())")
  }

  /// Unbuffered: a killed process has said what it did.
  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }
}
