import Foundation
import JSON
import Jobs
import Synchronization
import TestSupport

@testable import Pipelines

/// A folder with agreements, and runs of declarations on them in this process.
struct WrittenRun {
  let folder: TemporaryFolder

  static let agreement = """
    SERVICES AGREEMENT

    This Services Agreement is entered into as of March 5, 2019 by and between Acme Hosting, Inc. \
    (“Provider”) and Beta Retail LLC (“Customer”).

    1. Term. This Agreement begins on March 5, 2019 and continues for one (1) year.

    2. Governing Law. This Agreement is governed by the laws of the State of New York, without regard \
    to its conflict of laws rules.

    3. Assignment. Neither party may assign this Agreement without the prior written consent of the \
    other party.
    """

  /// - Parameter documents: how many agreements there are.
  init(documents: Int = 2) throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("contracts"), withIntermediateDirectories: true)
    for number in 1...documents {
      try write(
        "contracts/agreement-\(number).txt",
        Self.agreement.replacingOccurrences(of: "2019", with: "201\(number)"))
    }
    try write(
      "contract.schema.json",
      """
      { "type": "object", "properties": {
          "governingLaw": { "type": "string", "x-normalize": "jurisdiction",
                            "description": "Whose law governs the contract?" },
          "capOnLiability": { "type": "boolean", "description": "Is liability capped?" } } }
      """)
    try write(
      "risks.schema.json",
      """
      { "type": "object", "properties": {
          "level": { "enum": ["low", "high"], "description": "How risky is it?" },
          "clauses": { "type": "array", "items": { "type": "object", "required": ["note"],
            "properties": { "note": { "type": "string" } } } } } }
      """)
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
  }

  func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

  func declaration(_ text: String) throws -> Pipelines.Declaration {
    try write("pipeline.json5", text)
    return try DeclarationReader.read(url("pipeline.json5"))
  }

  /// What a run left behind.
  struct Ending {
    var ending: PipelineRun.Ending
    var events: [String]
  }

  func run(
    _ declaration: Pipelines.Declaration, workers: Int = 1, workspace: String = "workspace",
    allowsTools: Bool = false
  ) throws -> Ending {
    let events = Mutex<[String]>([])
    var pipeline = PipelineRun(
      declaration: declaration,
      model: try LoadedModel(declaration.model.weights, threads: 1),
      workspace: try Workspace(at: url(workspace).path), workers: workers, program: "test",
      stop: StopSignal(),
      report: { event in
        if case .finished(let document, let step, let outcome, let detail) = event {
          events.withLock { $0.append("\(document) \(step) \(outcome) \(detail ?? "")") }
        }
      })
    pipeline.allowsTools = allowsTools
    let ending = try pipeline.execute()
    return Ending(ending: ending, events: events.withLock { $0.sorted() })
  }

  func output(_ path: String) throws -> JSONValue {
    try JSONValue.parse(Array(Data(contentsOf: url("out/\(path)"))))
  }

  /// Every file of the output folder: path → bytes.
  func outputs(_ name: String = "out") throws -> [String: Data] {
    try TestSupport.outputs(of: url(name))
  }
}
