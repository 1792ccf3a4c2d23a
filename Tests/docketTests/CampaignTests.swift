import Foundation
import TestSupport
import Testing

/// A few seeds of the crash campaign; `make crash SEEDS=300` runs as many as wanted.
@Suite(.serialized) struct CampaignTests {
  @Test(.timeLimit(.minutes(5)))
  func `runs that are killed and stopped end as if undisturbed`() throws {
    let products = DocketProgram.url.deletingLastPathComponent()
    let process = Process()
    process.executableURL = products.appendingPathComponent("CrashCampaign")
    // Which seeds: one with four workers and a lost power, one with two processes at once.
    process.arguments = [
      "--docket", DocketProgram.url.path, "--first", "3", "--seeds", "2", "--power-loss",
      products.appendingPathComponent("libPowerLoss.so").path,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains("2 of 2 runs as if undisturbed"))
  }
}
