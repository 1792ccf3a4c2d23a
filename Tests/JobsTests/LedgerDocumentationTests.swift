import Foundation
import Jobs
import SQLite
import TestSupport
import Testing

@Suite struct LedgerDocumentationTests {
  @Test func `every table and column of the ledger is explained, and nothing that is not there`()
    throws
  {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    let text = try String(
      contentsOf: sources.appendingPathComponent("Jobs/Jobs.docc/Ledger.md"), encoding: .utf8)
    let sections = Dictionary(
      text.components(separatedBy: "\n### ").dropFirst().map { section in
        (String(section.prefix { $0 != ":" }), section.components(separatedBy: "\n## ")[0])
      }, uniquingKeysWith: { first, _ in first })
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("queue.db")
    _ = try JobQueue.open(at: url)
    let db = try Connection(path: url.path)
    let tables = try db.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ) { $0.text(0) }
    #expect(Set(tables) == Set(sections.keys))
    for table in tables {
      let columns = try db.rows("SELECT name FROM pragma_table_info('\(table)')") { $0.text(0) }
      for column in columns {
        #expect(sections[table]?.contains("`\(column)`") == true, "\(table).\(column)")
      }
    }
  }
}
