internal import Foundation

/// Ranks names, defined terms, titles and dates as answers of the labels whose answers are such.
///
/// Candidates with the same words count as one, which stands where they are first quoted, or else where
/// they first occur; trees give it
/// the probability that it shares half its words with an answer.
struct NameRanker {
  static let labels: Set<String> = ["parties", "document_name", "agreement_date", "effective_date"]
  private static let spanLimit = 30

  let candidates: NameCandidates
  let scores: TagScores
  let clauseRanker: ClauseRanker
  private let runs: LogitRuns
  private let quotations: [Range<Int>]
  private let names: [Range<Int>]
  private let titles: [Range<Int>]
  private let dates: [Range<Int>]
  private let partyClauses: [Range<Int>]
  /// Scalars in lower case.
  private let lowered: [UInt32]
  /// Token bounds in scalars.
  private let tokenStarts: [Int]
  private let tokenEnds: [Int]

  init(scores: TagScores, clauseRanker: ClauseRanker) {
    let text = clauseRanker.text
    self.scores = scores
    self.clauseRanker = clauseRanker
    candidates = NameCandidates(
      text: text, lexemes: Lexeme.lexemes(of: text, in: 0..<text.count),
      clauses: clauseRanker.clauses)
    runs = LogitRuns(text: text, scores: scores)
    // Behind a long cover or table of contents the parties stand later.
    let preamble = candidates.preamble
    let late = max(0, preamble - 4_000)
    quotations = candidates.quotations(before: late + 12_000)
    names = candidates.names(before: late + 10_000)
    titles = candidates.titles(before: late + 4_000)
    dates = candidates.dates()
    partyClauses = candidates.partyClauses(before: late + 12_000)
    lowered = text.scalars.map(ScalarClass.lowered)
    tokenStarts = scores.tokenRanges.map { text.position(ofUTF8: $0.lowerBound) }
    tokenEnds = scores.tokenRanges.map { text.position(ofUTF8: $0.upperBound) }
  }

  private var text: ScalarText { candidates.text }

  /// Best first.
  func spans(ofLabel label: String) -> [RankedSpan] {
    guard let column = clauseRanker.parameters.columns[label],
      let trees = clauseRanker.parameters.trees[label]
    else { return [] }
    let found = candidates(forLabel: label, column: column)
    let rows = Rows(self, label: label, column: column, candidates: found)
    return Array(
      rows.grouped().map {
        RankedSpan(range: $0.range, score: trees.probability(of: $0.features))
      }.sorted {
        ($1.score, $0.range.lowerBound, $0.range.upperBound)
          < ($0.score, $1.range.lowerBound, $1.range.upperBound)
      }.prefix(Self.spanLimit))
  }

  func rows(ofLabel label: String) -> [(range: Range<Int>, features: [Float])] {
    guard let column = clauseRanker.parameters.columns[label] else { return [] }
    let found = candidates(forLabel: label, column: column)
    return Rows(self, label: label, column: column, candidates: found).grouped().map {
      ($0.range, $0.features)
    }
  }

  private func candidates(forLabel label: String, column: Int) -> [NameCandidates.Candidate] {
    var kinds: [Range<Int>: NameCandidates.Kind] = [:]
    func add(_ ranges: [Range<Int>], _ kind: NameCandidates.Kind) {
      for range in ranges { kinds[range] = min(kinds[range] ?? kind, kind) }
    }
    switch label {
    case "parties":
      add(quotations, .quoted)
      add(names, .pattern)
      add(partyClauses, .clause)
    case "document_name":
      add(titles, .pattern)
      add(
        quotations.filter {
          $0.lowerBound < 6_000
            && text.string($0).lowercased().split(whereSeparator: \.isWhitespace).contains {
              NameCandidates.titleNouns.contains(String($0))
            }
        }, .quoted)
    default:
      add(dates, .pattern)
      let clauses = clauseRanker.clauses
      let best = clauses.indices.sorted {
        (clauseRanker.network(of: $1, column), $0) < (clauseRanker.network(of: $0, column), $1)
      }
      for clause in best.prefix(6) where clauseRanker.network(of: clause, column) > -7 {
        add([clauses[clause].range], .clause)
      }
    }
    if let column = scores.column(of: label) {
      add(runs.runs(ofColumn: column).map(\.range), .logits)
    }
    return kinds.map { NameCandidates.Candidate(range: $0.key, kind: $0.value) }.sorted()
  }

