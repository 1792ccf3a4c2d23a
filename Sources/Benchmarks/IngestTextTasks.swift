import Documents
import Foundation
import Ingest

/// The HTML, encoding and transcript tasks of the ingest measuring set.
enum IngestTextTasks {
  static let tasks: [(name: String, run: IngestBenchmark.Task)] = [
    ("html", html), ("charset", charset), ("subs", subs),
  ]

  /// Main content of web pages, as the model reads it.
  @Sendable private static func html(_ set: URL, _ out: URL) throws -> String {
    var count = 0
    var bytes = 0
    var seconds = 0.0
    for group in ["aeb", "readability", "traf"] {
      let folder = set.appendingPathComponent("html/\(group)")
      for file in IngestBenchmark.files(in: folder, ending: ".html.gz")
        + IngestBenchmark.files(in: folder, ending: ".html")
      {
        let page = try contents(of: file)
        let start = processorSeconds()
        let document = try? HTMLReader().read(
          page, named: file.lastPathComponent, limits: ReadLimits())
        seconds += processorSeconds() - start
        count += 1
        bytes += page.count
        guard let document else { continue }
        var name = file.deletingPathExtension()
        if name.pathExtension == "html" { name.deletePathExtension() }
        try write(
          ExtractedText(document).text,
          to: out.appendingPathComponent("html/\(group)/\(name.lastPathComponent).txt"))
      }
    }
    return line(count, "pages", bytes, seconds)
  }

  @Sendable private static func charset(_ set: URL, _ out: URL) throws -> String {
    let files = IngestBenchmark.files(in: set.appendingPathComponent("charset/files"), ending: "")
    var bytes = 0
    var seconds = 0.0
    for file in files {
      let data = [UInt8](try Data(contentsOf: file))
      let start = processorSeconds()
      let source = SourceText(data, encoding: EncodingDetection.encoding(of: data))
      seconds += processorSeconds() - start
      bytes += data.count
      try write(
        source.string(source.range),
        to: out.appendingPathComponent("charset/\(file.lastPathComponent).txt"))
    }
    return line(files.count, "files", bytes, seconds)
  }

  /// Captions where the file has captions, turns elsewhere.
  @Sendable private static func subs(_ set: URL, _ out: URL) throws -> String {
    let files = IngestBenchmark.files(in: set.appendingPathComponent("subs/files"), ending: "")
    var bytes = 0
    var seconds = 0.0
    for file in files {
      let data = [UInt8](try Data(contentsOf: file))
      let start = processorSeconds()
      var cues: [[String: Any]] = []
      switch MediaType(of: data) {
      case .webVTT, .subRip:
        for cue in CueReader().cues(data) {
          cues.append(entry(cue.start, cue.end, cue.speaker, cue.text))
        }
      default:
        let document = try PlainTextReader().read(
          data, named: file.lastPathComponent, limits: ReadLimits())
        for block in document.blocks {
          guard case .turn(let turn) = block.content else { continue }
          cues.append(entry(turn.start, turn.end, turn.speaker?.text, turn.text.text))
        }
      }
      seconds += processorSeconds() - start
      bytes += data.count
      try IngestBenchmark.write(
        ["cues": cues], to: out.appendingPathComponent("subs/\(file.lastPathComponent).json"))
    }
    return line(files.count, "files", bytes, seconds)
  }

  private static func entry(
    _ start: Double?, _ end: Double?, _ speaker: String?, _ text: String
  ) -> [String: Any] {
    var entry: [String: Any] = ["text": text]
    entry["start"] = start
    entry["end"] = end
    entry["speaker"] = speaker
    return entry
  }

  /// A file's bytes; compressed ones by the `gzip` program.
  private static func contents(of file: URL) throws -> [UInt8] {
    guard file.pathExtension == "gz" else { return [UInt8](try Data(contentsOf: file)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: file.path])
    }
    return [UInt8](data)
  }

  private static func write(_ text: String, to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private static func line(_ count: Int, _ noun: String, _ bytes: Int, _ seconds: Double) -> String
  {
    let megabytes = Double(bytes) / 1e6
    let speed = seconds > 0 ? megabytes / seconds : 0
    return
      "\(count) \(noun), \((megabytes * 10).rounded() / 10) MB, \((seconds * 1000).rounded() / 1000) s of processor time, \((speed * 10).rounded() / 10) MB/s"
  }

  private static func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
