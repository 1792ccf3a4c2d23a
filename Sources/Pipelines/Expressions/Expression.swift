package import JSON

/// A condition or a value over the results of steps, as `where` and `groupBy` have it.
package struct Expression: Hashable, Sendable {
  /// As it was written.
  package var source: String
  /// The first names of its paths, each once: step ids, or `document`.
  package var roots: [String]

  /// What is known of the document itself: `document.path`, `document.pages`, …
  package static let documentRoot = "document"

  /// The expression's value where the steps' results are the members of `scope`. Never fails: what is
  /// not there is null.
  package func value(in scope: JSONObject) -> JSONValue { .null }

  /// Whether the value is `true`; anything else is not.
  package func holds(in scope: JSONObject) -> Bool { value(in: scope) == .bool(true) }
}
