/// Every key a declaration may have, by the object it stands in. `declaration.schema.json` has the
/// same keys; a test compares the two.
enum DeclarationKeys {
  static let root = [
    "$schema", "format", "name", "input", "model", "prompts", "steps", "output", "schedule",
  ]
  static let input = ["dir", "match", "exclude", "maxTokens", "overLimit", "passwords"]
  static let model =
    ["weights"] + remote + [
      "temperature", "topP", "seed", "thinking", "reasoning", "answerTokens", "tools",
    ]
  /// What only a model behind a server has.
  static let remote = [
    "endpoint", "name", "key", "jsonSchema", "requestsPerMinute", "concurrency", "timeoutSeconds",
  ]
  static let tool = [
    "name", "description", "parameters", "command", "timeoutSeconds", "outputLimit",
  ]
  static let label = ["description", "x-tag", "x-pattern"]
  static let output = ["dir", "jsonl", "csv", "html", "markdown"]
  static let schedule = ["cron", "timeZone", "missed", "overlap", "window"]
  static let kinds = ["extract", "summarize", "minutes", "ask", "classify", "filter", "reduce"]

  /// The keys of a step of one kind; of an unknown kind, those that all steps have.
  static func step(_ kind: String?) -> [String] {
    let common = ["id", "kind", "from", "where"]
    return switch kind {
    case "extract": common + ["attempts", "schema", "evidence"]
    case "summarize": common + ["attempts", "words", "sentences", "share"]
    case "minutes": common + ["attempts"]
    case "ask": common + ["attempts", "schema", "evidence", "instructions"]
    case "classify": common + ["attempts", "labels", "multiple", "instructions"]
    case "reduce": common + ["attempts", "groupBy", "words", "sentences", "instructions"]
    default: common
    }
  }

  /// Words that other tools use for a key.
  static let otherWords = [
    "directory": "dir", "folder": "dir", "path": "dir", "type": "kind", "action": "kind",
    "include": "match", "files": "match", "patterns": "match", "ignore": "exclude",
    "if": "where", "when": "where", "condition": "where", "needs": "from", "inputs": "from",
    "retries": "attempts", "prompt": "instructions", "question": "instructions",
    "zone": "timeZone", "tz": "timeZone", "categories": "labels", "checkpoint": "weights",
    "url": "endpoint", "baseURL": "endpoint", "server": "endpoint", "apiKey": "key",
    "top_p": "topP", "maxAnswerTokens": "answerTokens", "max_tokens": "answerTokens",
    "limit": "maxTokens", "contextLimit": "maxTokens", "length": "words",
  ]
}
