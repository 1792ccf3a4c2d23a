import PopplerShim

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

extension PDFFile {
  /// The picture wished for; nil for a page that is not there or cannot be drawn.
  func picture(_ wish: PagePicture.Wish, scale: Double) -> PagePicture? {
    guard wish.page >= 1, wish.page <= pageCount,
      let whole = picture(wish.page - 1, scale: scale)
    else { return nil }
    let first = min(max(0, Int(max(wish.top, 0) * scale)), whole.height - 1)
    let end = min(
      whole.height, max(first + 1, Int((min(wish.bottom, 1e6) * scale).rounded(.up))))
    let rows = Array(whole.pixels[first * whole.width..<end * whole.width])
    var size = 0
    guard let bytes = unsafe gray_png(rows, Int32(whole.width), Int32(end - first), &size) else {
      return nil
    }
    defer { unsafe pdf_free(bytes) }
    return PagePicture(
      page: wish.page, width: Double(whole.width) / scale, height: Double(whole.height) / scale,
      top: Double(first) / scale, bottom: Double(end) / scale,
      png: unsafe Array(UnsafeBufferPointer(start: bytes, count: size)))
  }
}

extension PDFReader {
  /// The pictures wished for, in that order, without those that cannot be drawn.
  package func pictures(
    _ wishes: [PagePicture.Wish], of file: borrowing SourceFile, named name: String,
    password: String? = nil, scale: Double = PagePicture.usualScale
  ) throws(ReadError) -> [PagePicture] {
    let pdf = try PDFFile(descriptor: file.descriptor, named: name, password: password)
    var pictures: [PagePicture] = []
    for wish in wishes {
      if let picture = pdf.picture(wish, scale: scale) { pictures.append(picture) }
    }
    return pictures
  }
}
