import Documents
import Foundation
import Ingest

/// The PDF tasks of the ingest measuring set.
enum IngestBenchmarkPDF {
  static let tasks: [(name: String, run: IngestBenchmark.Task)] = [
    ("pdftext", pdftext), ("pdftables", pdftables), ("pdfrobust", pdfrobust),
    ("olmocr", olmocr),
  ]

  /// Text as the model reads it, and blocks with type, page and box.
  @Sendable private static func pdftext(_ set: URL, _ out: URL) throws -> IngestCost {
    let files = IngestBenchmark.files(
      in: set.appendingPathComponent("pdftext/pdf"), ending: ".pdf")
    var cost = IngestCost(files: files.count)
    for file in files {
      let name = file.deletingPathExtension().lastPathComponent
      guard let document = try? read(file, &cost) else { continue }
      cost.pages += document.pages.count
      let text = out.appendingPathComponent("pdftext/\(name).txt")
      try FileManager.default.createDirectory(
        at: text.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(ExtractedText(document).text.utf8).write(to: text)
      try IngestBenchmark.write(
        ["blocks": blocks(of: document)], to: out.appendingPathComponent("pdfblocks/\(name).json"))
    }
    cost.finish()
    cost.popplerSeconds = poppler(files)
    return cost
  }

  @Sendable private static func pdftables(_ set: URL, _ out: URL) throws -> IngestCost {
    let files = IngestBenchmark.files(
      in: set.appendingPathComponent("pdftables/pdf"), ending: ".pdf")
    var cost = IngestCost(files: files.count)
    for file in files {
      let name = file.deletingPathExtension().lastPathComponent
      guard let document = try? read(file, &cost) else { continue }
      cost.pages += document.pages.count
      var tables: [[String: Any]] = []
      for block in document.blocks {
        guard case .table(let table) = block.content else { continue }
        tables.append(["page": place(of: block)?.page ?? 0, "rows": rows(of: table)])
      }
      try IngestBenchmark.write(
        ["tables": tables], to: out.appendingPathComponent("pdftables/\(name).json"))
    }
    cost.finish()
    cost.popplerSeconds = poppler(files)
    return cost
  }

  @Sendable private static func pdfrobust(_ set: URL, _ out: URL) throws -> IngestCost {
    let files =
      IngestBenchmark.files(in: set.appendingPathComponent("pdfrobust"), ending: ".pdf")
      + IngestBenchmark.files(in: set.appendingPathComponent("pdfrobust/pdf"), ending: ".pdf")
    let passwords = passwords(in: set.appendingPathComponent("pdfrobust"))
    var cost = IngestCost(files: files.count)
    for file in files {
      let name = file.deletingPathExtension().lastPathComponent
      let url = out.appendingPathComponent("pdfrobust/\(name).json")
      do {
        let document = try read(file, password: passwords[file.lastPathComponent], &cost)
        cost.pages += document.pages.count
        // Words of furniture are words of the file, so they are counted here.
        let text = document.blocks.flatMap(\.texts).map(\.text).joined(separator: "\n")
        try IngestBenchmark.write(
          ["status": "ok", "pages": document.pages.count, "text": text], to: url)
      } catch let error as ReadError {
        try IngestBenchmark.write(
          ["status": error.reason == .encrypted ? "encrypted" : "error"], to: url)
      }
    }
    cost.finish()
    return cost
  }

  /// The passwords that go with the files: `list.json`, `[{"file", "password"}]`.
  private static func passwords(in folder: URL) -> [String: String] {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("list.json")),
      let list = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
    else { return [:] }
    var passwords: [String: String] = [:]
    for entry in list {
      if let file = entry["file"] as? String, let password = entry["password"] as? String {
        passwords[file] = password
      }
    }
    return passwords
  }

