/// Plain text in columns and lines.
enum TextLayout {
  static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  static func padLeft(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// `text` on one line, its end cut off with `…` where it has more than `limit` characters.
  static func shortened(_ text: String, to limit: Int) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count <= limit ? line : line.prefix(limit - 1) + "…"
  }

  /// A file's name on one line of at most `limit` characters. What is left out is in its middle: names are told
  /// apart by where they begin and how they end.
  static func name(_ text: String, to limit: Int = 72) -> String {
    let line = printable(text)
    guard line.count > limit else { return line }
    let begin = (limit - 1) / 3
    return line.prefix(begin) + "…" + line.suffix(limit - 1 - begin)
  }

  /// Names may hold anything, and terminals obey control characters.
  static func printable(_ text: String) -> String {
    String(text.map { isControl($0) ? "?" : $0 })
  }

  static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  /// Words of `text` in lines of at most `width` characters; a longer word stands alone.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines
  }

  /// A table with columns as wide as their widest cell; numbers are set right.
  static func table(_ rows: [[String]], indent: Int = 2) -> [String] {
    guard let first = rows.first else { return [] }
    let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let isNumber = first.indices.map { column in
      rows.dropFirst().allSatisfy { $0[column].isEmpty || $0[column].first?.isNumber == true }
        && rows.count > 1
    }
    return rows.map { row in
      let cells = row.indices.map { column in
        isNumber[column]
          ? padLeft(row[column], to: widths[column]) : pad(row[column], to: widths[column])
      }
      var line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// 1234567 → `1,234,567`.
  static func grouped(_ number: Int) -> String {
    var digits = String(abs(number))
    var index = digits.count - 3
    while index > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
      index -= 3
    }
    return (number < 0 ? "-" : "") + digits
  }

  /// 75 → `1 min 15 s`; under a minute with one decimal below ten seconds.
  static func duration(_ seconds: Double) -> String {
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  static func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\((value * 10).rounded() / 10) \(units[unit])"
  }
}
