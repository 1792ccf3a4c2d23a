import Foundation
import JSON
import Pipelines
import Schedules

/// `docket schedule add --systemd`: a service and a timer in place of the daemon.
struct SystemdSchedule {
  private let name: String
  private let folder: URL
  private let isJSON: Bool

  init(name: String, arguments: Arguments) throws {
    guard !name.isEmpty, name.utf8.count <= 200,
      name.unicodeScalars.allSatisfy({
        $0.isASCII
          && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
            || "-_.".unicodeScalars.contains($0))
      })
    else {
      throw UsageError(
        "“\(name)” cannot be part of a unit's name: letters, digits, “-”, “_” and “.” can; give --name"
      )
    }
    self.name = "docket-\(name)"
    isJSON = arguments.json
    if let path = arguments["--units"] {
      folder = URL(fileURLWithPath: path)
    } else {
      let home = ProcessInfo.processInfo.environment["XDG_CONFIG_HOME"]
        .flatMap { $0.hasPrefix("/") ? URL(fileURLWithPath: $0) : nil }
      folder =
        (home ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".config"))
        .appendingPathComponent("systemd/user")
    }
  }

  private var files: [URL] {
    ["service", "timer"].map { folder.appendingPathComponent("\(name).\($0)") }
  }

  func add(
    _ declaration: Declaration, directory: URL?, workspace: Workspace
  ) throws -> ExitStatus {
    guard let schedule = declaration.schedule else { return .usage }
    guard schedule.overlap == .skip else {
      throw UsageError(
        "systemd leaves out a run that is due while the one before is at work: declare overlap: \"skip\", or "
          + "use docket daemon, which knows \"queue\"")
    }
    let units: SystemdUnits
    do {
      units = try SystemdUnits(
        name: name, description: "Docket: \(declaration.name)",
        command: [Program.url.path, "run", declaration.file.standardizedFileURL.path]
          + (directory.map { [$0.path] } ?? []) + ["--workspace", workspace.folder.path]
          + (schedule.window == nil ? [] : ["--window"]),
        workingDirectory: declaration.file.standardizedFileURL.deletingLastPathComponent().path,
        expression: schedule.times, zone: schedule.timeZone, missed: schedule.missed)
    } catch {
      throw UsageError("\(error)")
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (file, text) in zip(files, [units.service, units.timer]) {
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
    } catch {
      throw PipelineError(
        "The units cannot be written to \(folder.path). Name a writable folder with --units.")
    }
    if isJSON {
      Console.json(["units": .array(files.map { .string($0.path) })])
    } else {
      Console.out(files.map(\.path))
      Console.out(
        "Start it: systemctl --user daemon-reload && systemctl --user enable --now \(name).timer")
    }
    return .complete
  }

  func remove() throws -> ExitStatus {
    let there = files.filter { FileManager.default.fileExists(atPath: $0.path) }
    guard !there.isEmpty else {
      throw UsageError("there is no \(name).timer in \(folder.path); name the folder with --units")
    }
    for file in there {
      do {
        try FileManager.default.removeItem(at: file)
      } catch {
        throw PipelineError("\(file.path) cannot be removed.")
      }
    }
    if isJSON {
      Console.json(["removed": .array(there.map { .string($0.path) })])
    } else {
      Console.out(there.map { "removed \($0.path)" })
      Console.out("Stop it: systemctl --user disable --now \(name).timer")
    }
    return .complete
  }
}
