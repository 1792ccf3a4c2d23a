/// Consecutive rows of a workspace that belong to one reading: its next tokens, in order.
struct Run: Sendable {
  let memory: Memory
  /// Where the first of the rows stands in its text.
  let position: Int
  let rows: Range<Int>

  func position(of row: Int) -> Int { position + row - rows.lowerBound }

  /// In how many parts of at most `tokens` its rows attend.
  func tiles(of tokens: Int) -> Int { (rows.count + tokens - 1) / tokens }
}
