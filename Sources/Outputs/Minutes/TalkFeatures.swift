package import Documents
internal import Foundation

/// What ranking looks at in each utterance of a talk: its length and place, who speaks and what
/// surrounds it, which ways of speaking it has, how much its words speak for each kind of entry.
package struct TalkFeatures {
  /// `[utterances][features]`, in the order of ``names``, without what lexicons add.
  package private(set) var rows: [[Float]] = []
  /// Per utterance, see ``Lexicon/grams(of:)``.
  package let grams: [[Int]]
  /// Per utterance, its turn.
  package let turns: [Int]

  /// Names in the order of a row; those of lexicons follow.
  package static var names: [String] {
    shape + Cue.all.map(\.name).flatMap { [$0, $0 + "2", $0 + "8"] }
  }

  private static let shape = [
    "words", "wordsBefore", "wordsAfter", "words2", "words8", "question", "questionNext",
    "questions8", "position", "fromStart", "fromEnd", "utterances", "speakerShare", "closes",
    "opens", "sameBefore", "sameAfter", "terms", "newTerms", "central",
  ]

  /// How many utterances on either side a mean is of.
  private static let reaches = [2, 8]

  package init(of document: Document, text: ExtractedText) {
    let bytes = Array(text.text.utf8)
    self.init(Talk(document, text: text, bytes: bytes), bytes: bytes)
  }

  init(_ talk: Talk, bytes: [UInt8]) {
    let utterances = talk.utterances
    let count = utterances.count
    grams = utterances.map { Lexicon.grams(of: $0.words) }
    turns = utterances.map(\.turn)
    guard count > 0 else { return }
    let lengths = utterances.map { Float(min($0.words.count, 60)) }
    let questions = utterances.map { $0.isQuestion ? Float(1) : 0 }
    let speakers = utterances.map { $0.speaker ?? -1 }
    var wordsBy: [Int: Int] = [:]
    var closingBy: [Int: Int] = [:]
    for (index, utterance) in utterances.enumerated() {
      wordsBy[speakers[index], default: 0] += utterance.words.count
      if index >= count - 60 { closingBy[speakers[index], default: 0] += utterance.words.count }
    }
    let allWords = Float(max(1, wordsBy.values.reduce(0, +)))
    // Who says most at the end mostly leads the meeting.
    let closer = closingBy.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    let vectors = TermVectors(bytes, stretches: utterances.map(\.range))
    let central = vectors.centralities()
    var seen: Set<Int> = []
    let newTerms = vectors.vectors.map { vector in
      Float(vector.count { seen.insert($0.term).inserted })
    }
    func shifted(_ column: [Float], by step: Int) -> [Float] {
      column.indices.map { index in
        column.indices.contains(index + step) ? column[index + step] : 0
      }
    }
    let numbers = 0..<count
    var columns: [[Float]] = [
      lengths, shifted(lengths, by: -1), shifted(lengths, by: 1), Self.mean(lengths, reach: 2),
      Self.mean(lengths, reach: 8), questions, shifted(questions, by: 1),
      Self.mean(questions, reach: 8),
      numbers.map { Float($0) / Float(max(1, count - 1)) },
      numbers.map { Float(min($0, 300)) }, numbers.map { Float(min(count - 1 - $0, 300)) },
      numbers.map { _ in Float(log(Double(count))) },
      speakers.map { Float(wordsBy[$0] ?? 0) / allWords },
      speakers.map { $0 == closer ? 1 : 0 }, speakers.map { $0 == speakers[0] ? 1 : 0 },
      numbers.map { $0 > 0 && speakers[$0 - 1] == speakers[$0] ? 1 : 0 },
      numbers.map { $0 + 1 < count && speakers[$0 + 1] == speakers[$0] ? 1 : 0 },
      vectors.vectors.map { Float($0.count) }, newTerms, central.map { Float($0) },
    ]
    for cue in Cue.all {
      columns += Self.withNeighbours(
        utterances.map { cue.phrases.stand(in: $0.words) ? 1 : 0 })
    }
    rows = Self.rows(of: columns)
  }

  /// The rows with, of every lexicon, its logit and the means around.
  package func rows(with logits: [[Float]]) -> [[Float]] {
    let added = Self.rows(of: logits.flatMap(Self.withNeighbours))
    return zip(rows, added).map { $0 + $1 }
  }

  private static func withNeighbours(_ column: [Float]) -> [[Float]] {
    [column] + reaches.map { mean(column, reach: $0) }
  }

  /// The means of the values up to `reach` before and after each, itself left out.
  private static func mean(_ column: [Float], reach: Int) -> [Float] {
    var sums = [0.0]
    sums.reserveCapacity(column.count + 1)
    for value in column { sums.append(sums[sums.count - 1] + Double(value)) }
    return column.indices.map { index in
      let low = max(0, index - reach)
      let high = min(column.count, index + reach + 1)
      return Float(
        (sums[high] - sums[low] - Double(column[index])) / Double(max(1, high - low - 1)))
    }
  }

  private static func rows(of columns: [[Float]]) -> [[Float]] {
    (0..<(columns.first?.count ?? 0)).map { index in columns.map { $0[index] } }
  }
}
