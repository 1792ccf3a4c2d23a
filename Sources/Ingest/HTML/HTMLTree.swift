/// A page as a flat tree: nodes in document order, each with the end of its subtree.
///
/// Text is not copied: text nodes are UTF-8 offsets of the source. 24 bytes a node, no recursion
/// anywhere, so neither long pages nor deep ones cost more than their share.
struct HTMLTree {
  var nodes: [Node] = []
  var elementCount = 0
  /// Columns and rows that cells span, where not 1.
  var spans: [Int: (columns: Int, rows: Int)] = [:]
  /// Numbers with which ordered lists and items begin, and the kind of number.
  var listStarts: [Int: Int] = [:]
  var listKinds: [Int: UInt8] = [:]
  var title: String?
  var siteTitle: String?
  var author: String?
  var date: String?
  var language: String?
  var deepest = 0

  struct Node {
    let tag: HTMLTag
    /// The flags' lowest eight bits and the sixteen above, in the room that the tag leaves.
    private var lowFlags: UInt8 = 0
    private var highFlags: UInt16 = 0
    /// -1 for roots.
    var parent: Int32
    /// The first node after the subtree.
    var end: Int32
    /// Text and references: UTF-8 offsets. Elements: the offset at the end of the start tag, and a hash
    /// of the class attribute (0 without one).
    var first: UInt32
    var last: UInt32
    /// References: the scalar they stand for. Elements: their number among the elements. Text that is
    /// shown: its characters, each stretch of white space as one; see ``HTMLStatistics``.
    var value: Int32

    init(_ tag: HTMLTag, parent: Int32, end: Int32, first: UInt32, last: UInt32, value: Int32) {
      self.tag = tag
      self.parent = parent
      self.end = end
      self.first = first
      self.last = last
      self.value = value
    }

    var flags: Flags {
      get { Flags(rawValue: UInt32(lowFlags) | UInt32(highFlags) << 8) }
      set {
        lowFlags = UInt8(truncatingIfNeeded: newValue.rawValue)
        highFlags = UInt16(truncatingIfNeeded: newValue.rawValue >> 8)
      }
    }
  }

  /// What the attributes say; see ``HTMLAttributes``. 24 bits.
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt32
    static let hidden = Flags(rawValue: 1 << 0)
    /// Named like navigation, advertisement, a footer, …
    static let unlikely = Flags(rawValue: 1 << 1)
    /// Named like content, which outweighs `unlikely`.
    static let likely = Flags(rawValue: 1 << 2)
    /// Declared to be the main content (`role=main`, `itemprop=articleBody`).
    static let main = Flags(rawValue: 1 << 3)
    /// Declared to be around the content (`role=navigation`, …).
    static let around = Flags(rawValue: 1 << 4)
    static let bold = Flags(rawValue: 1 << 5)
    static let centered = Flags(rawValue: 1 << 6)
    static let preformatted = Flags(rawValue: 1 << 7)
    /// A link within the page.
    static let anchorLink = Flags(rawValue: 1 << 8)
    static let layoutTable = Flags(rawValue: 1 << 9)
    static let dataTable = Flags(rawValue: 1 << 10)
    static let byline = Flags(rawValue: 1 << 11)
    /// Named like sharing buttons, related stories, comments: never content.
    static let apart = Flags(rawValue: 1 << 12)
    static let blockStyle = Flags(rawValue: 1 << 13)
    static let postContent = Flags(rawValue: 1 << 17)
    /// Named like what is around content, or like what a section of it is about.
    static let topical = Flags(rawValue: 1 << 14)
    static let link = Flags(rawValue: 1 << 18)
    /// Named like what is read, and like what is passed over.
    static let positive = Flags(rawValue: 1 << 19)
    static let negative = Flags(rawValue: 1 << 20)

    /// What the names weigh in the vote for the content.
    var weight: Int { (contains(.positive) ? 25 : 0) - (contains(.negative) ? 25 : 0) }
  }

  func children(of node: Int) -> Children { Children(tree: self, node: node) }

  struct Children: Sequence, IteratorProtocol {
    let tree: HTMLTree
    private var upcoming: Int
    private let end: Int

    init(tree: HTMLTree, node: Int) {
      self.tree = tree
      upcoming = node + 1
      end = Int(tree.nodes[node].end)
    }

    mutating func next() -> Int? {
      guard upcoming < end else { return nil }
      defer { upcoming = Int(tree.nodes[upcoming].end) }
      return upcoming
    }
  }
}
