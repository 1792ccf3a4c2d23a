import Documents

/// Reads the pages of one document that have no text layer, and says of each how that went.
struct PageRecognition {
  let recogniser: Recogniser
  private var languages: String?

  init(_ recogniser: Recogniser) { self.recogniser = recogniser }

  /// The page with the words that were seen, and the notice that marks them; on failure the page as
  /// it was, and its notice with the reason.
  ///
  /// - Parameter missing: the notice of the page without text.
  mutating func read(
    _ page: PageGlyphs, missing: Notice, draw: (_ scale: Double) -> GrayPicture?
  ) -> (page: PageGlyphs, notice: Notice) {
    var missing = missing
    do throws(Recogniser.Failure) {
      let languages = self.languages ?? recogniser.languages()
      self.languages = languages
      let words = try recogniser.words(of: page, languages: languages, draw: draw)
      guard !words.isEmpty else {
        missing.detail += " tesseract sees no words on it."
        return (page, missing)
      }
      let confidence = words.reduce(0) { $0 + $1.confidence } / Float(words.count)
      return (
        page.adding(words),
        Notice(
          .recognised, page: page.number,
          detail:
            "Page \(page.number) has no text layer: its \(words.count) words were read by character recognition (tesseract, mean confidence \(Int(confidence.rounded())) %) and may be wrong."
        )
      )
    } catch {
      switch error {
      case .tooSlow:
        missing.detail +=
          " tesseract took more than \(recogniser.secondsPerPage) s and was stopped."
      case .failed: missing.detail += " tesseract failed on it."
      case .notStarted: missing.detail += " \(recogniser.program) cannot be started."
      case .noPicture: missing.detail += " It cannot be drawn for tesseract."
      }
      return (page, missing)
    }
  }
}

extension PageGlyphs {
  /// The page with recognised words after its own characters. Words where the file has characters
  /// already are left out: those are right.
  func adding(_ words: [Recogniser.RecognisedWord]) -> PageGlyphs {
    var page = self
    let own = glyphs.filter { $0.scalar > 0x20 }
    let sizes = Self.sizes(of: words)
    // The last style stands for "none known".
    let none = page.styles.removeLast()
    var styleOfSize: [Float: UInt16] = [:]
    var line = -1
    for (at, word) in words.enumerated() {
      let isKnown = own.contains {
        let x = ($0.x0 + $0.x1) / 2
        let y = ($0.y0 + $0.y1) / 2
        return x > word.x0 && x < word.x1 && y > word.y0 && y < word.y1
      }
      if isKnown { continue }
      let size = sizes[at]
      let style: UInt16
      if let known = styleOfSize[size] {
        style = known
      } else {
        style = UInt16(clamping: page.styles.count)
        styleOfSize[size] = style
        page.styles.append(
          GlyphStyle(
            font: "", look: FontLook(of: ""), size: size, color: 0, isUnderlined: false))
      }
      let separator: UInt32 = word.line == line ? 0x20 : 0x0A
      if let last = page.glyphs.last {
        page.glyphs.append(
          Glyph(
            scalar: separator, x0: last.x1, y0: last.y0, x1: last.x1, y1: last.y1,
            style: style))
      }
      line = word.line
      let scalars = Array(word.text.unicodeScalars)
      let step = (word.x1 - word.x0) / Float(scalars.count)
      for (n, scalar) in scalars.enumerated() {
        page.glyphs.append(
          Glyph(
            scalar: scalar.value, x0: word.x0 + step * Float(n), y0: word.y0,
            x1: word.x0 + step * Float(n + 1), y1: word.y1, style: style))
      }
    }
    // Own characters without a style pointed at the entry that moved.
    let moved = UInt16(clamping: styles.count - 1)
    let last = UInt16(clamping: page.styles.count)
    for at in 0..<glyphs.count where page.glyphs[at].style == moved { page.glyphs[at].style = last }
    page.styles.append(none)
    return page
  }

  /// The size of each word's letters, from the heights of lines. Those vary with the letters a line
  /// happens to have, so a paragraph has one size, and sizes near the page's usual one are that.
  private static func sizes(of words: [Recogniser.RecognisedWord]) -> [Float] {
    func middle(_ values: [Float]) -> Float { values.sorted()[values.count / 2] }
    guard !words.isEmpty else { return [] }
    let usual = middle(words.map { $0.y1 - $0.y0 })
    var heights: [Int: [Float]] = [:]
    for word in words { heights[word.paragraph, default: []].append(word.y1 - word.y0) }
    let ofParagraph = heights.mapValues { values in
      let height = middle(values)
      return abs(height - usual) < usual * 0.22 ? usual : height
    }
    // A line's height runs from ascenders to descenders, some nine tenths of the size.
    return words.map { ((ofParagraph[$0.paragraph] ?? usual) / 0.9 * 2).rounded() / 2 }
  }
}
