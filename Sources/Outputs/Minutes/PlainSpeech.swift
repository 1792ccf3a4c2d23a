/// Spoken words made readable, by leaving words out and nothing else.
///
/// The result's letters and digits are, in order, among those of what was said: minutes read like
/// writing and still put no word into anybody's mouth. The evidence holds the words as spoken.
package enum PlainSpeech {
  private static let fillers: Set<String> = [
    "um", "uh", "er", "erm", "ah", "hm", "hmm", "mm", "mmm", "eh", "uhm", "mm-hmm", "uh-huh", "huh",
  ]

  /// Words that open talk and say nothing.
  private static let openers: Set<String> = [
    "so", "okay", "ok", "well", "and", "but", "yeah", "yes", "yep", "right", "oh", "now", "alright",
    "like", "then", "anyway", "also", "cause", "because",
  ]

  private static let openingPhrases: [[String]] = [
    ["you", "know"], ["i", "mean"], ["all", "right"], ["i", "guess"],
  ]

  /// Who is addressed before anything is said.
  private static let addressed: Set<String> = [
    "mrchair", "madamchair", "mrchairman", "mrspeaker", "madamspeaker", "mrpresident",
    "madampresident", "mrmayor", "madammayor", "chair", "chairman",
  ]

  package static func written(_ spoken: some StringProtocol) -> String {
    var words = spoken.split(whereSeparator: \.isWhitespace).map {
      // Transcripts spell letters as "L_C_D_".
      $0.contains("_") ? String($0.filter { $0 != "_" }) : String($0)
    }
    words.removeAll { word in
      let core = core(word)
      return fillers.contains(core) || (core.isEmpty && word.allSatisfy { "-–—.…".contains($0) })
    }
    words = withoutAsides(withoutRepetitions(withoutFalseStarts(words)))
    strip: while words.count > 3 {
      for length in 1...2 where words.count > length + 2 {
        let called = words.prefix(length).joined().lowercased().filter { $0 != "." }
        if called.last == ",", addressed.contains(String(called.dropLast())) {
          words.removeFirst(length)
          continue strip
        }
      }
      for phrase in openingPhrases where words.count > phrase.count + 2 {
        if words.prefix(phrase.count).map(core) == phrase {
          words.removeFirst(phrase.count)
          continue strip
        }
      }
      if openers.contains(core(words[0])) { words.removeFirst() } else { break }
    }
    guard !words.isEmpty else { return String(spoken) }
    var text = words.joined(separator: " ")
    while let last = text.last, ",;:-–—".contains(last) { text.removeLast() }
    if let last = text.last, !".!?…\"”)".contains(last) { text += "." }
    guard let first = text.first, first.isLowercase else { return text }
    return first.uppercased() + text.dropFirst()
  }

  /// Whether `written` can be had from `spoken` by leaving letters and digits out.
  package static func isSubsequence(_ written: String, of spoken: String) -> Bool {
    var rest = significant(spoken)[...]
    for scalar in significant(written) {
      guard let index = rest.firstIndex(of: scalar) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  private static func significant(_ text: String) -> [Unicode.Scalar] {
    text.lowercased().unicodeScalars.filter {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
  }

  private static func core(_ word: String) -> String {
    var word = word.lowercased()[...]
    while let last = word.last, !last.isLetter, !last.isNumber { word.removeLast() }
    while let first = word.first, !first.isLetter, !first.isNumber { word.removeFirst() }
    return String(word)
  }

  /// "tw twelve", "part of f five", "we I think": what was broken off goes.
  private static func withoutFalseStarts(_ words: [String]) -> [String] {
    var result: [String] = []
    for (index, word) in words.enumerated() {
      let own = core(word)
      let next = index + 1 < words.count ? core(words[index + 1]) : ""
      let isPlain = word.last?.isLetter == true && word.first?.isLowercase == true
      if isPlain, own.count == 1, own != "a", own != "i", own != "o" { continue }
      if word.last?.isLetter == true, own.count <= 3, own.count < next.count, next.hasPrefix(own),
        !Terms.functionWords.contains(own), own != "i", own != "a", own != "no"
      {
        continue
      }
      if result.isEmpty, word.last?.isLetter == true, subjects.contains(own),
        subjects.contains(next), own != next
      {
        continue
      }
      result.append(word)
    }
    return result.isEmpty ? words : result
  }

  /// "the prototype, okay, the model": what is set off by commas and says nothing goes.
  private static func withoutAsides(_ words: [String]) -> [String] {
    var result: [String] = []
    var index = 0
    while index < words.count {
      let isAfterComma = result.last?.hasSuffix(",") == true
      if isAfterComma, words[index].hasSuffix(","),
        ["okay", "ok", "yeah", "well", "like"].contains(core(words[index]))
      {
        index += 1
        continue
      }
      if isAfterComma, index + 1 < words.count, words[index + 1].hasSuffix(","),
        [["you", "know"], ["i", "mean"]].contains([core(words[index]), core(words[index + 1])])
      {
        index += 2
        continue
      }
      result.append(words[index])
      index += 1
    }
    return result
  }

  private static let subjects: Set<String> = ["i", "we", "you", "they", "he", "she"]

  /// "we we should", "the the", "I'll I'll": the second saying stays.
  private static func withoutRepetitions(_ words: [String]) -> [String] {
    var result: [String] = []
    for word in words {
      // "I I'll", "we we're"
      if let last = result.last, last.last?.isLetter == true,
        ["i", "we", "you", "they", "he", "she", "it", "that"].contains(core(last)),
        [core(last) + "'", core(last) + "’"].contains(where: { core(word).hasPrefix($0) })
      {
        result.removeLast()
      }
      result.append(word)
      for length in 1...3 where result.count >= 2 * length {
        let last = result.suffix(length).map(core)
        let before = result.dropLast(length).suffix(length).map(core)
        // "that that" and "had had" can be meant; a comma or a full stop between them too.
        guard last == before, !(length == 1 && ["that", "had", "very", "no"].contains(last[0])),
          result.dropLast(length).suffix(length).allSatisfy({ !".?!".contains($0.last ?? " ") })
        else { continue }
        let kept = Array(result.suffix(length))
        result.removeLast(2 * length)
        result += kept
        break
      }
    }
    return result
  }
}
