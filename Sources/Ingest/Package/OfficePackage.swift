import Documents
import Foundation

/// The order of a package of Office (Open Packaging Convention, ECMA-376 part 2): which part is what,
/// and which leads to which.
struct OfficePackage {
  let parts: PackageParts
  /// By part name in lower case, and by extension.
  private var types: [String: String] = [:]
  private var defaults: [String: String] = [:]

  struct Relationship {
    var id: String
    /// The last word of its type: `styles`, `officeDocument`, …
    var kind: String
    /// A part's name, or an address where it is external.
    var target: String
    var isExternal: Bool
  }

  init(_ parts: PackageParts) throws(ReadError) {
    self.parts = parts
    let advice = "It is damaged: copy the file again, or open it in its program and save it."
    guard parts.holds("[Content_Types].xml") else {
      throw ReadError(
        .damaged, file: parts.file, what: "[Content_Types].xml is missing from the package",
        advice: advice)
    }
    let (tree, _) = try parts.wellFormedTree(of: "[Content_Types].xml", advice: advice)
    for node in tree.nodes.indices {
      guard let type = tree.value("ContentType", of: node) else { continue }
      if let name = tree.value("PartName", of: node).flatMap({ ZIPPackage.name($0) }) {
        types[name.lowercased()] = type
      } else if let ending = tree.value("Extension", of: node) {
        defaults[ending.lowercased()] = type
      }
    }
  }

  /// The part's content type; empty where none is said.
  func type(of name: String) -> String {
    if let type = types[name.lowercased()] { return type }
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return defaults[name[name.index(after: dot)...].lowercased()] ?? ""
  }

  /// A part that is declared with a content type of this ending, the first by name.
  func part(ofType ending: String) -> String? {
    types.filter { $0.value.hasSuffix(ending) && parts.holds($0.key) }.keys.sorted().first
  }

  /// What the part `name` leads to; the package itself for an empty name.
  func relationships(of name: String) -> [Relationship] {
    let slash = name.lastIndex(of: "/")
    let folder = slash.map { String(name[...$0]) } ?? ""
    let last = slash.map { String(name[name.index(after: $0)...]) } ?? name
    guard let (tree, _) = parts.optionalTree(of: "\(folder)_rels/\(last).rels") else { return [] }
    return tree.nodes.indices.compactMap { node in
      guard tree.nodes[node].name == .relationship, let id = tree.value("Id", of: node),
        let type = tree.value("Type", of: node), let target = tree.value("Target", of: node)
      else { return nil }
      let kind = type.split(separator: "/").last.map(String.init) ?? ""
      if tree.value("TargetMode", of: node) == "External" {
        return Relationship(id: id, kind: kind, target: target, isExternal: true)
      }
      guard let part = Self.resolve(target, from: folder) else { return nil }
      return Relationship(id: id, kind: kind, target: part, isExternal: false)
    }
  }

  /// A relative reference as a part's name; nil where it leads out of the package.
  static func resolve(_ reference: String, from folder: String) -> String? {
    let path = reference.prefix { $0 != "#" && $0 != "?" }.replacing("\\", with: "/")
    var names = path.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
    for name in path.split(separator: "/") {
      switch name {
      case ".": continue
      case "..": if names.popLast() == nil { return nil }
      default: names.append(name.removingPercentEncoding ?? String(name))
      }
    }
    return names.isEmpty || names.contains("..") ? nil : names.joined(separator: "/")
  }
}
