/// Which nodes of a page are its main content.
struct HTMLContent {
  private let tree: HTMLTree
  /// One a node.
  private(set) var isKept: [Bool]
  private(set) var showsHidden = false

  init(_ tree: HTMLTree, _ source: SourceText) {
    self.tree = tree
    isKept = [Bool](repeating: true, count: tree.nodes.count)
  }

  /// A grid of data, as against a table that only places things on the page.
  func isDataTable(_ table: Int) -> Bool { true }
}
