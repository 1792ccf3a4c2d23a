import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct MigrationTests {
  private let one = Migration(1, "CREATE TABLE t (a)")
  private let two = Migration(2, "ALTER TABLE t ADD COLUMN b; UPDATE t SET b = a * 2")
  private let mark = 0x1234

  @Test func `an old file is brought up step by step and keeps its rows`() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("a.db").path
    let db = try Connection(path: path)
    try db.migrate(by: [one], applicationID: mark)
    try db.execute("INSERT INTO t VALUES (21)")
    try db.migrate(by: [one, two], applicationID: mark)
    try db.migrate(by: [one, two], applicationID: mark)
    #expect(try db.schemaVersion() == 2)
    #expect(try db.first("SELECT b FROM t") { $0.int(0) } == 42)
  }

  @Test func `a step that fails leaves the version before it`() throws {
    let folder = try TemporaryFolder()
    let db = try Connection(path: folder.url.appendingPathComponent("a.db").path)
    let broken = Migration(2, "CREATE TABLE u (a); CREATE TABLE t (a)")
    #expect(throws: DatabaseError.self) { try db.migrate(by: [one, broken], applicationID: mark) }
    #expect(try db.schemaVersion() == 1)
    #expect(try db.first("SELECT count(*) FROM sqlite_schema WHERE name = 'u'") { $0.int(0) } == 0)
  }

  @Test func `a later version and another program's file are refused and not changed`() throws {
    let folder = try TemporaryFolder()
    let db = try Connection(path: folder.url.appendingPathComponent("a.db").path)
    try db.migrate(by: [one, two], applicationID: mark)
    let newer = #expect(throws: DatabaseError.self) {
      try db.migrate(by: [one], applicationID: mark)
    }
    #expect(newer?.kind == .newerSchema(found: 2, known: 1))
    let foreign = #expect(throws: DatabaseError.self) {
      try db.migrate(by: [one, two], applicationID: 0x9999)
    }
    #expect(foreign?.kind == .foreign)
    #expect(try db.schemaVersion() == 2)
  }
}
