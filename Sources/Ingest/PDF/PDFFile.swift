import Documents
import Foundation
import PopplerShim

/// An open PDF. One owner, one thread: poppler shares nothing safely.
@safe struct PDFFile: ~Copyable {
  private let handle: OpaquePointer
  let pageCount: Int
  private let looks = FontLooks()

  /// The looks of the fonts met so far: names recur on every page.
  private final class FontLooks {
    private var known: [String: FontLook] = [:]

    func look(of font: String) -> FontLook {
      if let look = known[font] { return look }
      let look = FontLook(of: font)
      if known.count < 10_000 { known[font] = look }
      return look
    }
  }

  /// Opens a PDF through the descriptor of its open file, which must stay open.
  init(descriptor: Int32, named name: String, password: String?) throws(ReadError) {
    var error = pdf_error()
    let opened = unsafe pdf_open(descriptor, password, &error)
    guard let opened = unsafe opened else {
      throw Self.failure(error, named: name, password: password)
    }
    unsafe handle = opened
    pageCount = unsafe Int(pdf_page_count(opened))
  }

  deinit { unsafe pdf_close(handle) }

  private static func failure(_ error: pdf_error, named name: String, password: String?)
    -> ReadError
  {
    var error = error
    let message = unsafe withUnsafeBytes(of: &error.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch UInt32(error.code) {
    case PDF_ERROR_ENCRYPTED.rawValue where password == nil:
      return ReadError(
        .missingPassword, file: name, what: "the PDF is encrypted and no password was given",
        advice: "Declare its password.")
    case PDF_ERROR_ENCRYPTED.rawValue:
      return ReadError(
        .wrongPassword, file: name, what: "the declared password does not open the PDF",
        advice: "Declare the user or the owner password.")
    default:
      return ReadError(
        .damaged, file: name, what: "it cannot be read as PDF (poppler: \"\(message)\")",
        advice: "Check that the file is complete, or repair it, for instance with `qpdf`.")
    }
  }

  /// Page `index` from 0; nil where the page cannot be built.
  func page(_ index: Int) -> PageGlyphs? {
    var raw = unsafe pdf_page()
    guard unsafe pdf_read_page(handle, Int32(index), &raw) != 0 else { return nil }
    defer { unsafe pdf_page_free(&raw) }
    let label = unsafe raw.label.map { unsafe String(cString: $0) }
    var page = unsafe PageGlyphs(
      number: index + 1, label: label, width: raw.width, height: raw.height)
    for i in unsafe 0..<Int(raw.link_count) {
      let link = unsafe raw.links[i]
      let target = unsafe link.uri.map { unsafe Link.Target.address(String(cString: $0)) }
      let area = unsafe link.area
      page.links.append(
        unsafe (
          target ?? .page(Int(link.page)),
          Box(
            x0: Double(area.x0), y0: Double(area.y0), x1: Double(area.x1), y1: Double(area.y1))
        ))
    }
    let styleCount = unsafe min(Int(raw.style_count), 60_000)
    page.styles.reserveCapacity(styleCount + 1)
    for i in 0..<styleCount {
      let style = unsafe raw.styles[i]
      let font = unsafe String(cString: style.font)
      unsafe page.styles.append(
        GlyphStyle(
          font: font, look: looks.look(of: font), size: style.size, color: style.color,
          isUnderlined: style.underlined != 0))
    }
    page.styles.append(
      GlyphStyle(font: "", look: FontLook(of: ""), size: 0, color: 0, isUnderlined: false))
    let none = UInt16(clamping: styleCount)
    let glyphCount = unsafe Int(raw.glyph_count)
    page.glyphs.reserveCapacity(glyphCount)
    for i in 0..<glyphCount {
      let glyph = unsafe raw.glyphs[i]
      page.glyphs.append(
        Glyph(
          scalar: glyph.scalar, x0: glyph.box.x0, y0: glyph.box.y0, x1: glyph.box.x1,
          y1: glyph.box.y1, style: glyph.style < UInt32(none) ? UInt16(glyph.style) : none))
    }
    return page
  }

  /// Characters of page `index` from 0, for which poppler gives boxes.
  func characterCount(_ index: Int) -> Int {
    unsafe pdf_count_characters(handle, Int32(index))
  }

  /// The share of the page that images cover, 0...1. As dear as reading the page.
  func imageCover(_ index: Int) -> Double { unsafe Double(pdf_image_cover(handle, Int32(index))) }

  /// What the page shows besides letters and large pictures: its rulings and shaded cells, in grey; nil
  /// where that is nothing, or too much to be a table.
  func drawing(_ index: Int, scale: Double) -> GrayPicture? {
    unsafe GrayPicture(scale: scale) { width, height in
      unsafe pdf_drawing_gray(handle, Int32(index), scale, GrayPicture.limit, &width, &height)
    }
  }

  /// The page in grey, `scale` pixels a point; nil where it has no sensible size.
  func picture(_ index: Int, scale: Double) -> GrayPicture? {
    unsafe GrayPicture(scale: scale) { width, height in
      unsafe pdf_render_gray(
        handle, Int32(index), scale, GrayPicture.limit, &width, &height)
    }
  }

  func metadata() -> Metadata {
    var raw = unsafe pdf_metadata()
    unsafe pdf_read_metadata(handle, &raw)
    defer { unsafe pdf_metadata_free(&raw) }
    var metadata = Metadata()
    metadata.title = unsafe Self.words(raw.title)
    metadata.author = unsafe Self.words(raw.author)
    if unsafe raw.created > 0 {
      metadata.date = unsafe CivilDate(secondsSince1970: raw.created).description
    }
    for i in unsafe 0..<Int(raw.bookmark_count) {
      let mark = unsafe raw.bookmarks[i]
      let page = unsafe Int(mark.page)
      metadata.outline.append(
        unsafe OutlineEntry(
          title: Self.words(mark.title) ?? "", depth: Int(mark.depth),
          page: page >= 1 && page <= pageCount ? page : nil))
    }
    return metadata
  }

  private static func words(_ raw: UnsafeMutablePointer<CChar>?) -> String? {
    guard let raw = unsafe raw else { return nil }
    let whole = unsafe String(cString: raw)
    // Most need no tidying, and there may be thousands of bookmarks.
    var before: UInt8 = 0x20
    let isTidy = whole.utf8.allSatisfy { byte in
      defer { before = byte }
      return byte > 0x20 && byte < 0x7F || byte == 0x20 && before != 0x20
    }
    if isTidy, before != 0x20 { return whole }
    let text =
      whole
      .split(whereSeparator: { $0.isWhitespace || $0 == "\0" }).joined(separator: " ")
    return text.isEmpty ? nil : text
  }

  static var libraryVersion: String { unsafe String(cString: pdf_library_version()) }
}

/// A day of the Gregorian calendar in UTC: Foundation's formatters cost more than the whole file.
struct CivilDate: CustomStringConvertible {
  let year: Int
  let month: Int
  let day: Int

  /// Howard Hinnant's days-to-civil algorithm.
  init(secondsSince1970 seconds: Int64) {
    let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var description: String {
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(year)-\(two(month))-\(two(day))"
  }
}
