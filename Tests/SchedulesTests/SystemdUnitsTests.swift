import Foundation
import Schedules
import Testing

@Suite struct SystemdUnitsTests {
  private func units(
    _ cron: String, zone: String = "Europe/Berlin", missed: MissedRuns = .once,
    command: [String] = ["/bin/true", "run", "a b 100% $HOME \"q\" \\"]
  ) throws -> SystemdUnits {
    try SystemdUnits(
      name: "docket-contracts", description: "Docket: contracts, 100% of them", command: command,
      workingDirectory: "/", expression: try CronExpression(parsing: cron),
      zone: try ScheduleZone.named(zone), missed: missed)
  }

  private static func run(_ tool: String, _ arguments: [String]) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    process.environment = ["TZ": "UTC", "SYSTEMD_COLORS": "0", "LC_ALL": "C"]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  static let analyzer = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: analyzer != nil, "systemd-analyze is not installed"))
  func `systemd accepts the units`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "docket-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let units = try units("0 22 * * 1-5")
    var paths: [String] = []
    for (name, text) in [("service", units.service), ("timer", units.timer)] {
      let url = folder.appendingPathComponent("docket-contracts.\(name)")
      try text.write(to: url, atomically: true, encoding: .utf8)
      paths.append(url.path)
    }
    let (status, output) = try Self.run(
      try #require(Self.analyzer), ["verify", "--man=no"] + paths)
    #expect(status == 0, "\(output)")
    #expect(!output.contains("docket-contracts"), "\(output)")
  }

  /// systemd's own calculation of the coming instants against ours, away from clock changes.
  @Test(
    .enabled(if: analyzer != nil, "systemd-analyze is not installed"),
    arguments: [
      "0 22 * * 1-5", "*/20 6-8 * * *", "0 0 L * *", "15 9 LW * *", "0 3 * * SUN#2", "0 3 * * 5L",
      "0 0 13 * 5", "0 0 1,15 * mon#1,FRIL", "0 0 */5 * MON#1", "7 4 29 2 *", "0 12 * 1,7 0,6",
      "0 0 L * */2",
    ])
  func `systemd computes the same instants`(cron: String) throws {
    let units = try units(cron, zone: "UTC")
    let events = units.timer.split(separator: "\n").filter { $0.hasPrefix("OnCalendar=") }
      .map { String($0.dropFirst("OnCalendar=".count)) }
    #expect(!events.isEmpty)
    let count = 12
    let after = utc("2026-05-10T11:00:00Z")
    var theirs: Set<Date> = []
    for event in events {
      let (status, output) = try Self.run(
        try #require(Self.analyzer),
        ["calendar", "--base-time=2026-05-10 11:00:00 UTC", "--iterations=\(count)", event])
      #expect(status == 0, "\(event): \(output)")
      for line in output.split(separator: "\n") where line.hasSuffix(" UTC") {
        guard
          line.contains("Next elapse:") || line.contains("Iter. #") || line.contains("Iteration #")
        else { continue }
        let fields = line.split(separator: " ").suffix(3)
        theirs.insert(utc(fields.dropLast().joined(separator: "T") + "Z"))
      }
    }
    let ours = try CronExpression(parsing: cron).upcoming(count, after: after, in: .gmt)
    #expect(theirs.sorted().prefix(count) == ours[...], "\(events)")
  }

  @Test func `what is special to systemd is quoted`() throws {
    let service = try units("@daily").service
    #expect(
      service.contains(
        #"ExecStart="/bin/true" "run" "a b 100%% $$HOME \"q\" \\""#))
    #expect(service.contains("Description=Docket: contracts, 100%% of them"))
    #expect(throws: ScheduleError.self) {
      try units("@daily", command: ["/bin/true", "a\nExecStart=b"])
    }
    #expect(throws: ScheduleError.self) { try units("@daily", command: ["docket"]) }
  }

  @Test func `missed runs are kept for once, not for skip, and all is refused`() throws {
    #expect(try units("@daily", missed: .once).timer.contains("Persistent=true"))
    #expect(try units("@daily", missed: .skip).timer.contains("Persistent=false"))
    #expect(throws: ScheduleError.self) { try units("@daily", missed: .all) }
  }

  @Test func `what systemd has no words for is refused, not dropped`() {
    let error = #expect(throws: ScheduleError.self) { try units("0 0 */5 * FRIL") }
    #expect(error?.description.contains("docket daemon") == true)
  }
}
