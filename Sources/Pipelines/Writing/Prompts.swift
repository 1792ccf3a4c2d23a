import Digests

/// What models that write are told: a file a step, with places for what changes.
///
/// They ship as files in `Pipelines/prompts`, and a declaration may name a folder with others. Their
/// digests are part of every result's key.
package struct Prompts: Hashable, Sendable {
  /// Raw values are the files' names.
  package enum Name: String, CaseIterable, Hashable, Sendable {
    /// Said before every document.
    case system
    /// Around every document's text.
    case document
    case extract, summarize, minutes, ask, classify, reduce

    package var fileName: String { "\(rawValue).md" }

    /// The places that the file has, as `{{name}}`, each exactly once.
    var places: [String] {
      switch self {
      case .system: []
      case .document: ["text"]
      case .extract: ["fields", "shape"]
      case .summarize: ["length", "shape"]
      case .minutes: ["shape"]
      case .ask: ["instructions", "given", "fields", "shape"]
      case .classify: ["instructions", "labels", "shape"]
      case .reduce: ["instructions", "length", "shape"]
      }
    }
  }

  package struct Problem: Error {
    package var message: String
  }

  /// The most bytes of one file.
  static let largest = 1 << 18

  private var texts: [Name: String] = [:]

  private init() {}

  /// The prompts that are compiled into the program.
  package static let shipped: Prompts = {
    var prompts = Prompts()
    for name in Name.allCases {
      do throws(Problem) {
        try prompts.replace(name, with: bytes(of: name))
      } catch {
        preconditionFailure("the shipped prompt \(name.fileName): \(error.message)")
      }
    }
    return prompts
  }()

  private static func bytes(of name: Name) -> [UInt8] {
    switch name {
    case .system: PackageResources.system_md
    case .document: PackageResources.document_md
    case .extract: PackageResources.extract_md
    case .summarize: PackageResources.summarize_md
    case .minutes: PackageResources.minutes_md
    case .ask: PackageResources.ask_md
    case .classify: PackageResources.classify_md
    case .reduce: PackageResources.reduce_md
    }
  }

  /// Takes `bytes` for a prompt, if it has the places that the prompt must have.
  package mutating func replace(_ name: Name, with bytes: [UInt8]) throws(Problem) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(message: "is not UTF-8")
    }
    let found = text.matches(of: #/\{\{([A-Za-z]*)\}\}/#).map { String($0.output.1) }
    for place in found where !name.places.contains(place) {
      let list = name.places.isEmpty ? "none" : name.places.joined(separator: ", ")
      throw Problem(message: "has a place {{\(place)}}; those of \(name.fileName) are \(list)")
    }
    for place in name.places where found.count(where: { $0 == place }) != 1 {
      throw Problem(
        message: found.contains(place)
          ? "has the place {{\(place)}} more than once" : "has no place {{\(place)}}")
    }
    texts[name] = text
  }

  package func text(of name: Name) -> String { texts[name] ?? "" }

  /// The prompt with its places filled. What is filled in is not looked at again.
  package func text(of name: Name, _ values: [String: String]) -> String {
    var result = ""
    for piece in pieces(of: name) {
      switch piece {
      case .text(let text): result += text
      case .place(let place): result += values[place] ?? ""
      }
    }
    return result
  }

  package enum Piece: Hashable, Sendable {
    case text(String)
    case place(String)
  }

  package func pieces(of name: Name) -> [Piece] {
    let text = text(of: name)
    var pieces: [Piece] = []
    var rest = text.startIndex
    for match in text.matches(of: #/\{\{([A-Za-z]*)\}\}/#) {
      pieces.append(.text(String(text[rest..<match.range.lowerBound])))
      pieces.append(.place(String(match.output.1)))
      rest = match.range.upperBound
    }
    pieces.append(.text(String(text[rest...])))
    return pieces
  }

  /// Of all that is said for a step: its own prompt and those around every document.
  package func sha256(of name: Name) -> String {
    var hash = SHA256()
    for name in [Name.system, .document, name] {
      hash.update("\(name.rawValue) \(text(of: name).utf8.count)\n\(text(of: name))")
    }
    return hash.hexDigest()
  }
}
