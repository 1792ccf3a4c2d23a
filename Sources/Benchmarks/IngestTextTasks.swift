import Documents
import Foundation
import Ingest

/// The HTML, encoding and transcript tasks of the ingest measuring set.
enum IngestTextTasks {
  static let tasks: [(name: String, run: IngestBenchmark.Task)] = [
    ("html", html), ("charset", charset), ("subs", subs),
  ]

  /// Main content of web pages, as the model reads it.
  @Sendable private static func html(_ set: URL, _ out: URL) throws -> IngestCost {
    var cost = IngestCost()
    for group in ["aeb", "readability", "traf"] {
      let folder = set.appendingPathComponent("html/\(group)")
      for file in IngestBenchmark.files(in: folder, ending: ".html.gz")
        + IngestBenchmark.files(in: folder, ending: ".html")
      {
        let page = try contents(of: file)
        let document = cost.measure {
          try? HTMLReader().read(page, named: file.lastPathComponent, limits: ReadLimits())
        }
        cost.files += 1
        cost.bytes += page.count
        guard let document else { continue }
        var name = file.deletingPathExtension()
        if name.pathExtension == "html" { name.deletePathExtension() }
        try write(
          ExtractedText(document).text,
          to: out.appendingPathComponent("html/\(group)/\(name.lastPathComponent).txt"))
      }
    }
    return cost
  }

  @Sendable private static func charset(_ set: URL, _ out: URL) throws -> IngestCost {
    let files = IngestBenchmark.files(in: set.appendingPathComponent("charset/files"), ending: "")
    var cost = IngestCost(files: files.count)
    for file in files {
      let data = [UInt8](try Data(contentsOf: file))
      let source = cost.measure {
        SourceText(data, encoding: EncodingDetection.encoding(of: data))
      }
      cost.bytes += data.count
      try write(
        source.string(source.range),
        to: out.appendingPathComponent("charset/\(file.lastPathComponent).txt"))
    }
    return cost
  }

  /// Captions where the file has captions, turns elsewhere.
  @Sendable private static func subs(_ set: URL, _ out: URL) throws -> IngestCost {
    let files = IngestBenchmark.files(in: set.appendingPathComponent("subs/files"), ending: "")
    var cost = IngestCost(files: files.count)
    for file in files {
      let data = [UInt8](try Data(contentsOf: file))
      let cues = try cost.measure { try Self.cues(data, named: file.lastPathComponent) }
      cost.bytes += data.count
      try IngestBenchmark.write(
        ["cues": cues], to: out.appendingPathComponent("subs/\(file.lastPathComponent).json"))
    }
    return cost
  }

  private static func cues(_ data: [UInt8], named name: String) throws -> [[String: Any]] {
    switch MediaType(of: data) {
    case .webVTT, .subRip:
      return CueReader().cues(data).map { entry($0.start, $0.end, $0.speaker, $0.text) }
    default:
      let document = try PlainTextReader().read(data, named: name, limits: ReadLimits())
      return document.blocks.compactMap { block in
        guard case .turn(let turn) = block.content else { return nil }
        return entry(turn.start, turn.end, turn.speaker?.text, turn.text.text)
      }
    }
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
}
