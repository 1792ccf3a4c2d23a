import Documents

/// The straight lines of a page, seen in its picture.
///
/// poppler-glib tells nothing of paths, so the page is drawn and edges are looked for: a long
/// straight step of brightness is a ruling, whether it is a stroke or the border of a shaded cell.
/// Drawing is dear, so only pages that may have a table are drawn.
struct Rulings {
  /// `position` is y for horizontal and x for vertical rulings; points.
  struct Ruling {
    var position: Float
    var start: Float
    var end: Float
    var length: Float { end - start }
  }

  var horizontal: [Ruling] = []
  var vertical: [Ruling] = []

  /// Pixels a point that pages are drawn with.
  static let scale = 1.0
  private static let step = 26
  /// A picture of noise or a photograph has more edges, and no table in it.
  private static let mostEdges = 30_000
  /// Points below which a straight edge may be part of a letter.
  private static let shortest: Float = 9

  init(in picture: GrayPicture) {
    let scale = Float(picture.scale)
    var rows: [Ruling] = []
    var columns: [Ruling] = []
    for edge in picture.straightEdges(
      step: Self.step, shortest: Int(Self.shortest * scale), most: Self.mostEdges)
    {
      let ruling = Ruling(
        position: Float(edge.position) / scale, start: Float(edge.range.lowerBound) / scale,
        end: Float(edge.range.upperBound) / scale)
      if edge.isVertical { columns.append(ruling) } else { rows.append(ruling) }
    }
    horizontal = Self.merged(rows)
    vertical = Self.merged(columns)
  }

  init(horizontal: [Ruling] = [], vertical: [Ruling] = []) {
    self.horizontal = horizontal
    self.vertical = vertical
  }

  /// Both edges of a stroke, and its pieces, become one ruling.
  private static func merged(_ edges: [Ruling]) -> [Ruling] {
    let sorted = edges.sorted { ($0.position, $0.start) < ($1.position, $1.start) }
    var result: [Ruling] = []
    for edge in sorted {
      var joined = false
      for at in result.indices.reversed() {
        guard edge.position - result[at].position <= 2.3 else { break }
        if edge.start <= result[at].end + 3, edge.end >= result[at].start - 3 {
          result[at].start = min(result[at].start, edge.start)
          result[at].end = max(result[at].end, edge.end)
          joined = true
          break
        }
      }
      if !joined { result.append(edge) }
    }
    return result
  }

  /// In the frame of upright text.
  func turned(by upright: Upright) -> Rulings {
    guard upright.turn != .right else { return self }
    var result = Rulings(horizontal: [], vertical: [])
    func add(_ x0: Float, _ y0: Float, _ x1: Float, _ y1: Float) {
      let box = upright(x0, y0, x1, y1)
      if box.x1 - box.x0 > box.y1 - box.y0 {
        result.horizontal.append(Ruling(position: box.y0, start: box.x0, end: box.x1))
      } else {
        result.vertical.append(Ruling(position: box.x0, start: box.y0, end: box.y1))
      }
    }
    for rule in horizontal { add(rule.start, rule.position, rule.end, rule.position) }
    for rule in vertical { add(rule.position, rule.start, rule.position, rule.end) }
    result.horizontal.sort { $0.position < $1.position }
    result.vertical.sort { $0.position < $1.position }
    return result
  }
}
