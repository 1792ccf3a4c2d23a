import Foundation

/// Writes small PDFs, one object after another, so that a test shows all that is in its file.
struct PDFBuilder {
  enum Item {
    /// `y` from the top, in points, like everything here; the baseline.
    case text(String, x: Double, y: Double, size: Double = 10, isBold: Bool = false)
    case line(x0: Double, y0: Double, x1: Double, y1: Double)
    case link(x0: Double, y0: Double, x1: Double, y1: Double, uri: String)
    /// To a page of the same file, from 0.
    case jump(x0: Double, y0: Double, x1: Double, y1: Double, page: Int)
    /// An annotation that shows a line of text, as a filled field of a form does.
    case stamp(String, x0: Double, y0: Double, x1: Double, y1: Double)
    /// A grey picture over a part of the page, one byte a pixel.
    case picture(pixels: [UInt8], width: Int, x0: Double, y0: Double, x1: Double, y1: Double)
  }

  var pages: [[Item]] = []
  var width = 612.0
  var height = 792.0
  var title: String?
  /// Title, depth and page from 0.
  var outline: [(title: String, page: Int)] = []
  /// An entry of the /PageLabels number tree, as PDF: `0 << /S /r >> 2 << /S /D >>`.
  var pageLabels: String?
  /// Degrees, for all pages.
  var rotation = 0

  /// Lines of text one below the other.
  static func lines(
    _ lines: [String], x: Double, y: Double, pitch: Double = 12, size: Double = 10
  ) -> [Item] {
    lines.enumerated().map { .text($1, x: x, y: y + Double($0) * pitch, size: size) }
  }

  var bytes: [UInt8] {
    var objects: [[UInt8]] = []
    func add(_ text: String) -> Int { add(Array(text.utf8)) }
    func add(_ bytes: [UInt8]) -> Int {
      objects.append(bytes)
      return objects.count
    }
    func stream(_ dictionary: String, _ data: [UInt8]) -> Int {
      add(
        Array("<< \(dictionary) /Length \(data.count) >>\nstream\n".utf8) + data
          + Array("\nendstream".utf8))
    }
    let catalog = add("")
    let tree = add("")
    let plain = add(
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    let bold = add(
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    var kids: [Int] = []
    for items in pages {
      var content = ""
      var links: [Int] = []
      var pictures = ""
      for item in items {
        switch item {
        case .text(let text, let x, let y, let size, let isBold):
          content +=
            "BT /\(isBold ? "B" : "P") \(size) Tf \(x) \(height - y) Td (\(Self.escaped(text))) Tj ET\n"
        case .line(let x0, let y0, let x1, let y1):
          content += "\(x0) \(height - y0) m \(x1) \(height - y1) l S\n"
        case .link(let x0, let y0, let x1, let y1, let uri):
          links.append(
            add(
              "<< /Type /Annot /Subtype /Link /Rect [\(x0) \(height - y1) \(x1) \(height - y0)] /A << /S /URI /URI (\(uri)) >> >>"
            ))
        case .jump(let x0, let y0, let x1, let y1, let page):
          links.append(
            add(
              "<< /Type /Annot /Subtype /Link /Rect [\(x0) \(height - y1) \(x1) \(height - y0)] /A << /S /GoTo /D [\(page) /Fit] >> >>"
            ))
        case .stamp(let text, let x0, let y0, let x1, let y1):
          let look = stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 \(x1 - x0) \(y1 - y0)] /Resources << /Font << /P \(plain) 0 R >> >>",
            Self.latin1("BT /P 10 Tf 2 3 Td (\(Self.escaped(text))) Tj ET"))
          links.append(
            add(
              "<< /Type /Annot /Subtype /Stamp /F 4 /Rect [\(x0) \(height - y1) \(x1) \(height - y0)] /AP << /N \(look) 0 R >> >>"
            ))
        case .picture(let pixels, let width, let x0, let y0, let x1, let y1):
          let picture = stream(
            "/Type /XObject /Subtype /Image /Width \(width) /Height \(pixels.count / width) /ColorSpace /DeviceGray /BitsPerComponent 8",
            pixels)
          pictures += "/I\(picture) \(picture) 0 R "
          content +=
            "q \(x1 - x0) 0 0 \(y1 - y0) \(x0) \(height - y1) cm /I\(picture) Do Q\n"
        }
      }
      let drawing = stream("", Self.latin1(content))
      kids.append(
        add(
          "<< /Type /Page /Parent \(tree) 0 R /MediaBox [0 0 \(width) \(height)] /Rotate \(rotation) /Contents \(drawing) 0 R /Resources << /Font << /P \(plain) 0 R /B \(bold) 0 R >> /XObject << \(pictures)>> >> /Annots [\(links.map { "\($0) 0 R" }.joined(separator: " "))] >>"
        ))
    }
    objects[tree - 1] = Array(
      "<< /Type /Pages /Count \(kids.count) /Kids [\(kids.map { "\($0) 0 R" }.joined(separator: " "))] >>"
        .utf8)
    var entries = ""
    if !outline.isEmpty {
      let root = add("")
      let first = root + 1
      for (at, mark) in outline.enumerated() {
        let next = at + 1 < outline.count ? "/Next \(first + at + 1) 0 R" : ""
        _ = add(
          "<< /Title (\(Self.escaped(mark.title))) /Parent \(root) 0 R \(next) /Dest [\(kids[mark.page]) 0 R /Fit] >>"
        )
      }
      objects[root - 1] = Array(
        "<< /First \(first) 0 R /Last \(first + outline.count - 1) 0 R /Count \(outline.count) >>"
          .utf8)
      entries += "/Outlines \(root) 0 R "
    }
    if let pageLabels { entries += "/PageLabels << /Nums [\(pageLabels)] >> " }
    objects[catalog - 1] = Array("<< /Type /Catalog /Pages \(tree) 0 R \(entries)>>".utf8)
    let information = title.map { add("<< /Title (\(Self.escaped($0))) >>") }

    var file = Array("%PDF-1.7\n".utf8)
    var offsets: [Int] = []
    for (at, object) in objects.enumerated() {
      offsets.append(file.count)
      file += Array("\(at + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
    }
    let start = file.count
    file += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
    for offset in offsets {
      let digits = "\(offset)"
      file += Array(
        (String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
    }
    let info = information.map { " /Info \($0) 0 R" } ?? ""
    file += Array(
      "trailer\n<< /Size \(objects.count + 1) /Root \(catalog) 0 R\(info) >>\nstartxref\n\(start)\n%%EOF\n"
        .utf8)
    return file
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "(", with: "\\(")
      .replacingOccurrences(of: ")", with: "\\)")
  }

  private static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(exactly: $0.value) ?? 0x3F }
  }
}

/// Files of the repository that tests read where they are.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
