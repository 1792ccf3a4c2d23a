import Foundation
import JSON
import Jobs
import SQLite
import TestSupport
import Testing

/// A folder of small agreements, a declaration, a workspace, and the binary to run on them.
final class AgreementSite {
  let folder: TemporaryFolder
  let docket: DocketProgram

  var workspace: URL { docket.workspace }
  var documents: URL { folder.url.appendingPathComponent("documents") }
  var declaration: URL { folder.url.appendingPathComponent("agreements.json5") }
  var output: URL { folder.url.appendingPathComponent("out") }

  static func agreement(_ year: Int) -> String {
    """
    SERVICES AGREEMENT

    This Services Agreement is entered into as of March 5, \(year) by and between Acme Hosting, Inc. \
    (“Provider”) and Beta Retail LLC (“Customer”).

    1. Term. This Agreement begins on March 5, \(year) and continues for one (1) year. It renews for \
    successive one (1) year periods unless either party gives thirty (30) days' written notice.

    2. Governing Law. This Agreement is governed by the laws of the State of New York, without regard \
    to its conflict of laws rules.


    """
  }

  init(documents count: Int = 2) throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    for number in 0..<count { try put(Self.agreement(2000 + number), "agreement-\(number).txt") }
    try declare()
  }

  func put(_ text: String, _ name: String) throws {
    try text.write(to: documents.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  /// A text of about `pieces` times the tokens that pass through the layers together.
  func putLong(_ name: String, pieces: Int) throws {
    try put((0..<pieces * 11).map { Self.agreement(1900 + $0) }.joined(), name)
  }

  func declare(sentences: Int = 2, schedule: String? = nil) throws {
    try """
    { format: 1, name: "agreements", input: { dir: "documents", match: ["**/*"] },
      steps: [ { id: "summary", kind: "summarize", sentences: \(sentences) } ],
      output: { dir: "out" }\(schedule.map { ", schedule: { \($0) }" } ?? "") }
    """.write(to: declaration, atomically: true, encoding: .utf8)
  }

  func queue() throws -> JobQueue {
    try JobQueue.open(at: workspace.appendingPathComponent("queue.sqlite"))
  }

  /// Statements that turn time back or damage things, as no verb does.
  func alter(_ sql: String) throws {
    try Connection(path: workspace.appendingPathComponent("queue.sqlite").path).execute(sql)
  }

  func results() -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: output.path)) ?? []
    return names.filter { $0.hasSuffix(".summary.json") }.sorted()
  }

  func snapshots() -> [String] {
    let folder = workspace.appendingPathComponent("snapshots").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { !$0.hasPrefix(".") }
  }

  /// Waits until `condition`; false when it does not come within a minute.
  func wait(_ seconds: Double = 60, until condition: () throws -> Bool) rethrows -> Bool {
    let limit = Date().addingTimeInterval(seconds)
    while Date() < limit {
      if try condition() { return true }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return false
  }
}

extension DocketProgram.Started {
  /// The JSON lines so far.
  var lines: [JSONValue] {
    outputSoFar.split(separator: "\n").compactMap { try? JSONValue.parse(Array($0.utf8)) }
  }

  func events(_ name: String) -> [JSONValue] { lines.filter { $0["event"]?.string == name } }
}