  /// The candidates of one label with what the trees look at.
  private struct Rows {
    private let ranker: NameRanker
    private let column: Int
    private let candidates: [NameCandidates.Candidate]
    private let readerColumn: Int?
    /// Per token, the reader's probability of the label, and the sums before each.
    private let probabilities: [Float]
    private let sums: [Double]
    private var rows: [[Float]] = []
    private var keys: [String] = []

    struct Grouped {
      var range: Range<Int>
      var features: [Float]
    }

    init(
      _ ranker: NameRanker, label: String, column: Int, candidates: [NameCandidates.Candidate]
    ) {
      self.ranker = ranker
      self.column = column
      self.candidates = candidates
      let readerColumn = ranker.scores.column(of: label)
      self.readerColumn = readerColumn
      let probabilities = (0..<ranker.scores.tokenCount).map { token -> Float in
        guard let readerColumn else { return 0 }
        return TagScores.probability(ofLogit: ranker.scores[token, readerColumn])
      }
      self.probabilities = probabilities
      var sums = [0.0]
      sums.reserveCapacity(probabilities.count + 1)
      for probability in probabilities { sums.append(sums[sums.count - 1] + Double(probability)) }
      self.sums = sums
      build()
    }

    /// Equal words become one candidate: the features of its first occurrence, the largest of some
    /// over all, some of the occurrence the reader likes best, and the count.
    func grouped() -> [Grouped] {
      var order: [String] = []
      var groups: [String: [Int]] = [:]
      for (index, key) in keys.enumerated() where !key.isEmpty {
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(index)
      }
      return order.compactMap { key in
        guard let members = groups[key], let first = members.first else { return nil }
        var best = first
        for member in members
        where rows[member][Feature.mean.rawValue] > rows[best][Feature.mean.rawValue] {
          best = member
        }
        var features = rows[first]
        for feature in Feature.largest {
          features.append(members.map { rows[$0][feature.rawValue] }.max() ?? 0)
        }
        for feature in Feature.ofBest { features.append(rows[best][feature.rawValue]) }
        features.append(Float(members.count))
        // A defined term stands where it is defined.
        let place = members.first { candidates[$0].kind == .quoted } ?? first
        return Grouped(range: candidates[place].range, features: features)
      }
    }

