package import Documents

extension PDFReaderProcess {
  /// The most pictures one child draws: what is wished for travels through one pipe.
  private static let most = 1000

  /// ``PDFReader/pictures(_:of:named:password:scale:)`` in a child process, under the same limits as
  /// reading.
  package func pictures(
    _ wishes: [PagePicture.Wish], of file: borrowing SourceFile, named name: String,
    password: String? = nil, scale: Double = PagePicture.usualScale,
    limits: ReadLimits = ReadLimits()
  ) throws(ReadError) -> [PagePicture] {
    var pictures: [PagePicture] = []
    var start = 0
    while start < wishes.count {
      let end = min(wishes.count, start + Self.most)
      var request = WireWriter()
      request.put(name)
      request.put(password)
      request.put(limits)
      // No page is read, so none is recognised.
      let program: String? = nil
      request.put(program)
      request.put(0)
      request.put(Array(wishes[start..<end]), scale: scale)
      pictures += try exchange(
        request.bytes, file, name: name, limits: limits, start: { [PagePicture]() },
        pages: { $0.count }
      ) { (drawn: inout [PagePicture], message: PDFWire.Message) in
        switch message {
        case .picture(let picture): drawn.append(picture)
        case .event(.finished): return true
        default: break
        }
        return false
      }
      start = end
    }
    return pictures
  }
}

extension WireWriter {
  mutating func put(_ wishes: [PagePicture.Wish], scale: Double) {
    put(wishes.count)
    put(scale)
    for wish in wishes {
      put(wish.page)
      put(wish.top)
      put(wish.bottom)
    }
  }

  mutating func put(_ picture: PagePicture) {
    append(.picture)
    put(picture.page)
    put(picture.width)
    put(picture.height)
    put(picture.top)
    put(picture.bottom)
    put(picture.png)
  }
}

extension WireReader {
  mutating func wishes() throws -> (wishes: [PagePicture.Wish], scale: Double) {
    var wishes: [PagePicture.Wish] = []
    let count = try count()
    let scale = try float()
    for _ in 0..<count {
      wishes.append(
        PagePicture.Wish(page: try number(), top: try float(), bottom: try float()))
    }
    return (wishes, scale)
  }

  mutating func picture() throws -> PagePicture {
    PagePicture(
      page: try number(), width: try float(), height: try float(), top: try float(),
      bottom: try float(), png: try byteString())
  }
}
