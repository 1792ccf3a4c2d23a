import Foundation
import Inference
import JSON
import Jobs
import Pipelines

enum DoctorVerb {
  static let verb = Verb(
    name: "doctor",
    summary: "Check the queue file, the model and the tools this machine offers.",
    operands: "", operandCount: 0...0, discussion: "Exit status 1 when something needs a hand.",
    options: [
      .flag("--faults", "List the named points at which --fault can strike."), .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    if arguments.has("--faults") {
      for point in FaultPoint.allCases {
        arguments.json
          ? Console.json(["point": .string(point.rawValue), "help": .string(point.help)])
          : Console.out(TextLayout.pad(point.rawValue, to: 24) + point.help)
      }
      return .complete
    }
    let workspace = try Workspace(at: arguments["--workspace"])
    var findings: [(name: String, isSound: Bool, detail: String)] = []
    if FileManager.default.fileExists(atPath: workspace.queueFile.path) {
      let problems = try JobQueue.open(at: workspace.queueFile).integrityProblems()
      findings.append(
        (
          "queue", problems.isEmpty,
          problems.first ?? "\(workspace.queueFile.path), version \(JobQueue.schemaVersion), sound"
        ))
    } else {
      findings.append(("queue", true, "none yet in \(workspace.folder.path)"))
    }
    do {
      let model = try LoadedModel(.default, threads: 1)
      findings.append(("model", true, "\(model.name) \(model.sha256.prefix(12))"))
    } catch {
      findings.append(("model", false, "\(error)"))
    }
    let tesseract = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/tesseract") }
    findings.append(
      (
        "tesseract", true,
        tesseract
          ? "installed: scanned pages are read with it" : "not installed: scanned pages are named"
      ))
    for finding in findings {
      arguments.json
        ? Console.json([
          "check": .string(finding.name), "sound": .bool(finding.isSound),
          "detail": .string(finding.detail),
        ])
        : Console.out(
          TextLayout.pad(finding.name, to: 12) + (finding.isSound ? "" : "PROBLEM ")
            + finding.detail)
    }
    return findings.allSatisfy(\.isSound) ? .complete : .incomplete
  }
}