    private mutating func build() {
      let text = ranker.text
      let lexemes = ranker.candidates.lexemes
      var occurrences: [String: Int] = [:]
      var orders = [0, 0, 0, 0]
      let tokens = candidates.map { ranker.tokens(over: $0.range) }
      let means = tokens.map {
        (sums[$0.upperBound] - sums[$0.lowerBound]) / Double(max(1, $0.count))
      }
      let bestMean = means.max() ?? 0
      let sortedMeans = means.sorted(by: >)
      for (index, candidate) in candidates.enumerated() {
        let range = candidate.range
        let first = ranker.candidates.lexeme(from: range.lowerBound)
        let end = ranker.candidates.lexeme(from: range.upperBound)
        let words = lexemes[first..<max(first, end)]
        let spoken = words.filter { ![".", ",", ";", ":"].contains($0.text) }
        let wording = spoken.map(\.text).joined(separator: " ")
        keys.append(
          words.filter { ![".", ",", ";", ":", "\"", "'", "(", ")"].contains($0.text) }
            .map(\.text).joined(separator: " "))
        let occurrence = occurrences[wording, default: 0]
        occurrences[wording] = occurrence + 1
        let order = orders[candidate.kind.rawValue]
        orders[candidate.kind.rawValue] += 1
        let before = first > 0 ? lexemes[first - 1] : nil
        let before2 = first > 1 ? lexemes[first - 2] : nil
        let after = end < lexemes.count ? lexemes[end] : nil
        let token = tokens[index]
        let clause = ranker.clause(at: range.lowerBound)
        let clauseLength = ranker.clauseRanker.clauses[clause].range.count
        var letters = 0
        var capitals = 0
        for position in range where ScalarClass.isLetter(text[position]) {
          letters += 1
          if ScalarClass.isUpper(text[position]) { capitals += 1 }
        }
        let context = ranker.context(before: range.lowerBound)
        let following = ranker.lowered[range.upperBound..<min(text.count, range.upperBound + 30)]
        var row: [Double] = []
        row.reserveCapacity(Feature.count)
        for kind in 0..<4 { row.append(candidate.kind.rawValue == kind ? 1 : 0) }
        row += [
          log1p(Double(range.lowerBound)), Double(range.lowerBound) / Double(text.count),
          log1p(Double(range.count)), Double(words.count), means[index],
          token.isEmpty ? 0 : Double(probabilities[token].max() ?? 0),
          mean(max(0, token.lowerBound - 3)..<token.lowerBound),
          mean(
            min(
              token.upperBound, probabilities.count)..<min(
                token.upperBound + 3, probabilities.count)),
          token.lowerBound < probabilities.count ? Double(probabilities[token.lowerBound]) : 0,
          token.upperBound > 0 ? Double(probabilities[token.upperBound - 1]) : 0,
          ranker.clauseRanker.network(of: clause, column), log1p(Double(clauseLength)),
          Double(capitals) / Double(max(1, letters)),
        ]
        let lastThree = words.suffix(3)
        row += [
          lastThree.contains { NameCandidates.nameEndings.contains($0.text) } ? 1 : 0,
          range.lowerBound > 0 && [0x22, 0x201C].contains(text[range.lowerBound - 1]) ? 1 : 0,
          Self.place(of: before, in: Self.wordsBefore), Self.mark(before),
          Self.place(of: after, in: Self.wordsAfter), Self.mark(after),
          Double(occurrence), Double(order),
          words.contains { $0.text == "party" || $0.text == "parties" } ? 1 : 0,
          words.contains { $0.text == "agreement" } ? 1 : 0,
          words.contains { $0.text == "effective" } ? 1 : 0,
          words.last.map { Self.roles.contains($0.text) } == true ? 1 : 0,
          words.contains { $0.kind == .number } ? 1 : 0,
          words.contains { $0.kind == .number && $0.range.count == 4 } ? 1 : 0,
        ]
        row += [
          Double(words.count { NameCandidates.titleNouns.contains($0.text) }),
          Double(Self.rank(of: means[index], in: sortedMeans)), bestMean - means[index],
          before2.flatMap { Self.wordsBefore.firstIndex(of: $0.text) }.map(Double.init) ?? -1,
          before.map {
            ranker.candidates.isGap(
              $0.range.upperBound..<max($0.range.upperBound, range.lowerBound))
          } ?? true
            ? 1 : 0,
          after.map {
            ranker.candidates.isGap(range.upperBound..<max(range.upperBound, $0.range.lowerBound))
          } ?? true
            ? 1 : 0,
          range.contains { text[$0] == 0x0A } ? 1 : 0,
          Self.contains(following, Self.effectiveDate) ? 1 : 0,
          Self.contains(following, Self.agreement) ? 1 : 0,
          words.contains { $0.text == "and" } ? 1 : 0,
          words.contains { $0.text == "exhibit" } ? 1 : 0,
          words.contains { $0.text == "this" } ? 1 : 0,
        ]
        for phrase in Self.contexts { row.append(Self.contains(context[...], phrase) ? 1 : 0) }
        rows.append(row.map(Float.init))
      }
    }

    private func mean(_ tokens: Range<Int>) -> Double {
      guard !tokens.isEmpty else { return 0 }
      var sum = 0.0
      for token in tokens { sum += Double(probabilities[token]) }
      return sum / Double(tokens.count)
    }

