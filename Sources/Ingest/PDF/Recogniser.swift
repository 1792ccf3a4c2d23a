import Foundation
import Glibc
import PopplerShim

/// Character recognition for pages without a text layer, by the `tesseract` program where it is
/// installed.
package struct Recogniser: Hashable, Sendable {
  /// Its absolute path.
  package var program: String
  /// What one page may take; then it stays without text, and its notice says so.
  package var secondsPerPage: Double

  package init(program: String, secondsPerPage: Double = 60) {
    self.program = program
    self.secondsPerPage = secondsPerPage
  }

  /// The environment's choice: a path in `DOCKET_TESSERACT`, or `none`; otherwise the first
  /// `tesseract` on the `PATH`. Nil where there is none.
  package static let installed: Recogniser? = {
    let environment = ProcessInfo.processInfo.environment
    if let choice = environment["DOCKET_TESSERACT"], !choice.isEmpty {
      return choice == "none" ? nil : Recogniser(program: choice)
    }
    for folder in (environment["PATH"] ?? "").split(separator: ":") {
      let path = "\(folder)/tesseract"
      if path.hasPrefix("/"), FileManager.default.isExecutableFile(atPath: path) {
        return Recogniser(program: path)
      }
    }
    return nil
  }()

  /// The program's name and version, as it says itself; its path where it says nothing.
  package var version: String {
    let first = output(of: ["--version"], seconds: 10).text.split(separator: "\n").first
    return first.map(String.init) ?? program
  }

  /// A word as the program saw it.
  struct RecognisedWord {
    var text: String
    /// Points on the page. `y0` and `y1` are its line's.
    var x0: Float
    var y0: Float
    var x1: Float
    var y1: Float
    /// Index of the line it stands on, in reading order.
    var line: Int
    /// Index of the paragraph.
    var paragraph: Int
    /// 0...100.
    var confidence: Float
  }

  enum Failure: Error {
    case notStarted
    case tooSlow
    case failed
    /// The page cannot be drawn.
    case noPicture
  }

  /// Pixels a point: 300 an inch, which is what the program was made for.
  static let scale = 300.0 / 72
  /// Pixels of a page at most; a larger page is drawn coarser.
  private static let mostPixels = 9_000_000.0

  /// The words of a page.
  ///
  /// - Parameter languages: as ``languages()`` says; empty for the program's own choice.
  func words(
    of page: PageGlyphs, languages: String, draw: (_ scale: Double) -> GrayPicture?
  ) throws(Failure) -> [RecognisedWord] {
    let area = Double(max(page.width, 1) * max(page.height, 1))
    let scale = min(Self.scale, (Self.mostPixels / area).squareRoot())
    guard let picture = draw(scale) else { throw .noPicture }
    let resolution = Int((scale * 72).rounded())
    var arguments = ["stdin", "stdout", "--dpi", "\(resolution)"]
    if !languages.isEmpty { arguments += ["-l", languages] }
    arguments.append("tsv")
    let answer = output(
      of: arguments, head: "P5\n\(picture.width) \(picture.height)\n255\n", body: picture.pixels,
      seconds: secondsPerPage)
    switch UInt32(answer.ending) {
    case PROGRAM_ANSWERED.rawValue: return Self.words(answer.text, scale: scale)
    case PROGRAM_TOO_SLOW.rawValue: throw .tooSlow
    case PROGRAM_NOT_STARTED.rawValue: throw .notStarted
    default: throw .failed
    }
  }

  /// The installed languages as the program wants them (`deu+eng`), four at most: people install
  /// those they have documents in.
  func languages() -> String {
    let names = output(of: ["--list-langs"], seconds: 10).text.split(separator: "\n").dropFirst()
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && $0 != "osd" && $0 != "equ" && $0 != "snum" }
    return names.prefix(4).joined(separator: "+")
  }

  /// Tab-separated values of tesseract: level, page, block, paragraph, line, word, left, top,
  /// width, height, confidence, text. Level 4 is a line, 5 a word; pixels.
  static func words(_ text: String, scale: Double) -> [RecognisedWord] {
    var words: [RecognisedWord] = []
    var line = -1
    var paragraph = -1
    var paragraphKey: [Substring] = []
    var lineTop: Float = 0
    var lineBottom: Float = 0
    for row in text.split(separator: "\n") {
      let cells = row.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
      guard cells.count >= 11, let level = Int(cells[0]) else { continue }
      let numbers = cells[6..<10].compactMap { Float($0) }
      guard numbers.count == 4 else { continue }
      let box = numbers.map { $0 / Float(scale) }
      if level == 4 {
        line += 1
        lineTop = box[1]
        lineBottom = box[1] + box[3]
        let key = [cells[2], cells[3]]
        if key != paragraphKey {
          paragraph += 1
          paragraphKey = key
        }
      }
      guard level == 5, cells.count == 12, line >= 0 else { continue }
      let letters = cells[11].trimmingCharacters(in: .whitespaces)
      guard !letters.isEmpty, box[2] > 0, lineBottom > lineTop else { continue }
      words.append(
        RecognisedWord(
          text: letters, x0: box[0], y0: lineTop, x1: box[0] + box[2], y1: lineBottom, line: line,
          paragraph: paragraph, confidence: Float(cells[10]) ?? 0))
    }
    return words
  }

  /// Bytes of an answer at most: a page of a hundred thousand words.
  private static let mostAnswer = 16 << 20

  private func output(
    of arguments: [String], head: String = "", body: [UInt8] = [], seconds: Double
  ) -> (ending: Int32, text: String) {
    var answer: UnsafeMutablePointer<UInt8>?
    var count = 0
    let whole = [program] + arguments
    let strings = unsafe whole.map { unsafe strdup($0) }
    defer { unsafe strings.forEach { unsafe free($0) } }
    let pointers = unsafe strings.map { unsafe UnsafePointer<CChar>($0) } + [nil]
    let prefix = Array(head.utf8)
    let ending = unsafe bounded_program_run(
      pointers, prefix, prefix.count, body, body.count, seconds, Self.mostAnswer, &answer, &count)
    defer { unsafe pdf_free(answer) }
    let text = unsafe String(
      decoding: UnsafeBufferPointer(start: answer, count: answer == nil ? 0 : count), as: UTF8.self)
    return (ending, text)
  }
}
