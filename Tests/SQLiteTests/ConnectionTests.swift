import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct ConnectionTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.url.appendingPathComponent("a.db").path
  }

  @Test func `values come back as they went in`() throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a, b, c, d, e, f, g)")
    let text = "Zürich \u{0} 🙂"
    try db.run(
      "INSERT INTO t VALUES (:a, :b, :c, :d, :e, :f, :g)",
      [
        "a": .integer(.min), "b": .text(text), "c": .blob([0, 255]), "d": nil, "e": .real(0.5),
        "f": "", "g": .blob([]),
      ])
    try db.first("SELECT * FROM t") { row in
      #expect(row.integer(0) == .min)
      #expect(row.text(1) == text)
      #expect(row.blob(2) == [0, 255])
      #expect(row.isNull(3) && row.textOrNil(3) == nil && row.integerOrNil(3) == nil)
      #expect(row.real(4) == 0.5)
      // Empty is not NULL.
      #expect(row.textOrNil(5) == "")
      #expect(!row.isNull(6) && row.blob(6).isEmpty)
    }
  }

  @Test func `a statement is at hand again after an error and inside its own rows`() throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
    let insert = "INSERT INTO t VALUES (:a)"
    let error = #expect(throws: DatabaseError.self) { try db.run(insert, ["a": 1]) }
    #expect(error?.kind == .constraint)
    #expect(try db.run(insert, ["a": 3]) == 1)
    let all = "SELECT a FROM t ORDER BY a"
    let pairs = try db.rows(all) { outer throws(DatabaseError) in
      (outer.int(0), try db.rows(all) { $0.int(0) })
    }
    #expect(pairs.map(\.0) == [1, 2, 3])
    #expect(pairs.allSatisfy { $0.1 == [1, 2, 3] })
  }

  @Test func `a transaction is there as a whole or not at all`() throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a PRIMARY KEY)")
    #expect(throws: DatabaseError.self) {
      try db.transaction { () throws(DatabaseError) in
        try db.execute("INSERT INTO t VALUES (1)")
        try db.execute("INSERT INTO t VALUES (1)")
      }
    }
    #expect(try db.first("SELECT count(*) FROM t") { $0.int(0) } == 0)
    try db.transaction { () throws(DatabaseError) in try db.execute("INSERT INTO t VALUES (1)") }
    #expect(try Connection(path: path).first("SELECT count(*) FROM t") { $0.int(0) } == 1)
  }

  @Test func `a writer waits for another, but not for ever`() throws {
    let holder = try Connection(path: path)
    try holder.execute("CREATE TABLE t (a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
    let waiter = try Connection(path: path, busyTimeout: 30)
    let error = #expect(throws: DatabaseError.self) { try waiter.run("INSERT INTO t VALUES (2)") }
    #expect(error?.kind == .busy)
    try holder.execute("COMMIT")
    #expect(try waiter.run("INSERT INTO t VALUES (2)") == 1)
  }

  @Test func `a reserved journal keeps its length while commits go into it`() throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a)")
    let before = try length(of: path + "-wal")
    try db.reserveJournal()
    let reserved = try length(of: path + "-wal")
    #expect(reserved > max(before, 1000 * 4096))
    for number in 1...50 {
      try db.durableTransaction { () throws(DatabaseError) in
        _ = try db.run("INSERT INTO t VALUES (:a)", ["a": Value(number)])
      }
    }
    // A second one that asks for it finds it there.
    let other = try Connection(path: path)
    try other.reserveJournal()
    #expect(try length(of: path + "-wal") == reserved)
    #expect(try other.first("SELECT sum(a) FROM t") { $0.int(0) } == 1275)
  }

  /// As after a crash: nothing of the journal is in memory, and the file has no header yet, or frames and zeros.
  @Test(arguments: [0, 3])
  func `zeros behind what was committed are taken for nothing`(commits: Int) throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a)")
    try db.checkpoint()
    try db.reserveJournal()
    for number in 0..<commits { try db.run("INSERT INTO t VALUES (:a)", ["a": Value(number)]) }
    let copy = folder.url.appendingPathComponent("copy.db").path
    for end in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: path + end, toPath: copy + end)
    }
    let again = try Connection(path: copy)
    #expect(try again.first("SELECT count(*) FROM t") { $0.int(0) } == commits)
    #expect(try again.integrityProblems().isEmpty)
    #expect(try again.run("INSERT INTO t VALUES (9)") == 1)
  }

  private func length(of path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  @Test func `each commit waits for the disk until told otherwise`() throws {
    let db = try Connection(path: path)
    func level() throws -> Int? { try db.first("PRAGMA synchronous") { $0.int(0) } }
    #expect(try level() == 2)
    try db.set(.normal)
    #expect(try level() == 1)
    try db.set(.full)
    #expect(try level() == 2)
    #expect(try db.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
    #expect(try db.first("PRAGMA foreign_keys") { $0.int(0) } == 1)
  }

  @Test func `a file is made for the user alone, whatever the umask`() throws {
    let old = umask(0)
    defer { umask(old) }
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a)")
    for suffix in ["", "-wal", "-shm"] {
      let mode = try FileManager.default.attributesOfItem(atPath: path + suffix)[.posixPermissions]
      #expect(mode as? Int == 0o600, "\(suffix)")
    }
  }

  @Test func `errors name file, number and statement, and no value`() throws {
    let db = try Connection(path: path)
    let error = try #require(
      #expect(throws: DatabaseError.self) {
        try db.run("INSERT INTO missing VALUES (:secret)", ["secret": "Ottoline"])
      })
    #expect(error.description.contains(path))
    #expect(error.description.contains("INSERT INTO missing"))
    #expect(!error.description.contains("Ottoline"))
  }

  @Test func `a reader cannot write, and opens nothing that is not there`() throws {
    try Connection(path: path).execute("CREATE TABLE t (a)")
    let reader = try Connection(path: path, access: .readOnly)
    #expect(
      #expect(throws: DatabaseError.self) { try reader.execute("DELETE FROM t") }?.kind == .readOnly
    )
    let error = #expect(throws: DatabaseError.self) {
      try Connection(path: path + ".none", access: .readOnly)
    }
    #expect(error?.kind == .cannotOpen)
    #expect(!FileManager.default.fileExists(atPath: path + ".none"))
  }

  @Test func `the schema cannot be written by tricks`() throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a); PRAGMA writable_schema = ON")
    #expect(throws: DatabaseError.self) { try db.execute("DELETE FROM sqlite_schema") }
  }

  @Test func `a full database says so and loses nothing`() throws {
    let db = try Connection(path: path)
    try db.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA max_page_count = 4")
    let error = #expect(throws: DatabaseError.self) {
      try db.transaction { () throws(DatabaseError) in
        for _ in 0..<10 {
          try db.run("INSERT INTO t VALUES (:a)", ["a": .blob(.init(repeating: 7, count: 4000))])
        }
      }
    }
    #expect(error?.kind == .full)
    #expect(try db.first("SELECT count(*) FROM t") { $0.int(0) } == 1)
    #expect(try db.integrityProblems().isEmpty)
  }

  @Test func `a broken reference is found by the check`() throws {
    let db = try Connection(path: path)
    try db.execute(
      """
      CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id));
      PRAGMA foreign_keys = OFF; INSERT INTO b VALUES (9)
      """)
    #expect(try db.integrityProblems().count == 1)
  }
}