    /// How many means are larger.
    private static func rank(of mean: Double, in sorted: [Double]) -> Int {
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] > mean { low = middle + 1 } else { high = middle }
      }
      return low
    }

    private static func place(of lexeme: Lexeme?, in words: [String]) -> Double {
      guard let lexeme else { return -2 }
      if let place = words.firstIndex(of: lexeme.text) { return Double(place) }
      return lexeme.kind == .word ? -1 : -2
    }

    private static func mark(_ lexeme: Lexeme?) -> Double {
      guard let lexeme, lexeme.kind == .mark, let scalar = lexeme.text.unicodeScalars.first,
        scalar.isASCII
      else { return 0 }
      return Double(scalar.value)
    }

    private static func contains(_ text: ArraySlice<UInt32>, _ phrase: [UInt32]) -> Bool {
      guard text.count >= phrase.count else { return false }
      for start in text.startIndex...(text.endIndex - phrase.count)
      where text[start..<start + phrase.count].elementsEqual(phrase) {
        return true
      }
      return false
    }

    /// Places in a row, as far as other code names them.
    private enum Feature: Int {
      case isQuoted = 0
      case isPattern, isClause, isLogits
      case position, relativePosition, length, wordCount
      case mean, maximum, meanBefore, meanAfter, firstToken, lastToken
      case network, clauseLength, capitals, nameEnding, inQuotes
      case wordBefore, markBefore, wordAfter, markAfter
      case distanceToBest = 33
      case effectiveDateAfter = 38
      case contextDated = 43
      case contextAsOf, contextMade, contextEntered, contextEffective, contextDate, contextBetween
      case contextByAnd, contextBehalf
      case contextHereinafter = 57

      static let count = 59
      static let largest: [Feature] = [
        .isQuoted, .isPattern, .isClause, .isLogits, .inQuotes, .nameEnding, .contextBetween,
        .contextByAnd, .contextHereinafter, .contextDated, .contextAsOf, .contextEffective,
        .contextMade, .contextBehalf, .contextDate, .effectiveDateAfter, .firstToken, .lastToken,
        .network,
      ]
      static let ofBest: [Feature] = [
        .mean, .maximum, .meanBefore, .meanAfter, .position, .wordBefore, .wordAfter, .markBefore,
        .markAfter, .clauseLength, .distanceToBest,
      ]
    }

    private static let wordsBefore =
      "between and of by the as dated to on behalf from hereinafter called is with among or for into this"
      .split(separator: " ").map(String.init)
    private static let wordsAfter =
      "a an with and hereinafter by the this effective or having located whose between as is"
      .split(separator: " ").map(String.init)
    private static let contexts = [
      "dated", "as of", "made", "entered", "effective", "date:", "between", "by and", "behalf",
      "by:", "among", "exhibit", "name:", "title:", "hereinafter", "referred",
    ].map { $0.unicodeScalars.map(\.value) }
    private static let effectiveDate = "effective date".unicodeScalars.map(\.value)
    private static let agreement = "agreement".unicodeScalars.map(\.value)
    private static let roles = NameCandidates.words(
      """
      advertiser affiliate agency agent bank borrower buyer carrier client company consultant contractor corporation
      creditor customer dealer developer discloser distributor employee employer endorser executive franchisee
      franchisor fund guarantor holder host investor issuer landlord lender lessee lessor licensee licensor manager
      manufacturer merchant operator owner partner producer promoter provider publisher purchaser recipient
      representative reseller retailer seller servicer shipper shareholder sponsor spinco subcontractor sublicensee
      subscriber subsidiary supplier talent tenant transporter trustee trust user vendor adviser advisor parent
      """)
  }

  /// The tokens over a stretch of scalars.
  fileprivate func tokens(over range: Range<Int>) -> Range<Int> {
    let first = Self.firstIndex(of: tokenEnds) { $0 > range.lowerBound }
    let end = Self.firstIndex(of: tokenStarts) { $0 >= range.upperBound }
    return first..<max(first, end)
  }

  private static func firstIndex(of numbers: [Int], where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if holds(numbers[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The last clause that starts at or before `position`.
  fileprivate func clause(at position: Int) -> Int {
    var low = 0
    var high = clauseRanker.clauses.count
    while low < high {
      let middle = (low + high) / 2
      if clauseRanker.clauses[middle].range.lowerBound <= position {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return max(0, low - 1)
  }

  /// The 45 scalars before `position` in lower case, runs of white space as one space.
  fileprivate func context(before position: Int) -> [UInt32] {
    var context: [UInt32] = []
    for scalar in lowered[max(0, position - 45)..<position] {
      if !ScalarClass.isSpace(scalar) {
        context.append(scalar)
      } else if let last = context.last, last != 0x20 {
        context.append(0x20)
      }
    }
    if context.last == 0x20 { context.removeLast() }
    return context
  }
}
