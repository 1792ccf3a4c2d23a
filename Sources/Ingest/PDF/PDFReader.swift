package import Documents
import Foundation

/// Reads PDF files with poppler, in this process.
///
/// ``PDFReaderProcess`` does the same in a child process, which is where files of strangers
/// belong.
package struct PDFReader: Sendable {
  /// Reads pages without a text layer; nil names them only.
  package var recogniser: Recogniser?

  package init(recogniser: Recogniser? = nil) { self.recogniser = recogniser }

  /// Reads an open file.
  ///
  /// - Parameters:
  ///   - name: the file's name in errors.
  ///   - password: the user or the owner password.
  package func read(
    _ file: borrowing SourceFile, named name: String, password: String? = nil,
    limits: ReadLimits = ReadLimits()
  ) throws(ReadError) -> Document {
    var collector = DocumentCollector()
    try PDFStream(
      descriptor: file.descriptor, name: name, password: password, limits: limits,
      recogniser: recogniser
    ).read { collector.add($0) }
    return collector.document
  }

  /// Characters of the file as poppler gives them, with their boxes and nothing made of them: the
  /// yardstick for what reading costs beyond that. Nil where it cannot be opened.
  package func characterCount(_ file: borrowing SourceFile) -> Int? {
    guard let pdf = try? PDFFile(descriptor: file.descriptor, named: "", password: nil) else {
      return nil
    }
    return (0..<pdf.pageCount).reduce(0) { $0 + pdf.characterCount($1) }
  }
}

/// What reading a PDF, or a package, yields, piece by piece and in order.
enum PDFEvent {
  /// It is no PDF but a package of this media type, in which text stands in these parts.
  case package(mediaType: String, parts: [SourcePart])
  case metadata(Metadata)
  case page(Page)
  /// A heading's level is an index into the levels of ``finished(levels:)``.
  case block(Block)
  case link(Link)
  case notice(Notice)
  /// Character recognition of a page begins, which may take its own time.
  case recognising
  /// The last one.
  case finished(levels: [Int])
}

/// Events → document.
struct DocumentCollector {
  private(set) var document = Document(mediaType: "application/pdf")
  private(set) var isFinished = false

  mutating func add(_ event: PDFEvent) {
    switch event {
    case .package(let mediaType, let parts):
      document.mediaType = mediaType
      document.parts = parts
    case .metadata(let metadata): document.metadata = metadata
    case .page(let page): document.pages.append(page)
    case .block(let block): document.blocks.append(block)
    case .link(let link): document.links.append(link)
    case .notice(let notice): document.notices.append(notice)
    case .recognising: break
    case .finished(let levels):
      isFinished = true
      for i in document.blocks.indices {
        if case .heading(let text, let look) = document.blocks[i].content {
          let level = levels.indices.contains(look) ? levels[look] : 1
          document.blocks[i].content = .heading(text, level: level)
        }
      }
    }
  }
}

/// Reads a PDF page by page with a window of neighbours, so that memory does not grow with the
/// number of pages.
struct PDFStream {
  /// The open file.
  let descriptor: Int32
  let name: String
  let password: String?
  let limits: ReadLimits
  let recogniser: Recogniser?

  /// Pages looked ahead and back for running heads.
  private static let reach = 4

  private struct Waiting {
    var index: Int
    var page: PageGlyphs
    var words: PageWords
  }

