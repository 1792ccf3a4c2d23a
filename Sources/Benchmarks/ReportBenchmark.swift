import Documents
import Foundation
import JSON
import Outputs

/// How a report of many documents behaves in a browser: its size, the time until the list stands, and
/// the time of filtering and sorting its table, in headless Chromium.
///
/// Documents are made up: contracts of 41 fields, of which about 15 are found, with quotes of the
/// lengths that contracts have. Pictures are left out; they stand behind everything else in the file
/// and are decoded when looked at.
struct ReportBenchmark {
  static let help = "[--documents 100,1000,5000] [--browser chromium] [--keep FOLDER]"

  private var counts = [100, 1000, 5000]
  private var browser = "chromium"
  private var folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("docket-report-\(ProcessInfo.processInfo.processIdentifier)")
  private var keeps = false

  struct UsageError: Error, CustomStringConvertible {
    var description: String
  }

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else {
        throw UsageError(description: "\(option) needs a value: report \(Self.help)")
      }
      switch option {
      case "--documents":
        counts = value.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
      case "--browser": browser = value
      case "--keep":
        folder = URL(fileURLWithPath: value)
        keeps = true
      default: throw UsageError(description: "unknown option \(option): report \(Self.help)")
      }
    }
  }

  func run() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { if !keeps { try? FileManager.default.removeItem(at: folder) } }
    print("documents  values   MB    written s  list ms  loaded ms  filter ms  sort ms  open ms")
    for count in counts {
      let envelopes = (0..<count).map { Self.envelope($0) }
      let clock = ContinuousClock()
      var html: [UInt8] = []
      let written = clock.measure { html = Report(of: envelopes, title: "\(count) contracts").html }
      let file = folder.appendingPathComponent("report-\(count).html")
      try Data(html + Array(Self.probe.utf8)).write(to: file)
      let times = try measure(file)
      print(
        String(
          format: "%9d  %6d  %5.1f  %9.2f  %7.0f  %9.0f  %9.1f  %7.1f  %7.1f", count, count * 41,
          Double(html.count) / 1e6,
          Double(written.components.seconds)
            + Double(written.components.attoseconds) / 1e18, times[0], times[1], times[2], times[3],
          times[4]))
    }
  }

  /// The numbers that the probe leaves in the page, in its order.
  private func measure(_ file: URL) throws -> [Double] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900",
      "--dump-dom", file.absoluteString,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let dom = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let start = dom.range(of: "<pre id=\"probe\">"),
      let end = dom.range(of: "</pre>", range: start.upperBound..<dom.endIndex)
    else {
      throw UsageError(
        description: "\(browser) gave no measurement; install Chromium or name it by --browser")
    }
    return dom[start.upperBound..<end.lowerBound].split(separator: " ").compactMap { Double($0) }
  }

  /// Runs in the page once it is loaded: everything as a person would do it, with the layout that
  /// follows.
  private static let probe = """
    <script>addEventListener("load", () => {
      const $ = (id) => document.getElementById(id);
      const timed = (work) => { const start = performance.now(); work(); document.body.offsetHeight; return performance.now() - start; };
      const navigation = performance.getEntriesByType("navigation")[0];
      const listed = performance.getEntriesByName("listed")[0]?.startTime ?? -1;
      $("tab-table").click();
      const filter = [];
      for (const words of ["n", "ne", "new", "new york", "thirty", "zzz", ""]) {
        $("filter").value = words;
        filter.push(timed(() => $("field").dispatchEvent(new Event("change"))));
      }
      const sort = [...$("head").querySelectorAll("button")].map((_, index) => timed(() => $("head").querySelectorAll("button")[index].click()));
      $("tab-documents").click();
      const open = [...document.querySelectorAll(".entry")].slice(0, 20).map((entry) => timed(() => entry.click()));
      const pre = document.createElement("pre");
      pre.id = "probe";
      pre.textContent = [listed, navigation.domContentLoadedEventEnd, Math.max(...filter), Math.max(...sort), Math.max(...open)].join(" ");
      document.body.append(pre);
    });</script>
    """

  /// An output as a contract gives it: the same for the same number.
  private static func envelope(_ number: Int) -> JSONValue {
    let words = [
      "agreement", "party", "shall", "notice", "days", "written", "consent", "law", "state", "New",
      "York", "term", "thirty", "liability", "any", "the", "of", "to", "and", "provided",
    ]
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    func text(_ count: Int) -> String {
      (0..<count).map { _ in words[random(words.count)] }.joined(separator: " ")
    }
    var fields = JSONObject()
    var evidence = JSONObject()
    var warnings: [JSONValue] = []
    for index in 0..<41 {
      guard random(41) < 15 else {
        fields["fieldNumber\(index)"] = ["status": "absent", "value": nil, "evidence": []]
        continue
      }
      let id = "e\(evidence.count + 1)"
      evidence[id] = [
        "match": "exact", "occurrences": 1, "page": .integer(1 + random(30)),
        "selector": [
          [
            "type": "TextQuoteSelector", "exact": .string(text(10 + random(60))),
            "prefix": .string(text(35)), "suffix": .string(text(35)),
          ]
        ],
      ]
      fields["fieldNumber\(index)"] = [
        "status": "found", "value": .string(text(1 + random(4))), "evidence": [.string(id)],
      ]
      warnings.append([
        "code": .string(Warning.confidenceCode), "at": .string("/data/fields/fieldNumber\(index)"),
        "message": .string("0.\(30 + random(69))"),
      ])
    }
    return [
      "kind": "fields", "status": number % 50 == 0 ? "partial" : "complete",
      "source": [
        "path": .string("folder-\(number % 17)/contract-\(number).pdf"),
        "mediaType": "application/pdf", "pages": 30,
      ],
      "produced": ["step": "fields"], "warnings": .array(warnings), "evidence": .object(evidence),
      "data": ["fields": .object(fields)],
    ]
  }
}
