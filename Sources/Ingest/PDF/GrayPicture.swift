import PopplerShim

/// A page drawn in grey: 0 is black, 255 white.
struct GrayPicture {
  let width: Int
  let height: Int
  /// Pixels a point.
  let scale: Double
  /// Row by row from the top.
  let pixels: [UInt8]

  /// Bytes of one rendered page at most (four a pixel while it is drawn).
  static let limit = 160 << 20

  /// - Parameter draw: sets the size and returns the pixels, which are the caller's to free.
  init?(scale: Double, _ draw: (inout Int32, inout Int32) -> UnsafeMutablePointer<UInt8>?) {
    var width: Int32 = 0
    var height: Int32 = 0
    guard let pixels = unsafe draw(&width, &height) else { return nil }
    defer { unsafe pdf_free(pixels) }
    self.width = Int(width)
    self.height = Int(height)
    self.scale = scale
    self.pixels = unsafe Array(
      UnsafeBufferPointer(start: pixels, count: Int(width) * Int(height)))
  }

  /// A straight step of brightness before row or column `position`.
  struct Edge {
    var isVertical: Bool
    var position: Int
    /// Columns, or rows for a vertical edge.
    var range: Range<Int>
  }

  /// Edges of at least `shortest` pixels where brightness changes by more than `step` of 255; none
  /// where there are more than `most`.
  func straightEdges(step: Int, shortest: Int, most: Int) -> [Edge] {
    let edges = unsafe [straight_edge](unsafeUninitializedCapacity: most) { room, count in
      let found = unsafe straight_edges(
        pixels, Int32(width), Int32(height), Int32(step), Int32(shortest), room.baseAddress, most)
      count = found <= most ? found : 0
    }
    return edges.map {
      Edge(
        isVertical: $0.is_vertical != 0, position: Int($0.position),
        range: Int($0.start)..<Int($0.end))
    }
  }
}
