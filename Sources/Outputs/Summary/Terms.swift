import Foundation

/// Words of a text as a search engine sees them: lower case, without inflection and function words.
enum Terms {
  /// The terms of UTF-8 bytes, in order.
  static func of(_ bytes: ArraySlice<UInt8>) -> [String] {
    words(of: bytes).compactMap { word in
      guard word.utf8.count > 1, !functionWords.contains(word) else { return nil }
      return stem(word)
    }
  }

  /// Lower-case words: runs of letters, digits and inner apostrophes. Bytes above ASCII count as
  /// letters, so that other scripts are not lost.
  static func words(of bytes: ArraySlice<UInt8>) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    func flush() {
      while word.last == UInt8(ascii: "'") { word.removeLast() }
      if !word.isEmpty {
        let text = String(decoding: word, as: UTF8.self)
        words.append(word.contains { $0 >= 0x80 } ? text.lowercased() : text)
      }
      word.removeAll(keepingCapacity: true)
    }
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let byte = bytes[at]
      switch byte {
      case 0x30...0x39, 0x61...0x7A: word.append(byte)
      case 0x41...0x5A: word.append(byte | 0x20)
      case UInt8(ascii: "'") where !word.isEmpty: word.append(byte)
      case 0xE2 where at + 2 < bytes.endIndex && bytes[at + 1] == 0x80:
        // General punctuation; the right single quotation mark is an apostrophe within a word.
        if bytes[at + 2] == 0x99, !word.isEmpty { word.append(UInt8(ascii: "'")) } else { flush() }
        at += 2
      case 0xC2 where at + 1 < bytes.endIndex:
        flush()
        at += 1
      case 0x80...0xFF: word.append(byte)
      default: flush()
      }
      at += 1
    }
    flush()
    return words
  }

  /// Strips the commonest English endings; enough to join "fees" and "fee".
  static func stem(_ word: String) -> String {
    var bytes = Array(word.utf8)
    func ends(_ suffix: StaticString, keeping count: Int) -> Bool {
      let suffix = Array("\(suffix)".utf8)
      return bytes.count - suffix.count >= count && bytes.suffix(suffix.count).elementsEqual(suffix)
    }
    if ends("'s", keeping: 1) { bytes.removeLast(2) }
    if ends("ies", keeping: 2) {
      bytes.removeLast(3)
      bytes.append(UInt8(ascii: "y"))
    } else if ends("sses", keeping: 1) {
      bytes.removeLast(2)
    } else if ends("s", keeping: 3), !ends("ss", keeping: 1), !ends("us", keeping: 1) {
      bytes.removeLast()
    }
    if ends("ing", keeping: 3) {
      bytes.removeLast(3)
    } else if ends("ed", keeping: 3) {
      bytes.removeLast(2)
    }
    if ends("e", keeping: 3) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// English words that carry grammar, or fill pauses in talk.
  static let functionWords: Set<String> = Set(
    """
    a about above actually after again all almost already also although always am an and another any anybody \
    anyone anything are aren't around as at away back be because been before being below between both but by \
    can can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either \
    else enough even ever every everybody everyone everything few first for from further get gets getting \
    give given go goes going gonna got had hadn't has hasn't have haven't having he he'd he'll he's hello her \
    here hers herself hi him himself his how however i i'd i'll i'm i've if in into is isn't it it'd it'll \
    it's its itself just kind know last let let's like little look lot made make many may maybe me mean might \
    mine more most much must my myself need never no nobody none nor not nothing now of off oh ok okay on \
    once one ones only onto or other others otherwise ought our ours ourselves out over own per perhaps \
    pretty probably put quite rather really right said same say says see seem seems shall she she'd she'll \
    she's should shouldn't since so some somebody someone something sort still such sure take than thank \
    thanks that that'd that'll that's the their theirs them themselves then there there'd there'll there's \
    thereof these they they'd they'll they're they've thing things think this those though through thus to \
    together too toward towards two uh um under until up upon us use used uses using very via want wanted \
    was wasn't way we we'd we'll we're we've well went were weren't what what's when where whether which \
    while who who's whoever whole whom whose why will with within without won't would wouldn't yeah yep yes \
    yet you you'd you'll you're you've your yours yourself yourselves hmm mm mm-hmm huh ah er
    """.split(separator: " ").map(String.init))
}

/// Weighted term vectors of stretches of one text: term frequency by inverse frequency among the
/// stretches, of length 1.
struct TermVectors {
  /// One a stretch: term number and weight, ascending by number.
  private(set) var vectors: [[(term: Int, weight: Double)]] = []
  private(set) var terms: [String] = []

  init(_ bytes: [UInt8], stretches: [Range<Int>]) {
    var numbers: [String: Int] = [:]
    var documentFrequency: [Int] = []
    var counts: [[Int: Int]] = []
    for stretch in stretches {
      var count: [Int: Int] = [:]
      for term in Terms.of(bytes[stretch]) {
        let number: Int
        if let known = numbers[term] {
          number = known
        } else {
          number = terms.count
          numbers[term] = number
          terms.append(term)
          documentFrequency.append(0)
        }
        count[number, default: 0] += 1
      }
      for number in count.keys { documentFrequency[number] += 1 }
      counts.append(count)
    }
    let total = Double(stretches.count)
    for count in counts {
      // Sorted, so that sums do not depend on the order of a dictionary.
      var vector = count.sorted { $0.key < $1.key }.map { term, times in
        (
          term: term,
          weight: (1 + log(Double(times)))
            * log(1 + total / Double(documentFrequency[term]))
        )
      }
      let length = vector.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
      if length > 0 { for index in vector.indices { vector[index].weight /= length } }
      vectors.append(vector)
    }
  }

  func cosine(_ first: Int, _ second: Int) -> Double {
    Self.product(vectors[first], vectors[second])
  }

  static func product(
    _ first: [(term: Int, weight: Double)], _ second: [(term: Int, weight: Double)]
  ) -> Double {
    var sum = 0.0
    var i = 0
    var j = 0
    while i < first.count, j < second.count {
      if first[i].term == second[j].term {
        sum += first[i].weight * second[j].weight
        i += 1
        j += 1
      } else if first[i].term < second[j].term {
        i += 1
      } else {
        j += 1
      }
    }
    return sum
  }

  /// How close each stretch is to all of them together: the cosine with the sum of the vectors.
  func centralities() -> [Double] {
    var sum = [Double](repeating: 0, count: terms.count)
    for vector in vectors { for (term, weight) in vector { sum[term] += weight } }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return vectors.map { _ in 0 } }
    return vectors.map { vector in
      vector.reduce(0) { $0 + $1.weight * sum[$1.term] } / length
    }
  }
}
