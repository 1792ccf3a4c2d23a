import Testing

@testable import JSON

@Suite struct `Patterns` {
  @Test(arguments: [
    ("", "", true), ("a", "bab", true), ("^a$", "a", true), ("^a$", "a\n", false),
    ("^(a|b)*c{2,3}$", "ababccc", true), ("^(a|b)*c{2,3}$", "ababc", false),
    ("^c{2}$", "ccc", false), ("^c{2,}$", "ccccc", true), ("^c{0}$", "", true),
    (#"^\d{4}-\d\d$"#, "2024-06", true), (#"^\d$"#, "٣", false), (#"^\p{Nd}$"#, "٣", true),
    (#"^\w+$"#, "naïve", false), (#"^\p{L}+$"#, "naïve", true), (#"^\P{L}+$"#, "12", true),
    (#"^[\p{Lu}\d_-]+$"#, "ÉA_1-", true), (#"^[^\s,]+$"#, "a b", false), (#"^[^\D]+$"#, "12", true),
    (#"^\u{1F600}\uD83D\uDE00😀$"#, "😀😀😀", true), (".", "\n", false), ("^.$", "😀", true),
    (#"\bcat\b"#, "a cat sat", true), (#"\bcat\b"#, "concat", false), (#"\Bcat"#, "concat", true),
    (#"^(?:a|(?<name>b))?$"#, "b", true), (#"^[]$"#, "", false), ("^[^]$", "x", true),
    (#"^\x41\t\cJ\/\.$"#, "A\t\n/.", true), ("^a+?b*?$", "aab", true), ("[a-c-]", "-", true),
    ("^(a*)*$", "aaaa", true), ("^(|a)+$", "aa", true), ("^(a?){3}$", "aa", true),
    ("é", "e\u{301}", false),
  ])
  func `match what ECMAScript's do`(pattern: String, text: String, matches: Bool) throws {
    #expect(try RegularExpression(pattern).matches(text) == matches)
  }

  @Test(arguments: [
    ("(?=a)", "look-ahead"), ("(?<!a)", "look-behind"), (#"(a)\1"#, "back references"),
    (#"\k<a>"#, "back references"), ("(a", "not closed"), ("a)", "without"), ("[a", "not closed"),
    ("[b-a]", "out of order"), ("*a", "anything to repeat"), ("a{2,1}", "out of order"),
    ("a**", "anything to repeat"), (#"\p{Klingon}"#, "Klingon"), (#"\"#, "backslash"),
    (#"\a"#, "unknown escape"), (#"\xZZ"#, "hexadecimal"), ("^*", "assertion"), ("a{", "escaped"),
    ("((a{1000}){1000}){1000}", "longer than"), ("(?i)a", "unknown kind"),
  ])
  func `are refused with the reason`(pattern: String, words: String) throws {
    let error = try #require(throws: RegularExpression.SyntaxError.self) {
      try RegularExpression(pattern)
    }
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func `that make others backtrack for ever end at once`() throws {
    let text = String(repeating: "a", count: 20_000) + "!"
    for pattern in ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
      #expect(try !RegularExpression(pattern).matches(text))
    }
    // Repetition of nothing is no repetition.
    #expect(try RegularExpression("^((a{0}){1000000}){1000000}$").matches(""))
  }

  @Test func `nested too deep are refused`() {
    let pattern = String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000)
    #expect(throws: RegularExpression.SyntaxError.self) { try RegularExpression(pattern) }
  }
}
