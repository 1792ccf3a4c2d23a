import Foundation
import Testing

/// A Chromium without a window, which runs a page's scripts and gives back what became of the page.
struct Browser {
  /// `$CHROMIUM`, else what Debian and others call it; nil where there is none, and then the tests of
  /// pages are skipped by name.
  static let program: URL? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["CHROMIUM"] { return URL(fileURLWithPath: named) }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome", "chrome"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
      {
        return URL(fileURLWithPath: "\(folder)/\(name)")
      }
    }
    return nil
  }()

  static let reason: Comment =
    "needs Chromium: install the package chromium, or name it by $CHROMIUM"

  /// Where the browser keeps what it must keep.
  let folder: URL
  var width = 1280

  /// Opens `page` with `script` run at its end; the script's `say(…)` lines come back.
  func run(_ page: URL, script: String, printing paper: URL? = nil) throws -> [String] {
    var html = try String(contentsOf: page, encoding: .utf8)
    html += """
      <script>addEventListener("load", () => {
        const said = document.createElement("pre");
        said.id = "said";
        document.body.append(said);
        const say = (...words) => said.append(words.join(" ") + "\\n");
        const $ = (id) => document.getElementById(id);
        const press = (key, target = document.body) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        try { \(script) } catch (error) { say("error:", error); }
      });</script>
      """
    let copy = folder.appendingPathComponent("page-\(UUID().uuidString).html")
    try html.write(to: copy, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = Self.program
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--window-size=\(width),900",
        "--user-data-dir=\(folder.appendingPathComponent("browser").path)",
      ] + (paper.map { ["--print-to-pdf=\($0.path)"] } ?? ["--dump-dom"]) + [copy.absoluteString]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let dom = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let start = dom.range(of: "<pre id=\"said\">"),
      let end = dom.range(of: "</pre>", range: start.upperBound..<dom.endIndex)
    else { return [] }
    return dom[start.upperBound..<end.lowerBound].split(separator: "\n").map {
      $0.replacingOccurrences(of: "&amp;", with: "&").replacingOccurrences(of: "&lt;", with: "<")
    }
  }
}
