import DefaultReader
import Foundation
import JSON
import Tokenization

/// Speed of encoding and decoding on one core, as a JSON line a measurement; beside it the
/// `tokenizers` library's, where a Python that has it is named.
struct TokenizerBenchmark {
  static let help = "--text FILE [--tokenizer DIR] [--repeats 5] [--chunk BYTES] [--peer PYTHON]"

  private let text: URL
  private let tokenizer: URL
  private let repeats: Int
  /// Bytes of one document, cut at an empty line; 0 for the whole text as one.
  private let chunk: Int
  private let peer: String?

  struct UsageError: Error, CustomStringConvertible {
    var description: String
  }

  init(arguments: [String]) throws {
    var options: [String: String] = [:]
    var index = 0
    while index < arguments.count {
      guard ["--text", "--tokenizer", "--repeats", "--chunk", "--peer"].contains(arguments[index])
      else {
        throw UsageError(description: "unknown option \(arguments[index]): tokenizer \(Self.help)")
      }
      guard index + 1 < arguments.count else {
        throw UsageError(description: "\(arguments[index]) needs a value: tokenizer \(Self.help)")
      }
      options[arguments[index]] = arguments[index + 1]
      index += 2
    }
    guard let text = options["--text"],
      let repeats = Int(options["--repeats"] ?? "5"), repeats > 0,
      let chunk = Int(options["--chunk"] ?? "0"), chunk >= 0
    else { throw UsageError(description: "tokenizer \(Self.help)") }
    self.text = URL(fileURLWithPath: text)
    tokenizer = options["--tokenizer"].map { URL(fileURLWithPath: $0) } ?? DefaultReader.folder
    self.repeats = repeats
    self.chunk = chunk
    peer = options["--peer"]
  }

  func run() throws {
    let loading = Self.cpuSeconds()
    let tokenizer = try Tokenizer(folder: tokenizer)
    let loaded = Self.cpuSeconds()
    line([
      "test": "load", "cpu_s": .number(loaded - loading),
      "vocabulary": .integer(tokenizer.vocabularySize),
      "tables_MB": .number(Double(tokenizer.byteCount) / 1e6),
    ])
    let documents = Self.documents(try String(contentsOf: text, encoding: .utf8), chunk: chunk)
    let bytes = documents.reduce(0) { $0 + $1.utf8.count }
    var encodings: [Encoding] = []
    let encode = measure {
      encodings = documents.map { tokenizer.encode($0) }
    }
    let tokens = encodings.reduce(0) { $0 + $1.count }
    report("encode", encode, bytes: bytes, tokens: tokens, encodings: encodings.map(\.ids))
    var decoded = 0
    let decode = measure {
      decoded = encodings.reduce(0) { $0 + tokenizer.decode($1.ids).utf8.count }
    }
    guard decoded == bytes else { throw UsageError(description: "decoding lost bytes") }
    report("decode", decode, bytes: bytes, tokens: tokens, encodings: nil)
    if let peer { try runPeer(peer, documents) }
  }

  private func line(_ values: JSONValue) { print(values.text()) }

  private func report(
    _ test: String, _ seconds: Double, bytes: Int, tokens: Int, encodings: [[Int32]]?
  ) {
    var values: JSONObject = [
      "test": .string(test), "MB_per_cpu_s": .number(Double(bytes) / 1e6 / seconds),
      "bytes": .integer(bytes), "tokens": .integer(tokens),
      "peak_rss_MB": .number(Self.peakMegabytes()),
    ]
    if let encodings { values["ids"] = .string(Self.digest(encodings)) }
    line(.object(values))
  }

  /// The least CPU seconds of several runs.
  private func measure(_ body: () -> Void) -> Double {
    (0..<repeats).map { _ in
      let start = Self.cpuSeconds()
      body()
      return Self.cpuSeconds() - start
    }.min() ?? .infinity
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func peakMegabytes() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }

  /// The same for the same ids in both programs: FNV-1a over the ids' decimal digits.
  private static func digest(_ encodings: [[Int32]]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for id in encodings.joined() { hash = (hash ^ UInt64(id)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }

  private static func documents(_ text: String, chunk: Int) -> [String] {
    guard chunk > 0 else { return [text] }
    var documents: [String] = []
    var document = ""
    for paragraph in text.components(separatedBy: "\n\n") {
      document += paragraph + "\n\n"
      if document.utf8.count >= chunk {
        documents.append(document)
        document = ""
      }
    }
    return document.isEmpty ? documents : documents + [document]
  }

  // MARK: The library

  private static let peerProgram = """
    import json, resource, sys, time
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])
    documents = json.load(open(sys.argv[2], encoding="utf-8"))
    size = sum(len(d.encode()) for d in documents)
    best = 1e9
    for _ in range(int(sys.argv[3])):
        start = time.process_time()
        ids = [tokenizer.encode(d, add_special_tokens=False).ids for d in documents]
        best = min(best, time.process_time() - start)
    digest = 0xCBF29CE484222325
    for document in ids:
        for i in document:
            digest = (digest ^ i) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    print(json.dumps({"MB_per_cpu_s": size / 1e6 / best, "bytes": size, "ids": "%x" % digest,
        "peak_rss_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "test": "encode, tokenizers " + tokenizers.__version__,
        "tokens": sum(len(document) for document in ids)}, sort_keys=True), flush=True)
    """

  private func runPeer(_ python: String, _ documents: [String]) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("docket-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("documents.json")
    try Data(JSONValue.array(documents.map { .string($0) }).text().utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [
      "-c", Self.peerProgram, tokenizer.appendingPathComponent("tokenizer.json").path, file.path,
      "\(min(repeats, 2))",
    ]
    var environment = ProcessInfo.processInfo.environment
    environment["TOKENIZERS_PARALLELISM"] = "false"
    environment["RAYON_NUM_THREADS"] = "1"
    process.environment = environment
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw UsageError(description: "\(python) ended with status \(process.terminationStatus)")
    }
  }
}
