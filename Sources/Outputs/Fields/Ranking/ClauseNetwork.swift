/// Says how well the words of a clause fit each label: n-grams are summed as vectors, rectified, and
/// projected to one logit a label.
package struct ClauseNetwork: Sendable {
  /// FNV-1a of each n-gram, ascending.
  package let hashes: [UInt64]
  /// [n-grams]
  package let scales: [Float]
  /// [n-grams, width]
  package let rows: [Int8]
  /// [labels, width]
  package let weights: [Float]
  /// [labels]
  package let biases: [Float]
  package let width: Int

  package init(
    hashes: [UInt64], scales: [Float], rows: [Int8], weights: [Float], biases: [Float], width: Int
  ) {
    self.hashes = hashes
    self.scales = scales
    self.rows = rows
    self.weights = weights
    self.biases = biases
    self.width = width
  }

  package var labelCount: Int { biases.count }

  /// `[clauses, labels]`, row-major.
  func logits(of words: ClauseWords, clauseCount: Int) -> [Float] {
    var logits: [Float] = []
    logits.reserveCapacity(clauseCount * labelCount)
    var seen = [Int32](repeating: -1, count: hashes.count)
    var sum = [Float](repeating: 0, count: width)
    for clause in 0..<clauseCount {
      var count = 0
      for column in 0..<width { sum[column] = 0 }
      words.forEachGram(ofClause: clause) { hash in
        guard let row = row(of: hash), seen[row] != Int32(clause) else { return }
        seen[row] = Int32(clause)
        count += 1
        let scale = scales[row]
        let start = row * width
        for column in 0..<width { sum[column] += scale * Float(rows[start + column]) }
      }
      let factor = 3 / Float(max(1, count)).squareRoot()
      for column in 0..<width { sum[column] = max(0, sum[column] * factor) }
      for label in 0..<labelCount {
        var logit = biases[label]
        let start = label * width
        for column in 0..<width { logit += weights[start + column] * sum[column] }
        logits.append(logit)
      }
    }
    return logits
  }

  private func row(of hash: UInt64) -> Int? {
    var low = 0
    var high = hashes.count
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < hashes.count && hashes[low] == hash ? low : nil
  }
}