  @Sendable private static func olmocr(_ set: URL, _ out: URL) throws -> IngestCost {
    let root = set.appendingPathComponent("olmocr")
    guard let paths = FileManager.default.enumerator(atPath: root.path) else {
      return IngestCost()
    }
    var cost = IngestCost()
    for case let path as String in paths where path.hasSuffix(".pdf") {
      cost.files += 1
      guard let document = try? read(root.appendingPathComponent(path), &cost) else { continue }
      cost.pages += document.pages.count
      // The tests name files below the folder of PDFs.
      let name = path.hasPrefix("pdfs/") ? String(path.dropFirst(5)) : path
      let text = out.appendingPathComponent("olmocr/\(name.dropLast(4)).txt")
      try FileManager.default.createDirectory(
        at: text.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(ExtractedText(document).text.utf8).write(to: text)
    }
    cost.finish()
    return cost
  }

  private static func read(
    _ file: URL, password: String? = nil, _ cost: inout IngestCost
  ) throws -> Document {
    let name = file.lastPathComponent
    let source = try SourceFile(file, named: name)
    cost.bytes += source.byteCount
    return try cost.measure {
      // As the product does it: in a child process, unless told otherwise.
      if ProcessInfo.processInfo.environment["DOCKET_BENCH_IN_PROCESS"] != nil {
        return try PDFReader().read(source, named: name, password: password)
      }
      return try PDFReaderProcess(program: IngestCost.program).read(
        source, named: name, password: password)
    }
  }

  /// CPU seconds that poppler-glib alone takes for characters and boxes.
  private static func poppler(_ files: [URL]) -> Double {
    var cost = IngestCost()
    for file in files {
      guard let source = try? SourceFile(file, named: file.lastPathComponent) else { continue }
      _ = cost.measure { PDFReader().characterCount(source) }
    }
    return cost.seconds
  }

  // MARK: Shapes

  private static func blocks(of document: Document) -> [[String: Any]] {
    let read = document.blocks.filter(\.isRead)
    let places = read.map(place(of:))
    return zip(read, places).map { block, found in
      var object: [String: Any] = ["type": block.kind]
      if case .table(let table) = block.content {
        object["rows"] = rows(of: table)
        object["text"] = rows(of: table).map { $0.joined(separator: "\t") }
          .joined(separator: "\n")
      } else {
        object["text"] = block.texts.map(\.text).joined(separator: "\n")
      }
      if let (page, box) = found {
        object["page"] = page
        var right = box.x1
        if case .table = block.content {
        } else {
          right = columnEdge(of: box, among: places.compactMap { $0?.page == page ? $0?.box : nil })
        }
        object["bbox"] = [box.x0, box.y0, right, box.y1]
      }
      return object
    }
  }

  /// The right edge of the column a block stands in: the set's boxes are as wide as their column
  /// whatever the length of the last line, while anchors hold the ink alone.
  private static func columnEdge(of box: Box, among others: [Box]) -> Double {
    var edges: [Int: Int] = [:]
    for other in others {
      let shared = min(box.x1, other.x1) - max(box.x0, other.x0)
      guard shared > (box.x1 - box.x0) * 0.5, other.x1 >= box.x1 - 1 else { continue }
      edges[Int((other.x1 / 3).rounded()), default: 0] += 1
    }
    let best = edges.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
    guard let best, best.value >= 3 else { return box.x1 }
    return max(box.x1, Double(best.key) * 3)
  }

  private static func rows(of table: Table) -> [[String]] {
    var rows = Array(
      repeating: Array(repeating: "", count: table.columnCount), count: table.rowCount)
    for cell in table.cells { rows[cell.row][cell.column] = cell.text.text }
    return rows
  }

  /// The first page a block stands on, and its box there.
  private static func place(of block: Block) -> (page: Int, box: Box)? {
    var result: (page: Int, box: Box)?
    for text in block.texts {
      for run in text.runs {
        guard case .glyphs(let line) = run.place else { continue }
        guard let found = result else {
          result = (line.page, line.box)
          continue
        }
        if found.page == line.page { result = (found.page, found.box.union(line.box)) }
      }
    }
    return result
  }
}
