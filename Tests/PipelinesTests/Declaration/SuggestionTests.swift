import Testing

@testable import Pipelines

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("stpes", "steps"), ("Steps", "steps"), ("step", "steps"), ("maxtoken", "maxTokens"),
    ("summarise", "summarize"), ("xyzzy", nil), ("", nil), ("s", nil),
    (String(repeating: "steps", count: 100), nil),
  ])
  func `a near word is suggested, a far one is not`(word: String, suggestion: String?) {
    #expect(
      Suggestion.nearest(to: word, among: ["steps", "maxTokens", "summarize"]) == suggestion)
  }
}
