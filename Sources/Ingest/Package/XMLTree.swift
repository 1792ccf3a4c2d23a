/// A part of a package that is XML: its elements in the order of the file, each with the place of its
/// content. What stands in no namespace that readers know is there without a name.
struct XMLTree {
  var nodes: [Node] = []
  var attributes: [Attribute] = []
  /// What ended reading before the part's end; the tree is what came before.
  var damage: Damage?

  struct Node {
    var name: XMLName
    var attributeCount: UInt16 = 0
    /// Of the first of its attributes.
    var firstAttribute: UInt32 = 0
    var parent: Int32
    /// Of the first node that is not inside it.
    var end: Int32
    /// Offsets of the content in the part's text: behind the start tag, and where the end tag begins.
    var first: UInt32
    var last: UInt32
  }

  struct Attribute {
    var name: String
    var value: String
  }

  enum Damage: Equatable {
    /// The parser stopped at this offset of the part's text.
    case malformed(at: Int)
    /// A document type, by which a few lines can be made to expand to gigabytes; packages have none.
    case documentType
    case tooDeep
    case noMemory

    /// A clause about the part.
    var text: String {
      switch self {
      case .malformed(let offset): "is no well-formed XML from byte \(offset) on"
      case .documentType: "declares a document type, which packages must not, and is not read"
      case .tooDeep: "has elements more than \(PackageLimits.nesting) deep"
      case .noMemory: "takes more memory than there is"
      }
    }
  }

  var root: Int? { nodes.isEmpty ? nil : 0 }

  /// Children of a node, in order.
  struct Children: Sequence, IteratorProtocol {
    fileprivate let tree: XMLTree
    fileprivate var index: Int
    fileprivate let end: Int

    mutating func next() -> Int? {
      guard index < end else { return nil }
      defer { index = Int(tree.nodes[index].end) }
      return index
    }
  }

  func children(of node: Int) -> Children {
    Children(tree: self, index: node + 1, end: Int(nodes[node].end))
  }

  func child(_ name: XMLName, of node: Int) -> Int? {
    var index = node + 1
    while index < Int(nodes[node].end) {
      if nodes[index].name == name { return index }
      index = Int(nodes[index].end)
    }
    return nil
  }

  func descendants(of node: Int) -> Range<Int> { node + 1..<Int(nodes[node].end) }

  /// Offsets of a node's content in the part's text.
  func content(of node: Int) -> Range<Int> { Int(nodes[node].first)..<Int(nodes[node].last) }

  func value(_ attribute: String, of node: Int) -> String? {
    let first = Int(nodes[node].firstAttribute)
    for index in first..<first + Int(nodes[node].attributeCount)
    where attributes[index].name == attribute {
      return attributes[index].value
    }
    return nil
  }

  /// The value of a child that holds nothing else: `<w:ilvl w:val="2"/>`.
  func value(of name: XMLName, in node: Int?) -> String? {
    guard let node, let child = child(name, of: node) else { return nil }
    return value("val", of: child)
  }

  func number(of name: XMLName, in node: Int?) -> Int? {
    value(of: name, in: node).flatMap { Int($0) }
  }

  /// A property that is on or off; nil where nothing is said.
  func flag(_ name: XMLName, in node: Int?) -> Bool? {
    guard let node, let child = child(name, of: node) else { return nil }
    return flag(value: value("val", of: child)) ?? true
  }

  /// Whether an attribute says yes; nil where it is not there.
  func flag(value: String?) -> Bool? { value.map { !["0", "false", "off", "none"].contains($0) } }
}
