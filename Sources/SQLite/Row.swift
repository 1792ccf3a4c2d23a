import CSQLite

/// The row a statement stands on; valid inside the closure that receives it. Columns count from 0.
@safe package struct Row: ~Copyable {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { unsafe self.handle = handle }

  package func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  /// 0 where the column is NULL.
  package func integer(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(handle, Int32(column))
  }

  package func integerOrNil(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

  package func int(_ column: Int) -> Int { Int(integer(column)) }

  package func intOrNil(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

  package func real(_ column: Int) -> Double {
    unsafe sqlite3_column_double(handle, Int32(column))
  }

  package func bool(_ column: Int) -> Bool { integer(column) != 0 }

  /// Empty where the column is NULL. Bytes that are not UTF-8 are repaired, as a file may be damaged.
  package func text(_ column: Int) -> String {
    guard let bytes = unsafe sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
    return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  package func blob(_ column: Int) -> [UInt8] {
    guard let bytes = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }
}
