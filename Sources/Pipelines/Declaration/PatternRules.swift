/// What the patterns of `match` and `exclude` may be: those that the folder scan matches with, less the
/// ones that can match nothing or not what they seem to.
enum PatternRules {
  /// Braces multiply; more choices than this are refused.
  private static let mostChoices = 256

  /// What is wrong with a pattern, in words that follow the pattern; nil when nothing is.
  static func problem(with pattern: String) -> String? {
    if pattern.utf8.count > 1024 { return "is longer than 1024 bytes" }
    if pattern.hasPrefix("/") {
      return "begins with “/”; patterns are relative to the input folder"
    }
    var path = Substring(pattern)
    if path.hasPrefix("./") { path = path.dropFirst(2) }
    if path.hasSuffix("/") { path = path.dropLast() }
    for name in path.split(separator: "/", omittingEmptySubsequences: false) {
      switch name {
      case "": return "has an empty name before, between or after “/”"
      case ".", "..": return "has “.” or “..”; patterns stay in the input folder"
      case "**": continue
      default: break
      }
      if name.contains("**"), !isBraced(name) {
        return "has “**” beside other characters; it stands alone, as in “a/**/b”"
      }
    }
    return bracketProblem(in: Array(pattern.unicodeScalars))
  }

  /// Whether `**` may still stand alone once braces are spelled out: `{a,**}`.
  private static func isBraced(_ name: Substring) -> Bool {
    name.contains("{") || name.contains("}") || name.contains(",")
  }

  private static func bracketProblem(in scalars: [Unicode.Scalar]) -> String? {
    var depth = 0
    var choices = 1
    var commas = 0
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "\\":
        index += 1
        if index == scalars.count {
          return "ends with “\\”, which takes its meaning from the next character"
        }
      case "{":
        depth += 1
        if depth == 1 { commas = 0 }
      case ",": if depth > 0 { commas += 1 }
      case "}":
        guard depth > 0 else { return "has “}” without “{”" }
        depth -= 1
        if depth == 0 {
          choices *= commas + 1
          if choices > mostChoices { return "stands for more than \(mostChoices) patterns" }
        }
      case "[":
        var end = index + 1
        if end < scalars.count, scalars[end] == "!" || scalars[end] == "^" { end += 1 }
        end += 1
        while end < scalars.count, scalars[end] != "]", scalars[end] != "/" { end += 1 }
        guard end < scalars.count, scalars[end] == "]" else { return "has “[” without “]”" }
        index = end
      default: break
      }
      index += 1
    }
    return depth > 0 ? "has “{” without “}”" : nil
  }

  /// A pattern that matches exactly the folder of this relative path, whatever is in its name.
  static func folder(_ path: String) -> String {
    var pattern = ""
    for scalar in path.unicodeScalars {
      if "\\*?[]{},".unicodeScalars.contains(scalar) { pattern.unicodeScalars.append("\\") }
      pattern.unicodeScalars.append(scalar)
    }
    return pattern
  }
}
