import CSQLite
import Foundation

/// One open database file. Not `Sendable`, and opened without SQLite's own mutex: one owner, one thread
/// at a time.
@safe package final class Connection {
  package let path: String
  private let handle: OpaquePointer
  private var statements: [StatementText: Statement] = [:]
  private var synchronous: Synchronous?
  /// Pages in the journal after this connection's last commit, written by SQLite's hook.
  private let journalPages: UnsafeMutablePointer<Int32>
  /// The count at which the journal is next moved into the file.
  private var checkpointDue = checkpointInterval
  private static let checkpointInterval: Int32 = 1000
  /// Of the journal between two checkpoints: its header, and that many frames of a page each, with room for the
  /// commit that ends it.
  private static let journalLength: Int64 = 32 + (Int64(checkpointInterval) + 100) * (4096 + 24)

  private static let configuration: Void = { _ = docket_sqlite_count_no_memory() }()

  package enum Access: Hashable, Sendable {
    /// Creates the file where there is none, readable and writable by the user only.
    case create
    case readWrite
    case readOnly
  }

  /// What a commit waits for, in WAL mode.
  package enum Synchronous: String, Hashable, Sendable {
    /// The commit is on the disk before the call returns.
    case full = "FULL"
    /// Survives the death of any process; a power loss may take back the last commits, never part of one.
    case normal = "NORMAL"
  }

  /// Opens in WAL mode. Waits up to `busyTimeout` milliseconds for other writers, each time.
  package init(
    path: String, access: Access = .create, busyTimeout: Int = 10_000
  ) throws(DatabaseError) {
    try LocalFileSystem.check(path)
    _ = Self.configuration
    if access == .create { try Self.createPrivately(path) }
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    flags |= access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    var handle: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &handle, flags, nil)
    guard code == SQLITE_OK, let handle = unsafe handle else {
      let error = unsafe Self.failure(code, handle, path: path, sql: nil)
      unsafe sqlite3_close_v2(handle)
      throw error
    }
    self.path = path
    unsafe self.handle = handle
    unsafe journalPages = .allocate(capacity: 1)
    unsafe journalPages.initialize(to: 0)
    unsafe docket_sqlite_defend(handle)
    unsafe BusyWait.install(on: handle, timeout: busyTimeout)
    try begin(access)
  }

  deinit {
    statements.removeAll()
    unsafe sqlite3_close_v2(handle)
    unsafe journalPages.deallocate()
  }

  private func begin(_ access: Access) throws(DatabaseError) {
    if access != .readOnly {
      let mode = try first("PRAGMA journal_mode = WAL") { $0.text(0) } ?? ""
      guard mode == "wal" else {
        throw DatabaseError(
          .cannotOpen, path: path, detail: "the journal stays in mode '\(mode)' instead of 'wal'")
      }
      try set(.full)
    }
    // 32 MiB of cache at most: with SQLite's 2 MiB a large transaction writes its pages several times over.
    try execute(
      """
      PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;
      PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864
      """)
    // In place of SQLite's own, which would make some commit or other, a claim perhaps, wait for the disk.
    _ = unsafe sqlite3_wal_hook(
      handle,
      { context, _, _, pages in
        unsafe context!.assumingMemoryBound(to: Int32.self).pointee = pages
        return SQLITE_OK
      }, journalPages)
  }

  /// Chooses what the next commits wait for; not inside a transaction.
  package func set(_ level: Synchronous) throws(DatabaseError) {
    guard level != synchronous else { return }
    try execute("PRAGMA synchronous = \(level.rawValue)")
    synchronous = level
  }

  // MARK: Statements

  /// A compiled statement, kept for the next caller of the same text.
  package func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    let text = StatementText(sql: sql)
    let known = statements[text]
    if let known, !known.isStepping { return known }
    let fresh = unsafe try Statement(database: handle, path: path, sql: sql)
    if known == nil { statements[text] = fresh }
    return fresh
  }

  /// Hashed by its length: statements are long and few, and the texts are mostly one and the same string, which
  /// compares at once.
  private struct StatementText: Hashable {
    let sql: String
    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
  }

  /// Runs one or more statements without values.
  package func execute(_ script: String) throws(DatabaseError) {
    let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
    guard code == SQLITE_OK else {
      throw unsafe Self.failure(code, handle, path: path, sql: script)
    }
  }

  /// Runs one statement and gives the number of rows it changed.
  @discardableResult
  package func run(_ sql: String, _ values: Bindings = [:]) throws(DatabaseError) -> Int {
    let statement = try prepare(sql)
    try statement.bind(values)
    return try statement.run()
  }

  package func rows<T>(
    _ sql: String, _ values: Bindings = [:],
    _ decode: (borrowing Row) throws(DatabaseError) -> T
  ) throws(DatabaseError) -> [T] {
    let statement = try prepare(sql)
    try statement.bind(values)
    return try statement.rows(decode)
  }

  package func first<T>(
    _ sql: String, _ values: Bindings = [:],
    _ decode: (borrowing Row) throws(DatabaseError) -> T
  ) throws(DatabaseError) -> T? {
    let statement = try prepare(sql)
    try statement.bind(values)
    return try statement.first(decode)
  }

  /// The id given by the last INSERT that made a row. Set it to 0 to see whether an upsert made one: asking
  /// by RETURNING costs ten times the insertion, as SQLite opens a table of its own for it.
  package var lastInsertedRow: Int64 {
    get { unsafe sqlite3_last_insert_rowid(handle) }
    set { unsafe sqlite3_set_last_insert_rowid(handle, newValue) }
  }

  // MARK: Transactions

  /// All of `body` or nothing of it. Takes the write lock at the start: a transaction that reads first and
  /// writes later fails at once when another writer was in between, whatever the busy timeout.
  package func transaction<T>(
    _ body: () throws(DatabaseError) -> T
  ) throws(DatabaseError) -> T {
    try run("BEGIN IMMEDIATE")
    do throws(DatabaseError) {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // SQLite rolls back by itself after some errors (full, I/O); a second ROLLBACK would only complain.
      if unsafe sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// A transaction that is on the disk when the call returns, as at `Synchronous.full`. The wait for the disk
  /// comes after the write lock is given back, so that other writers do not wait as well and several may
  /// share one wait. Others may see the change a moment before it is safe; should the power fail in that
  /// moment, what they wrote because of it is gone too, for the journal is kept up to some commit, whole.
  ///
  /// When the sync itself fails (`.inputOutput`), the change is made but may not survive a power loss.
  package func durableTransaction<T>(
    _ body: () throws(DatabaseError) -> T
  ) throws(DatabaseError) -> T {
    try set(.normal)
    let result = try transaction(body)
    let code = unsafe docket_sqlite_sync_journal(handle)
    guard code == SQLITE_OK else {
      throw unsafe Self.failure(code, handle, path: path, sql: "COMMIT")
    }
    try checkpointWhenDue()
    return result
  }

  // MARK: Care

  /// Gives the journal now the length it comes to anyway. For a connection that is going to commit often: a commit
  /// that lengthens the file makes the disk write the file's new length too, which is as much again as the commit
  /// itself; one that writes over what is there does not. Where space is short, nothing happens.
  package func reserveJournal() throws(DatabaseError) {
    try transaction { () throws(DatabaseError) in
      let code = unsafe docket_sqlite_reserve_journal(handle, Self.journalLength)
      guard code == SQLITE_OK else {
        throw unsafe Self.failure(code, handle, path: path, sql: nil)
      }
    }
  }

  /// Moves the journal into the file every thousand pages, as far as readers allow, without holding up
  /// writers. To be called where a wait of some milliseconds does no harm.
  package func checkpointWhenDue() throws(DatabaseError) {
    let pages = unsafe journalPages.pointee
    if pages < checkpointDue - Self.checkpointInterval { checkpointDue = Self.checkpointInterval }
    guard pages >= checkpointDue else { return }
    // What a reader holds up now is not asked for again at every commit.
    checkpointDue = pages + Self.checkpointInterval
    _ = try first("PRAGMA wal_checkpoint(PASSIVE)") { $0.integer(0) }
  }

  /// Everything SQLite's own integrity check complains about; empty for a sound file.
  package func integrityProblems(limit: Int = 100) throws(DatabaseError) -> [String] {
    let lines = try rows("PRAGMA integrity_check(\(limit))") { $0.text(0) }
    let keys = try rows("PRAGMA foreign_key_check") {
      "row \($0.integer(1)) of table \($0.text(0)) refers to a row missing in table \($0.text(2))"
    }
    return lines.filter { $0 != "ok" } + keys
  }

  /// Moves the journal's content into the file and empties the journal. False when readers hold it open.
  @discardableResult
  package func checkpoint() throws(DatabaseError) -> Bool {
    try first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.integer(0) } == 0
  }

  // MARK: Errors

  /// The one place where a result code becomes an error.
  static func failure(
    _ code: Int32, _ database: OpaquePointer?, path: String, sql: String?
  ) -> DatabaseError {
    let kind: DatabaseError.Kind =
      switch code & 0xff {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      case SQLITE_FULL: .full
      case SQLITE_IOERR: .inputOutput
      case SQLITE_CORRUPT: .corrupt
      case SQLITE_NOTADB: .foreign
      case SQLITE_READONLY, SQLITE_PERM: .readOnly
      case SQLITE_CANTOPEN: .cannotOpen
      case SQLITE_CONSTRAINT: .constraint
      default: .other
      }
    var detail = unsafe String(cString: sqlite3_errstr(code))
    if let database = unsafe database {
      detail = unsafe String(cString: sqlite3_errmsg(database))
      let system = unsafe sqlite3_system_errno(database)
      if system != 0, kind == .inputOutput || kind == .cannotOpen {
        detail += unsafe " (\(String(cString: strerror(system))))"
        if system == ENOSPC || system == EDQUOT {
          return DatabaseError(
            .full, code: code, path: path, detail: detail, statement: opening(sql))
        }
      }
    }
    return DatabaseError(kind, code: code, path: path, detail: detail, statement: opening(sql))
  }

  private static func opening(_ sql: String?) -> String? {
    sql.map { $0.split(whereSeparator: \.isWhitespace).prefix(5).joined(separator: " ") }
  }

  /// Makes an empty file with mode 0600, before SQLite would make one by the umask. By mknod, not open:
  /// closing a descriptor of the file would drop the locks other connections of this process hold on it.
  private static func createPrivately(_ path: String) throws(DatabaseError) {
    guard unsafe mknod(path, S_IFREG | 0o600, 0) != 0 else {
      // The name itself must survive a power loss.
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      fsync(descriptor)
      close(descriptor)
      return
    }
    guard errno == EEXIST else {
      let reason = errno
      throw DatabaseError(
        reason == ENOSPC || reason == EDQUOT ? .full : .cannotOpen, path: path,
        detail: unsafe String(cString: strerror(reason)))
    }
  }
}