  func read(_ emit: (PDFEvent) -> Void) throws(ReadError) {
    let file = try PDFFile(descriptor: descriptor, named: name, password: password)
    guard file.pageCount > 0 else {
      throw ReadError(
        .damaged, file: name, what: "the PDF has no pages",
        advice: "Check that the file is complete, or repair it, for instance with `qpdf`.")
    }
    guard file.pageCount <= limits.pages else {
      throw ReadError(
        .overLimit, file: name,
        what: "the PDF has \(file.pageCount) pages, and the limit is \(limits.pages)",
        advice: "Split the file or raise the limit of pages.")
    }
    let metadata = file.metadata()
    emit(.metadata(metadata))
    var recognition = recogniser.map { PageRecognition($0) }
    var deadline = ContinuousClock.now + .seconds(limits.seconds)
    let isScan = ScanDetector()

    try withoutActuallyEscaping(emit) { (emit) throws(ReadError) in
      var assembler = DocumentAssembler(outline: metadata.outline) { emit(.block($0)) }
      var statistics = TextStatistics()
      var memory = WordMemory()
      var queue: [Waiting] = []
      var margins: [(index: Int, rows: MarginRows)] = []
      var hasText = false
      var hasNotice = false

      func layOut(_ waiting: Waiting) {
        let neighbours = margins.filter {
          $0.index != waiting.index && abs($0.index - waiting.index) <= Self.reach
        }
        guard let own = margins.first(where: { $0.index == waiting.index }) else { return }
        let layout = PageLayout(
          page: waiting.page, words: waiting.words,
          furniture: PageFurniture(of: own.rows, among: neighbours.map(\.rows)),
          bodySize: statistics.body.size, memory: memory,
          draw: {
            file.drawing(waiting.index, scale: Rulings.scale).map { Rulings(in: $0) } ?? Rulings()
          })
        assembler.add(layout.blocks(), body: statistics.body)
      }

      for index in 0..<file.pageCount {
        if ContinuousClock.now > deadline {
          throw ReadError(
            .overLimit, file: name,
            what:
              "reading took more than \(limits.seconds) s, up to page \(index) of \(file.pageCount)",
            advice: "Split the file or raise the limit of seconds.")
        }
        guard var page = file.page(index) else {
          emit(.page(Page(label: nil, width: 0, height: 0)))
          emit(
            .notice(
              Notice(.damaged, page: index + 1, detail: "Page \(index + 1) cannot be built.")))
          hasNotice = true
          continue
        }
        emit(
          .page(
            Page(label: page.label, width: Double(page.width), height: Double(page.height))))
        for link in page.links {
          emit(
            .link(
              Link(
                link.target, at: .area(page: index + 1, box: link.area),
                text: page.text(in: link.area))))
        }
        var words = PageWords(page)
        if var notice = isScan.notice(of: index, words: words, in: file) {
          if recognition != nil {
            emit(.recognising)
            let start = ContinuousClock.now
            (page, notice) = recognition!.read(page, missing: notice) {
              file.picture(index, scale: $0)
            }
            // It has a limit of its own.
            deadline += ContinuousClock.now - start
            words = PageWords(page)
          }
          emit(.notice(notice))
          hasNotice = true
        }
        if let notice = unmapped(words, page: index + 1) {
          emit(.notice(notice))
          hasNotice = true
        }
        guard !words.main.isEmpty || !words.turned.isEmpty else { continue }
        hasText = true
        statistics.add(words, page)
        memory.learn(page, words.main)
        margins.append(
          (index, MarginRows(words: words.main, page: page, height: words.upright.height)))
        queue.append(Waiting(index: index, page: page, words: words))
        while let first = queue.first, index - first.index >= Self.reach {
          layOut(first)
          queue.removeFirst()
          margins.removeAll { $0.index < first.index + 1 - Self.reach }
        }
      }
      for waiting in queue { layOut(waiting) }
      assembler.end()
      if !hasText, !hasNotice {
        emit(.notice(Notice(.empty, detail: "The PDF's \(file.pageCount) pages hold no text.")))
      }
      emit(.finished(levels: assembler.levels()))
    }
  }

  private func unmapped(_ words: PageWords, page: Int) -> Notice? {
    guard words.unmapped >= 3 else { return nil }
    return Notice(
      .unmappedGlyphs, page: page,
      detail:
        "\(words.unmapped) of the page's \(words.visible) glyphs have no Unicode value in the file."
    )
  }
}

/// Tells a scanned page from an empty one.
struct ScanDetector {
  /// Glyphs below which a page may be a scan with a stamp on it.
  private static let fewGlyphs = 300

  func notice(of index: Int, words: PageWords, in file: borrowing PDFFile) -> Notice? {
    guard words.visible < Self.fewGlyphs else { return nil }
    let cover = file.imageCover(index)
    if words.visible == 0 {
      if cover > 0.05 {
        return Notice(
          .noTextLayer, page: index + 1,
          detail:
            "Page \(index + 1) is an image (it covers \(Int((cover * 100).rounded())) % of it) without a text layer."
        )
      }
      if hasInk(index, file) {
        return Notice(
          .noTextLayer, page: index + 1,
          detail: "Page \(index + 1) shows drawings only: whatever words it has are outlines.")
      }
      return nil
    }
    guard cover > 0.7 else { return nil }
    return Notice(
      .noTextLayer, page: index + 1,
      detail:
        "Page \(index + 1) is mostly an image (\(Int((cover * 100).rounded())) % of it) with \(words.visible) characters of text on it."
    )
  }

  /// Whether more than a rule or two is drawn on the page.
  private func hasInk(_ index: Int, _ file: borrowing PDFFile) -> Bool {
    guard let picture = file.picture(index, scale: 0.5) else { return false }
    var dark = 0
    for pixel in picture.pixels where pixel < 160 { dark += 1 }
    return dark * 400 > picture.pixels.count
  }
}

/// What ordinary text looks like in the pages read so far.
struct TextStatistics {
  private var bySize: [Int: Int] = [:]
  private var glyphs = 0
  private var bold = 0

  mutating func add(_ words: PageWords, _ page: PageGlyphs) {
    words.main.countGlyphs(into: &bySize, parts: 4)
    for word in words.main {
      glyphs += word.glyphs.count
      if page.styles[Int(word.style)].isBold { bold += word.glyphs.count }
    }
  }

  var body: DocumentAssembler.Body {
    let most = bySize.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return DocumentAssembler.Body(
      size: Float(most?.key ?? 40) / 4, isBold: bold * 2 > glyphs)
  }
}
