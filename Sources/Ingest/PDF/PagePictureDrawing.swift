package import Documents
import PopplerShim

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
