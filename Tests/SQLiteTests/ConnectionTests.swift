import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct ConnectionTests {
  @Test func `values come back as they went in`() throws {
    let folder = try TemporaryFolder()
    let db = try Connection(path: folder.url.appendingPathComponent("a.db").path)
    try db.execute("CREATE TABLE t (a, b, c, d, e)")
    let text = "Zürich \u{0} 🙂"
    try db.run(
      "INSERT INTO t VALUES (:a, :b, :c, :d, :e)",
      ["a": 5, "b": .text(text), "c": .blob([0, 255]), "d": nil, "e": .real(0.5)])
    let row = try db.first("SELECT * FROM t") {
      ($0.integer(0), $0.text(1), $0.blob(2), $0.isNull(3), $0.real(4))
    }
    #expect(row?.0 == 5)
    #expect(row?.1 == text)
    #expect(row?.2 == [0, 255])
    #expect(row?.3 == true)
    #expect(row?.4 == 0.5)
  }
}
