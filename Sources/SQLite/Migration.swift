/// One step of a schema's history. Appended, never edited: its text is what old files were made with, so it
/// names no type or constant of today's program.
package struct Migration: Hashable, Sendable {
  /// 1, 2, 3 …; stored in the file as `user_version`.
  package let version: Int
  package let script: String

  package init(_ version: Int, _ script: String) {
    self.version = version
    self.script = script
  }
}

extension Connection {
  /// The schema version of the file; 0 for an empty one.
  package func schemaVersion() throws(DatabaseError) -> Int {
    try first("PRAGMA user_version") { $0.int(0) } ?? 0
  }

  /// Brings the file to the newest version, each step whole or not at all. Refuses a file of a later version
  /// and one of another program (`applicationID`, SQLite's mark in the file's header); neither is changed.
  package func migrate(
    by migrations: [Migration], applicationID: Int
  ) throws(DatabaseError) {
    precondition(migrations.map(\.version) == Array(1...migrations.count), "gaps in the history")
    if try checkVersion(migrations.count, applicationID) == migrations.count { return }
    for migration in migrations {
      try transaction { () throws(DatabaseError) in
        // Asked again under the lock: another process may have been faster.
        let version = try checkVersion(migrations.count, applicationID)
        guard version < migration.version else { return }
        try execute(migration.script)
        try execute(
          "PRAGMA user_version = \(migration.version); PRAGMA application_id = \(applicationID)")
      }
    }
  }

  /// For a reader, which cannot migrate: refuses a file of any other version than the newest.
  package func check(_ migrations: [Migration], applicationID: Int) throws(DatabaseError) {
    let version = try checkVersion(migrations.count, applicationID)
    guard version == migrations.count else {
      throw DatabaseError(
        .olderSchema(found: version, known: migrations.count), path: path,
        detail: "schema version \(version)")
    }
  }

  private func checkVersion(_ known: Int, _ applicationID: Int) throws(DatabaseError) -> Int {
    let version = try schemaVersion()
    let mark = try first("PRAGMA application_id") { $0.int(0) } ?? 0
    let tables = try first("SELECT count(*) FROM sqlite_schema") { $0.int(0) } ?? 0
    if mark != applicationID, mark != 0 || version != 0 || tables != 0 {
      throw DatabaseError(
        .foreign, path: path, detail: "an SQLite file of another program (application id \(mark))")
    }
    if version > known {
      throw DatabaseError(
        .newerSchema(found: version, known: known), path: path, detail: "schema version \(version)")
    }
    return version
  }
}
