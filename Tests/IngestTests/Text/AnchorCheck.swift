import Documents
import Foundation
import Ingest
import Testing

/// Files the tests read.
enum Fixture {
  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(path)))
  }

  /// A file of the samples that everybody sees.
  static func sample(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Repository.root.appendingPathComponent("Samples/\(path)")))
  }

  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url(folder).path)) ?? []).sorted()
  }

  private static func url(_ path: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures").appendingPathComponent(path)
  }
}

/// Holds a document against its file: what each anchor leads to is what the text says.
struct AnchorCheck {
  private(set) var runs = 0
  private(set) var faults: [String] = []
  private let file: [UInt8]
  private let encoding: TextEncoding

  init(_ document: Document, of file: [UInt8]) {
    self.file = file
    encoding = TextEncoding(label: document.metadata.encoding ?? "utf-8") ?? .utf8
    for block in document.blocks {
      for text in Self.texts(of: block) { check(text) }
    }
  }

  private static func texts(of block: Block) -> [AnchoredText] {
    if case .turn(let turn) = block.content, let speaker = turn.speaker {
      return [speaker, turn.text]
    }
    return block.texts
  }

  private mutating func check(_ text: AnchoredText) {
    let utf8 = Array(text.text.utf8)
    var last = 0
    for run in text.runs {
      runs += 1
      guard run.range.lowerBound >= last, run.range.upperBound <= utf8.count, !run.range.isEmpty
      else {
        faults.append("run \(run.range) after \(last) in \(utf8.count) bytes")
        continue
      }
      last = run.range.upperBound
      guard case .bytes(let bytes, let verbatim) = run.place, bytes.upperBound <= file.count else {
        faults.append("no bytes of the file: \(run.place)")
        continue
      }
      let words = String(decoding: utf8[run.range], as: UTF8.self)
      if verbatim {
        if !utf8[run.range].elementsEqual(file[bytes]) { faults.append("verbatim: \(words)") }
      } else {
        checkScalars(words, run.place, bytes)
      }
    }
  }

  private mutating func checkScalars(_ words: String, _ place: Place, _ bytes: Range<Int>) {
    let whole = SourceText(Array(file[bytes]), encoding: encoding)
    let spelled = whole.string(whole.range)
    if spelled.hasPrefix("&"), spelled.utf8.count > 1 { return checkReference(words, spelled) }
    if spelled.hasPrefix("<w:") { return checkElement(words, spelled) }
    var offset = 0
    for scalar in words.unicodeScalars {
      let length = String(scalar).utf8.count
      guard case .bytes(let own, _) = place.part(offset..<offset + length, of: words[...]) else {
        return
      }
      // A code of two bytes means something only behind the escape that is in force.
      let escape: [UInt8] = encoding == .iso2022JP && own.count == 2 ? [0x1B, 0x24, 0x42] : []
      let decoded = SourceText(escape + file[own], encoding: encoding)
      let found = decoded.string(0..<decoded.utf8.count)
      let isSpace = scalar == " " && found.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      if found != String(scalar), !isSpace, scalar != "\u{FFFD}" {
        faults.append("U+\(String(scalar.value, radix: 16)) at \(own): \(found)")
      }
      offset += length
    }
  }

  /// Characters that an element of Word stands for: it is one whole tag of such an element.
  private mutating func checkElement(_ words: String, _ tag: String) {
    let names = [
      "noBreakHyphen", "sym", "footnoteReference", "endnoteReference", "fldChar", "listEntry",
    ]
    let name = tag.dropFirst().prefix { $0 != " " && $0 != "/" && $0 != ">" }.split(separator: ":")
      .last
    if !tag.hasSuffix(">") || tag.dropLast().contains(">") || !names.contains(String(name ?? "")) {
      faults.append("element: \(tag.prefix(60)) for \(words)")
    }
  }

  /// Numeric references are decoded here; of names it is enough that they are whole.
  private mutating func checkReference(_ words: String, _ text: String) {
    let body = text.dropFirst().drop { $0 == "#" || $0 == "x" || $0 == "X" }
    if !body.allSatisfy({ $0.isLetter || $0.isNumber || $0 == ";" }) {
      faults.append("reference: \(text)")
    }
    guard text.hasPrefix("&#") else { return }
    let digits = body.filter { $0 != ";" }
    let isHex = text.lowercased().hasPrefix("&#x")
    guard let value = UInt32(digits, radix: isHex ? 16 : 10), value > 0x9F || value < 0x80,
      value != 0xA0, value > 0x20
    else { return }
    if words.unicodeScalars.first?.value != value { faults.append("\(text) became \(words)") }
  }
}
