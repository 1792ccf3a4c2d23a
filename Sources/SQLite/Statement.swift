import CSQLite

/// A compiled statement of one connection. Not `Sendable`: it lives and dies with its owner.
@safe package final class Statement {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  private let path: String
  private let sql: String
  /// Of the parameters, in the order of their positions.
  private let names: [String]
  /// Between the first step and the reset; such a statement cannot serve a second caller.
  private(set) var isStepping = false
  /// While true, values stay where they are bound from one run of the statement to the next.
  package var keepsValues = false {
    didSet { if !keepsValues { unsafe sqlite3_clear_bindings(handle) } }
  }

  init(database: OpaquePointer, path: String, sql: String) throws(DatabaseError) {
    var handle: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle = unsafe handle else {
      throw unsafe Connection.failure(code, database, path: path, sql: sql)
    }
    unsafe self.handle = handle
    unsafe self.database = database
    self.path = path
    self.sql = sql
    var names: [String] = []
    let count = unsafe sqlite3_bind_parameter_count(handle)
    for position in 0..<max(0, count) {
      if let name = unsafe sqlite3_bind_parameter_name(handle, position + 1) {
        unsafe names.append(String(cString: name + 1))
      }
    }
    self.names = names
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Every parameter of the statement must be given: one that is forgotten would silently be NULL.
  package func bind(_ values: Bindings) throws(DatabaseError) {
    precondition(
      values.count == names.count,
      "\(names.count) parameters and \(values.count) values in: \(sql)")
    var expected = 0
    for (name, value) in values {
      // A dozen short names: sooner compared than hashed, and mostly given in the statement's order.
      guard let index = names[expected...].firstIndex(of: name) ?? names.firstIndex(of: name)
      else {
        preconditionFailure("no parameter :\(name) in: \(sql)")
      }
      try bind(value, at: Int32(index + 1))
      expected = index + 1
    }
  }

  private func bind(_ value: Value, at position: Int32) throws(DatabaseError) {
    switch value {
    case .null: try bindNull(at: position)
    case .integer(let number): try bind(number, at: position)
    case .real(let number): try check(unsafe sqlite3_bind_double(handle, position, number))
    case .text(let text): try bind(text, at: position)
    case .blob(let bytes):
      try check(
        unsafe bytes.withUnsafeBytes { raw in
          unsafe sqlite3_bind_blob(
            handle, position, raw.baseAddress ?? UnsafeRawPointer(Self.nothing), Int32(raw.count),
            Self.copied)
        })
    }
  }

  // MARK: Values by position from 1 (`?1`), for loops over many rows

  package func bind(_ number: Int64, at position: Int32) throws(DatabaseError) {
    try check(unsafe sqlite3_bind_int64(handle, position, number))
  }

  /// NULL where there is no number.
  package func bind(_ number: Int?, at position: Int32) throws(DatabaseError) {
    guard let number else { return try bindNull(at: position) }
    try bind(Int64(number), at: position)
  }

  package func bind(_ text: String, at position: Int32) throws(DatabaseError) {
    var text = text
    try check(
      text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
          unsafe sqlite3_bind_text(
            handle, position, characters.baseAddress ?? Self.nothing, Int32(characters.count),
            Self.copied)
        }
      })
  }

  /// NULL where there is no text.
  package func bind(_ text: String?, at position: Int32) throws(DatabaseError) {
    guard let text else { return try bindNull(at: position) }
    try bind(text, at: position)
  }

  package func bindNull(at position: Int32) throws(DatabaseError) {
    try check(unsafe sqlite3_bind_null(handle, position))
  }

  private func check(_ code: Int32) throws(DatabaseError) {
    guard code == SQLITE_OK else {
      throw unsafe Connection.failure(code, database, path: path, sql: sql)
    }
  }

  /// Moves to the next row; false at the end.
  func step() throws(DatabaseError) -> Bool {
    isStepping = true
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw unsafe Connection.failure(code, database, path: path, sql: sql)
    }
  }

  /// Ends the run of the statement. One left open would keep its lock, a RETURNING one the write lock.
  func reset() {
    unsafe sqlite3_reset(handle)
    if !keepsValues { unsafe sqlite3_clear_bindings(handle) }
    isStepping = false
  }

  /// Runs to the end and gives the number of rows changed by it.
  @discardableResult
  package func run() throws(DatabaseError) -> Int {
    defer { reset() }
    while try step() {}
    return Int(unsafe sqlite3_changes64(database))
  }

  /// Reads rows from first to last.
  package func rows<T>(
    _ decode: (borrowing Row) throws(DatabaseError) -> T
  ) throws(DatabaseError) -> [T] {
    defer { reset() }
    var result: [T] = []
    while try step() { result.append(try decode(unsafe Row(handle))) }
    return result
  }

  /// Reads the first row, if there is one, and lets the rest be.
  package func first<T>(
    _ decode: (borrowing Row) throws(DatabaseError) -> T
  ) throws(DatabaseError) -> T? {
    defer { reset() }
    return try step() ? try decode(unsafe Row(handle)) : nil
  }

  /// SQLITE_TRANSIENT: the value is copied before the call returns.
  private static var copied: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
  /// A valid address for empty text; NULL would bind NULL.
  private nonisolated(unsafe) static let nothing: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    unsafe byte.initialize(to: 0)
    return unsafe UnsafePointer(byte)
  }()
}
