import Constraints
import Foundation
import Generation
import Inference
import JSON
import Tokenization

/// `docket-bench write`: what holding answers to schemas and sources costs.
struct WriteBenchmark {
  static let help =
    "[CHECKPOINT] [--tokenizer DIR] [--threads 2] [--sessions 1,8] [--tokens 128] [--repeats 3] [--index 10000,100000,1000000]"

  private var checkpoint: URL?
  private var tokenizerFolder = URL(
    fileURLWithPath: "Tests/TokenizationTests/Fixtures/tokenizer-m1")
  private var threads = 2
  private var sessions = [1, 8]
  private var tokens = 128
  private var repeats = 3
  private var index = [10_000, 100_000, 1_000_000]

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else { throw Usage("\(argument) needs a value") }
        return value
      }
      switch argument {
      case "--tokenizer": tokenizerFolder = URL(fileURLWithPath: try value())
      case "--threads": threads = try Self.number(value())
      case "--tokens": tokens = try Self.number(value())
      case "--repeats": repeats = try Self.number(value())
      case "--sessions":
        sessions = try value().split(separator: ",").map { try Self.number(String($0)) }
      case "--index":
        index = try value().split(separator: ",").map { try Self.number(String($0)) }
      default:
        if argument.hasPrefix("-") { throw Usage("no option \(argument)") }
        checkpoint = URL(fileURLWithPath: argument)
      }
    }
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number > 0 else { throw Usage("\(text) is not a number") }
    return number
  }

  func run() throws {
    let start = Resources.now()
    let tokenizer = try Tokenizer(folder: tokenizerFolder)
    let loaded = Resources.now()
    let trie = TokenTrie(tokenizer)
    let built = Resources.now()
    trie.prepareStrings()
    let prepared = Resources.now()
    print(
      "vocabulary \(tokenizer.vocabularySize) tokens: loaded in \(ms(loaded.cpu - start.cpu)), trie of \(trie.nodeCount) nodes in \(ms(built.cpu - loaded.cpu)), \(trie.byteCount >> 20) MiB; strings prepared in \(ms(prepared.cpu - built.cpu))"
    )
    try masks(trie)
    try spans(trie)
    if let checkpoint { try write(checkpoint, tokenizer) }
  }

  private func ms(_ seconds: Double) -> String { String(format: "%.2f ms", seconds * 1e3) }
  private func us(_ seconds: Double) -> String { String(format: "%.1f µs", seconds * 1e6) }

  // MARK: Masks

  private static let schemas: [(name: String, schema: JSONValue)] = [
    (
      "fields",
      [
        "type": "object",
        "properties": [
          "party": ["type": "string", "maxLength": 80],
          "date": ["type": "string", "format": "date"],
          "amount": ["type": "number", "minimum": 0, "multipleOf": .number(0.01)],
          "currency": ["enum": ["EUR", "USD", "GBP"]],
          "clauses": [
            "type": "array", "maxItems": 20,
            "items": [
              "type": "object",
              "properties": ["title": ["type": "string"], "binding": ["type": "boolean"]],
              "required": ["title", "binding"], "additionalProperties": false,
            ],
          ],
        ],
        "required": ["party", "date", "amount", "currency", "clauses"],
        "additionalProperties": false,
      ]
    ),
    ("any JSON", true),
    (
      "tree",
      [
        "type": "object",
        "properties": [
          "name": ["type": "string", "pattern": "^[A-Z][a-z]+( [A-Z][a-z]+)*$"],
          "children": ["type": "array", "items": ["$ref": "#"]],
        ],
        "required": ["name", "children"], "additionalProperties": false,
      ]
    ),
  ]

  /// Texts drawn from all that is allowed, each token as likely: the most varied there are.
  private func masks(_ trie: TokenTrie) throws {
    print(
      "\nMasks: 200 texts of at most 200 tokens a schema, drawn from all that is allowed; nothing of a schema is kept from before the first. CPU time of a mask and of taking a token."
    )
    var table = ColumnTable(["schema", "compiled", "masks", "mean", "p50", "p99", "worst"])
    for (name, schema) in Self.schemas {
      let start = Resources.now()
      let constraint = try SchemaConstraint(schema)
      let compiled = Resources.now().cpu - start.cpu
      var times: [Double] = []
      var dice = Dice(1)
      for _ in 0..<200 {
        times += try walk(Matcher(constraint, trie: trie), budget: 200, &dice)
      }
      table.add([name, ms(compiled)] + cells(times))
    }
    table.printed()
  }

  /// How many, mean, median, 99th percentile, worst.
  private func cells(_ times: [Double]) -> [String] {
    let sorted = times.sorted()
    let mean = times.reduce(0, +) / Double(max(times.count, 1))
    func at(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
    return ["\(times.count)", us(mean), us(at(0.5)), us(at(0.99)), us(at(1))]
  }

  /// CPU seconds of each step: the mask and taking the token.
  private func walk(_ matcher: Matcher, budget: Int, _ dice: inout Dice) throws -> [Double] {
    var times: [Double] = []
    var remaining = budget
    while !matcher.isComplete, remaining > 0 {
      let start = Self.now()
      let mask = matcher.allowed(remaining: remaining)
      let masked = Self.now()
      let count = mask.count
      guard count > 0, let token = mask.id(at: Int(dice.next() % UInt64(count))) else { break }
      let chosen = Self.now()
      matcher.accept(token)
      times.append(masked - start + Self.now() - chosen)
      remaining -= 1
    }
    guard matcher.canEnd, (try? JSONValue.parse(matcher.bytes)) != nil else {
      throw Usage("a text did not end as its schema wants; this is a fault")
    }
    return times
  }

  /// CPU time of this thread: masks are too short for other programs not to be seen in them.
  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  // MARK: Spans

  private static let quotes: JSONValue = [
    "type": "array", "minItems": 3, "maxItems": 3,
    "items": ["type": "string", "x-evidence": "required"],
  ]

  private func spans(_ trie: TokenTrie) throws {
    print(
      "\nQuotes: an index of so many tokens of text, then 200 answers of 3 quotes, at most 150 tokens each. Memory beside the text."
    )
    var table = ColumnTable([
      "tokens", "text", "built in", "peak", "kept", "first mask", "masks", "mean", "p50", "p99",
      "worst",
    ])
    let constraint = try SchemaConstraint(Self.quotes)
    for count in index {
      let text = Self.text(tokens: count, trie.tokenizer)
      let resident = Self.resident("VmRSS")
      Self.forgetPeak()
      let start = Resources.now()
      let source = SpanIndex(text)
      let built = Resources.now().cpu - start.cpu
      let peak = Self.resident("VmHWM") - resident
      let before = Self.now()
      let matcher = try Matcher(constraint, trie: trie, source: source)
      for byte in Array("[\"".utf8) {
        guard let token = trie.tokenizer.id(of: String(UnicodeScalar(byte))) else { continue }
        _ = matcher.allowed(remaining: 150)
        matcher.accept(token)
      }
      _ = matcher.allowed(remaining: 150)
      let first = Self.now() - before
      var dice = Dice(3)
      var times: [Double] = []
      for _ in 0..<200 {
        times += try walk(Matcher(constraint, trie: trie, source: source), budget: 150, &dice)
      }
      table.add(
        [
          "\(count)", String(format: "%.2f MB", Double(text.utf8.count) / 1e6),
          String(format: "%.3f s", built), String(format: "%.1f MiB", Double(peak) / 1024),
          String(format: "%.1f MiB", Double(source.byteCount) / 1_048_576), ms(first),
        ] + cells(times))
    }
    table.printed()
  }

  /// A line of this process's status, in KiB.
  private static func resident(_ name: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
  }

  /// The most memory resident counts from here on (proc(5), clear_refs).
  private static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  /// Words as frequent as Zipf's law has them, in sentences.
  private static func text(tokens: Int, _ tokenizer: Tokenizer) -> String {
    var dice = Dice(9)
    let words = (0..<Int32(tokenizer.idLimit)).filter { id in
      let bytes = tokenizer.bytes(of: id)
      return bytes.count > 2 && bytes.first == 0x20
        && bytes.dropFirst().allSatisfy { (0x61...0x7A).contains($0) }
    }
    var ids: [Int32] = []
    ids.reserveCapacity(tokens)
    let stop = tokenizer.id(of: ".")
    while ids.count < tokens {
      // Rank r with a probability of 1/r.
      let rank = exp(Double.random(in: 0..<1, using: &dice) * log(Double(words.count)))
      ids.append(words[min(Int(rank) - 1, words.count - 1)])
      if let stop, dice.next() % 17 == 0 { ids.append(stop) }
    }
    return tokenizer.decode(ids)
  }

  // MARK: With a model

  private func write(_ folder: URL, _ tokenizer: Tokenizer) throws {
    let engine = try Engine(folder: folder, threads: threads)
    let writer = try Writer(engine: engine, tokenizer: tokenizer)
    let base = writer.session()
    try base.advance(to: [72, 105, 33])
    print(
      "\n\(folder.lastPathComponent), \(threads) threads, \(tokens) tokens an answer: tokens/s (of wall time; best of \(repeats)), and the ratio to free text by the clock and in CPU time"
    )
    var kinds: [(name: String, constraint: SchemaConstraint?, source: SpanIndex?)] = [
      ("free", nil, nil)
    ]
    // Compiled once, as for the questions of a run.
    for (name, schema) in [
      ("strings", Self.endless), ("quotes", Self.quoted), ("choices", Self.choices),
    ] {
      let constraint = try SchemaConstraint(schema)
      kinds.append(
        (
          name, constraint,
          constraint.isGrounded ? SpanIndex(Self.text(tokens: 10_000, tokenizer)) : nil
        ))
    }
    var table = ColumnTable(["sessions", "text", "tokens/s", "ratio", "ratio of CPU time"])
    for count in sessions {
      var best = kinds.map { _ in (wall: Double.infinity, cpu: Double.infinity) }
      for _ in 0..<repeats {
        for (number, kind) in kinds.enumerated() {
          let time = try time(count, kind.constraint, kind.source, writer, base)
          best[number] = (min(best[number].wall, time.wall), min(best[number].cpu, time.cpu))
        }
      }
      for (kind, best) in zip(kinds, best.map { (of: $0, free: best[0]) }) {
        table.add([
          "\(count)", kind.name, String(format: "%.1f", 1 / best.of.wall),
          String(format: "%.3f", best.free.wall / best.of.wall),
          String(format: "%.3f", best.free.cpu / best.of.cpu),
        ])
      }
    }
    table.printed()
  }

  /// Seconds a token takes when so many answers are written together.
  private func time(
    _ count: Int, _ constraint: SchemaConstraint?, _ source: SpanIndex?, _ writer: Writer,
    _ base: WritingSession
  ) throws -> (wall: Double, cpu: Double) {
    let requests = (0..<count).map { seed in
      GenerationRequest(
        prompt: [72, 105, 33], sampling: Sampling(seed: UInt64(seed)), maxTokens: tokens,
        constraint: constraint, source: source)
    }
    let sessions = requests.map { _ in base.fork() }
    let start = Resources.now()
    let outcomes = writer.write(requests, on: sessions)
    let end = Resources.now()
    var written = 0
    for outcome in outcomes { written += try outcome.get().answerTokens }
    return (
      (end.wall - start.wall) / Double(written), (end.cpu - start.cpu) / Double(written)
    )
  }

  /// Goes on until the budget closes it, as free text goes on until the budget ends it.
  private static let endless: JSONValue = [
    "type": "array", "minItems": 1,
    "items": ["type": "string", "minLength": 40],
  ]

  /// Likewise, of a source.
  private static let quoted: JSONValue = [
    "type": "array", "minItems": 1,
    "items": ["type": "string", "x-evidence": "required", "minLength": 40],
  ]

  /// Many fields with few values each, as much of what is extracted is.
  private static let choices: JSONValue = {
    var properties = JSONObject()
    for number in 0..<12 {
      properties["clause\(number)"] = [
        "enum": ["present", "absent", "unclear", nil, .integer(number)]
      ]
    }
    return [
      "type": "object", "properties": .object(properties),
      "required": .array(properties.members.map { JSONValue.string($0.0) }),
      "additionalProperties": false,
    ]
  }()

  private struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
    }
  }
}
