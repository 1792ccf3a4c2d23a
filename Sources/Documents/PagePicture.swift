/// A page, or a band across it, as a picture for people to look at.
package struct PagePicture: Hashable, Sendable {
  /// Physical page from 1.
  package var page: Int
  /// The page's size in points.
  package var width: Double
  package var height: Double
  /// The part that is shown, in points from the page's top.
  package var top: Double
  package var bottom: Double
  /// Eight levels of grey.
  package var png: [UInt8]

  package init(
    page: Int, width: Double, height: Double, top: Double, bottom: Double, png: [UInt8]
  ) {
    self.page = page
    self.width = width
    self.height = height
    self.top = top
    self.bottom = bottom
    self.png = png
  }

  /// What to draw.
  package struct Wish: Hashable, Sendable {
    /// Physical page from 1.
    package var page: Int
    /// In points from the page's top; a page ends where it ends.
    package var top: Double
    package var bottom: Double

    package init(page: Int, top: Double = 0, bottom: Double = .greatestFiniteMagnitude) {
      self.page = page
      self.top = top
      self.bottom = bottom
    }
  }

  /// Pixels a point.
  package static let usualScale = 1.3
}
