package import JSON

/// The fields of many documents as one table for a spreadsheet: RFC 4180, UTF-8, a row a document.
///
/// A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, and documents come from
/// strangers: such a cell that is no plain number gets an apostrophe in front, as one would type it to
/// mean text. The JSON files hold every value as it is.
package enum FieldsTable {
  /// - Parameter envelopes: outputs of kind `fields`, in any order; others are left out.
  /// - Returns: columns `path`, `status`, then for each field, by name, its value, `NAME.status` and
  ///   `NAME.confidence`; rows sorted by path.
  package static func csv(of envelopes: [JSONValue]) -> [UInt8] {
    let rows = OutputLines.sorted(envelopes.filter { $0["kind"]?.string == "fields" })
    var names: Set<String> = []
    for row in rows { names.formUnion(row["data"]?["fields"]?.object?.keys ?? []) }
    let columns = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    var bytes: [UInt8] = []
    append(
      ["path", "status"] + columns.flatMap { [$0, "\($0).status", "\($0).confidence"] }, to: &bytes)
    for row in rows {
      let confidences = Self.confidences(of: row)
      var cells = [row["source"]?["path"]?.string ?? "", row["status"]?.string ?? ""]
      for name in columns {
        let field = row["data"]?["fields"]?[name]
        cells.append(text(of: field?["value"] ?? nil))
        cells.append(field?["status"]?.string ?? "")
        cells.append(confidences[name] ?? "")
      }
      append(cells, to: &bytes)
    }
    return bytes
  }

  /// A value as people write it in a cell: `1200.00 USD`, names set apart by `; `, nothing for null.
  package static func text(of value: JSONValue) -> String {
    switch value {
    case .null: return ""
    case .string(let string): return string
    case .bool, .integer, .number: return value.text()
    case .array(let array):
      return array.map { text(of: $0) }.joined(separator: "; ")
    case .object(let object):
      if let amount = object["amount"]?.string, let currency = object["currency"]?.string {
        return "\(amount) \(currency)"
      }
      if let name = object["name"]?.string { return name }
      if let limits = object["limits"]?.array { return cap(limits, rule: object["rule"]?.string) }
      return value.text()
    }
  }

  /// How far liability goes: `greater of 100000.00 USD; payments of P1Y`.
  private static func cap(_ limits: [JSONValue], rule: String?) -> String {
    let words = limits.map { limit -> String in
      guard limit["kind"]?.string == "payments" else {
        return limit["amount"] == nil ? limit["kind"]?.string ?? "" : text(of: limit)
      }
      let multiple =
        switch limit["multiple"] {
        case .string("1")?: ""
        case .string(let times)?: times + " × "
        default: "? × "
        }
      return multiple + "payments" + (limit["period"]?.string.map { " of " + $0 } ?? "")
    }.joined(separator: "; ")
    switch rule {
    case "greater", "lesser": return "\(rule ?? "") of \(words)"
    case "sum": return "sum of \(words)"
    default: return words
    }
  }

  /// Field name → confidence, from the notes that carry it.
  package static func confidences(of envelope: JSONValue) -> [String: String] {
    var confidences: [String: String] = [:]
    let prefix = "/data/fields/"
    for warning in envelope["warnings"]?.array ?? []
    where warning["code"]?.string == Warning.confidenceCode {
      guard let pointer = warning["at"]?.string, pointer.hasPrefix(prefix) else { continue }
      let token = pointer.dropFirst(prefix.count)
      let name = token.split(separator: "~1", omittingEmptySubsequences: false)
        .joined(separator: "/").split(separator: "~0", omittingEmptySubsequences: false)
        .joined(separator: "~")
      confidences[name] = warning["message"]?.string
    }
    return confidences
  }

  /// A cell that no spreadsheet takes for a formula.
  private static func inert(_ cell: String) -> String {
    guard let first = cell.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
    else { return cell }
    if case .integer? = try? JSONValue.parse(cell) { return cell }
    if case .number? = try? JSONValue.parse(cell) { return cell }
    return "'" + cell
  }

  private static func append(_ cells: [String], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      let utf8 = Array(inert(cell).utf8)
      if utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) {
        bytes.append(UInt8(ascii: "\""))
        for byte in utf8 {
          if byte == UInt8(ascii: "\"") { bytes.append(byte) }
          bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
      } else {
        bytes += utf8
      }
    }
    bytes += [0x0D, 0x0A]
  }
}
