import Documents
import Foundation

/// Names topics by their own words: what is said again and again in a topic and less in the others, in
/// phrases where two words keep standing together (`suit circuit, dome temperature and valve`).
struct TopicTitles {
  private(set) var titles: [String] = []

  /// How often two words must stand together to be a phrase.
  private static let leastPhrases = 3
  private static let parts = 3

  init(_ talk: Talk, text: ExtractedText, bytes: [UInt8], topics: [Range<Int>]) {
    /// How each term is written, with how often; a term is one stem or two with a space between.
    var spellings: [String: [String: Int]] = [:]
    let speakers = Set(talk.roster.people.flatMap { Roster.nameWords($0.name) })
    let counts = topics.map { topic in
      var count: [String: Int] = [:]
      for utterance in talk.utterances[topic] {
        var before: (stem: String, spelling: String)?
        for word in Self.words(of: text[utterance.range]) {
          let lower = word.spelling.lowercased()
          guard word.names, !speakers.contains(lower) else {
            before = nil
            continue
          }
          let stem = Terms.stem(lower)
          count[stem, default: 0] += 1
          spellings[stem, default: [:]][word.spelling, default: 0] += 1
          if let before, before.stem != stem {
            let pair = before.stem + " " + stem
            count[pair, default: 0] += 1
            spellings[pair, default: [:]][before.spelling + " " + word.spelling, default: 0] += 1
          }
          before = word.endsPhrase ? nil : (stem, word.spelling)
        }
      }
      return count.filter { !$0.key.contains(" ") || $0.value >= Self.leastPhrases }
    }
    var topicsWith: [String: Int] = [:]
    for count in counts { for term in count.keys { topicsWith[term, default: 0] += 1 } }
    for count in counts {
      let ranked = count.map { term, times in
        // Two words that keep together say more than either.
        (
          term: term,
          weight: Double(times) * (term.contains(" ") ? 2.5 : 1)
            * log(1 + Double(topics.count) / Double(topicsWith[term] ?? 1))
        )
      }.sorted { ($1.weight, $0.term) < ($0.weight, $1.term) }
      titles.append(Self.title(ranked.map(\.term), spellings))
    }
  }

  /// The first terms that share no word, as one would write them.
  private static func title(_ terms: [String], _ spellings: [String: [String: Int]]) -> String {
    var taken: Set<Substring> = []
    var parts: [String] = []
    for term in terms where parts.count < Self.parts {
      let stems = term.split(separator: " ")
      guard !stems.contains(where: taken.contains) else { continue }
      taken.formUnion(stems)
      let written = spellings[term] ?? [:]
      let most = written.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? term
      let isName = written.keys.allSatisfy { $0.first?.isUppercase == true }
      let isShort = most.count < 6 && most.allSatisfy(\.isUppercase)
      parts.append(isName || isShort ? most : most.lowercased())
    }
    guard let last = parts.popLast(), let letter = (parts.first ?? last).first else {
      return "Untitled"
    }
    let title = parts.isEmpty ? last : parts.joined(separator: ", ") + " and " + last
    return letter.uppercased() + title.dropFirst()
  }

  private struct Word {
    var spelling: String
    /// Whether the word can name a topic.
    var names: Bool
    /// Whether a mark after it ends the phrase.
    var endsPhrase: Bool
  }

  private static func words(of sentence: Substring) -> [Word] {
    sentence.split(whereSeparator: \.isWhitespace).map { part in
      let spelling = String(part.filter { $0.isLetter || $0 == "-" })
      let lower = spelling.lowercased()
      // "don't" and "it's" name nothing.
      let isWhole = !part.contains { $0 == "'" || $0 == "’" }
      return Word(
        spelling: spelling,
        names: isWhole && lower.count > 2 && lower.first?.isLetter == true
          && lower.last?.isLetter == true && !Terms.functionWords.contains(lower)
          && !vague.contains(lower),
        endsPhrase: part.last.map { !$0.isLetter } ?? true)
    }
  }

  /// Words of talk that name nothing.
  private static let vague: Set<String> = Set(
    """
    people lot bit stuff guys guy person time times today point points question questions idea ideas basically \
    actually probably definitely obviously especially maybe sure fine good great nice better best bad big small \
    new old different same able possible important interesting wanna gotta yourself couple part parts side sides \
    end start started case cases example number numbers three four five six seven eight nine ten first second \
    third half whole work working works worked talk talking tell told ask asked find found give take taken \
    show hear heard feel happen happened happens believe believed guess suppose remember wonder seen saw came \
    next last week weeks month months year years day days morning afternoon evening hour hours minutes seconds \
    roger okay yeah yep hmm mhm huh don doesn didn isn wasn inaudible laugh laughter thanks thank welcome please \
    hon minister member members sir madam lady gentleman gentlemen colleague colleagues \
    motion motions move moved moves second seconded item items agenda favour favor opposed vote votes voted carried
    chair chairman mayor councillor councillors councilor council speaker meeting order push pushed pull send sent
    wants needed needs tried trying try means meant looking looks looked thinking thought saying going done
    """.split(separator: " ").map(String.init))
}
