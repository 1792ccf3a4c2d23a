import Digests
import Outputs

/// Where results stand in the output folder: `REL/PATH/NAME.EXT.KIND.json` for a document,
/// `KIND.jsonl` and `KIND.csv` for a run. `KIND` is `fields`, `summary` or `minutes`; where several
/// steps of a declaration have one kind, their ids stand in its place.
///
/// A file system takes names of 255 bytes and paths of 4,095, and a result's are longer than its
/// document's. Where that does not fit, the beginning of a name and a digest of the document's path stand
/// for it: `NAME~DIGEST.EXT.KIND.json`, and `FOLDER~DIGEST/` for folders. The document's own path is in
/// the result and in `run.json` whatever its file is called.
struct OutputName {
  let declaration: Declaration

  func name(of step: Step) -> String {
    guard let kind = step.outputKind?.rawValue, step.isNamedByKind else { return step.id }
    let rivals = declaration.steps.count { $0.outputKind?.rawValue == kind && $0.isNamedByKind }
    return rivals > 1 ? step.id : kind
  }

  func path(of step: Step, document: String) -> String {
    let ending = ".\(name(of: step)).json"
    return ShortenedPath(document, reserving: ending.utf8.count).path + ending
  }

  /// Where what a model thought before it answered stands, beside the result.
  static func reasoning(besides result: String) -> String {
    result.dropLast(".json".count) + ".reasoning.md"
  }
}

/// A document's path as far as file systems take it.
struct ShortenedPath {
  let path: String

  /// Bytes of a name, by the file systems of Linux.
  private static let longestName = 255
  /// Bytes of a path below the output folder; what is left of 4,095 is the folder's own.
  private static let longestPath = 2048
  /// Bytes that a neighbour of the result has more in its name: `.reasoning.md` in place of `.json`.
  private static let slack = 8
  /// Hexadecimal digits: with 96 bits nobody finds two paths of one digest.
  private static let digits = 24

  /// - Parameter ending: bytes that follow the path's last name.
  init(_ document: String, reserving ending: Int) {
    var names = document.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let last = names.removeLast()
    let digest = SHA256.hash(of: document).prefix(Self.digits)
    let name = Self.shortened(
      last, to: Self.longestName - Self.slack - ending, digest, keepingExtension: true)
    var folders = names.map { folder in
      Self.shortened(
        folder, to: Self.longestName, SHA256.hash(of: folder).prefix(Self.digits),
        keepingExtension: false)
    }
    if folders.reduce(name.utf8.count, { $0 + $1.utf8.count + 1 }) > Self.longestPath {
      // Too deep: one folder for the document's own.
      let whole = names.joined(separator: "/")
      folders = [
        Self.beginning(of: names.first ?? "", bytes: 60) + "~"
          + SHA256.hash(of: whole).prefix(Self.digits)
      ]
    }
    path = (folders + [name]).joined(separator: "/")
  }

  private static func shortened(
    _ name: String, to bytes: Int, _ digest: Substring, keepingExtension: Bool
  ) -> String {
    // A name that looks like a shortened one could be taken for it, so it is shortened as well.
    guard name.utf8.count > bytes || looksShortened(name) else { return name }
    var ending = ""
    if keepingExtension, let dot = name.lastIndex(of: "."), dot != name.startIndex,
      name[dot...].utf8.count <= 12
    {
      ending = String(name[dot...])
    }
    let room = max(0, bytes - ending.utf8.count - 1 - digest.utf8.count)
    return beginning(of: name.dropLast(ending.count), bytes: room) + "~" + digest + ending
  }

  /// Whether a tilde and as many digits as a digest has stand at the end, or before a dot.
  private static func looksShortened(_ name: String) -> Bool {
    name.split(separator: "~", omittingEmptySubsequences: false).dropFirst().contains { part in
      let digest = part.utf8.prefix(digits)
      let next = part.utf8.dropFirst(digits).first
      return digest.count == digits && (next == nil || next == UInt8(ascii: "."))
        && digest.allSatisfy {
          (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }
  }

  /// As many whole characters as fit.
  private static func beginning(of name: some StringProtocol, bytes: Int) -> String {
    var result = ""
    var left = bytes
    for character in name {
      left -= character.utf8.count
      if left < 0 { break }
      result.append(character)
    }
    return result
  }
}

extension Step {
  /// Whether its results are named after their kind where they are the only ones of it.
  fileprivate var isNamedByKind: Bool {
    switch action {
    case .classify, .reduce: false
    default: true
    }
  }
}
