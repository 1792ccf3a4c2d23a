import Documents
import Foundation

/// Names topics by their own words: what is said again and again in a topic and less in the others, in
/// phrases where two words keep standing together (`suit circuit, dome temperature and valve`).
///
/// A word names something only where it stands as a thing's name does: `the digit forms are …` names the forms,
/// and not `to form`, `forms the` or the digit alone.
struct TopicTitles {
  private(set) var titles: [String] = []

  /// How often two words must stand together to be a phrase.
  private static let leastPhrases = 3
  private static let parts = 3
  /// In which part of the places where a term stands it must stand as a name.
  private static let leastNamed = 0.34

  /// How often a term is said, and how often as a name.
  private struct Count {
    var times = 0
    var named = 0

    var isName: Bool { Double(named) >= TopicTitles.leastNamed * Double(times) }
  }

  init(_ talk: Talk, text: ExtractedText, bytes: [UInt8], topics: [Range<Int>]) {
    /// How each term is written, with how often; a term is one stem or two with a space between.
    var spellings: [String: [String: Int]] = [:]
    var whole: [String: Count] = [:]
    let speakers = Set(talk.roster.people.flatMap { Roster.nameWords($0.name) })
    let counts = topics.map { topic in
      var count: [String: Int] = [:]
      func add(_ term: String, _ spelling: String, isNamed: Bool) {
        count[term, default: 0] += 1
        whole[term, default: Count()].times += 1
        if isNamed { whole[term]?.named += 1 }
        spellings[term, default: [:]][spelling, default: 0] += 1
      }
      for utterance in talk.utterances[topic] {
        let words = Self.words(of: text[utterance.range])
        for (index, word) in words.enumerated() where word.names && !speakers.contains(word.lower) {
          let stem = Terms.stem(word.lower)
          let isNamed = Self.endsName(words, at: index) && Self.beginsName(words, at: index)
          add(stem, word.spelling, isNamed: isNamed)
          guard index > 0, words[index - 1].names, !words[index - 1].endsPhrase,
            !speakers.contains(words[index - 1].lower)
          else { continue }
          let before = Terms.stem(words[index - 1].lower)
          guard before != stem else { continue }
          add(
            before + " " + stem, words[index - 1].spelling + " " + word.spelling,
            isNamed: Self.endsName(words, at: index) && Self.beginsName(words, at: index - 1))
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
      }.sorted { ($1.weight, $0.term) < ($0.weight, $1.term) }.map(\.term)
      let names = ranked.filter { whole[$0]?.isName == true }
      titles.append(Self.title(names.isEmpty ? ranked : names, spellings))
    }
  }

  /// Whether the thing's name can end here: before a mark, a preposition, a verb that says what it is or does.
  private static func endsName(_ words: [Word], at index: Int) -> Bool {
    guard !words[index].endsPhrase, index + 1 < words.count else { return true }
    return words[index + 1].isAdverb || following.contains(words[index + 1].lower)
  }

  /// Whether the thing's name can begin here: not after `to`, `we`, `will`, which verbs stand after.
  private static func beginsName(_ words: [Word], at index: Int) -> Bool {
    guard index > 0, !words[index - 1].endsPhrase else { return true }
    return !beforeVerbs.contains(words[index - 1].lower)
  }

  private static let following: Set<String> = Set(
    """
    of for in on at by from with to and or nor but as than which who whom where when because if so since \
    while during after before under over between against about into through within without per is are was were \
    be been being has have had does do did will would can could should may might must shall isn't aren't wasn't \
    doesn't don't didn't won't can't we i they he she there here not also only just too again then now up \
    out off down itself themselves
    """.split(separator: " ").map(String.init))

  private static let beforeVerbs: Set<String> = Set(
    """
    to i you we they he she it who is are was were be been being isn't aren't wasn't will would can could should \
    may might must shall do does did don't doesn't didn't won't can't couldn't wouldn't shouldn't let's not i'll \
    we'll you'll they'll he'll she'll it'll i'd we'd you'd please never gonna wanna really very too so more most \
    quite
    """.split(separator: " ").map(String.init))

  /// The first terms that share no word, as one would write them.
  private static func title(_ terms: [String], _ spellings: [String: [String: Int]]) -> String {
    var taken: Set<Substring> = []
    var parts: [String] = []
    for term in terms where parts.count < Self.parts {
      let stems = term.split(separator: " ")
      guard !stems.contains(where: taken.contains) else { continue }
      taken.formUnion(stems)
      let most = spelling(of: term, spellings)
      // A word keeps its capital where it never stands without: `support Canadians`.
      parts.append(
        most.split(separator: " ").map { word -> String in
          let written = spellings[Terms.stem(word.lowercased())] ?? [:]
          let isName = written.keys.allSatisfy { $0.first?.isUppercase == true }
          let isShort = word.count < 6 && word.allSatisfy(\.isUppercase)
          return isName || isShort ? String(word) : word.lowercased()
        }.joined(separator: " "))
    }
    guard let last = parts.popLast(), let letter = (parts.first ?? last).first else {
      return "Untitled"
    }
    let title = parts.isEmpty ? last : parts.joined(separator: ", ") + " and " + last
    return letter.uppercased() + title.dropFirst()
  }

  /// How a term is mostly written.
  private static func spelling(of term: String, _ spellings: [String: [String: Int]]) -> String {
    (spellings[term] ?? [:]).max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? term
  }

  private struct Word {
    var spelling: String
    var lower: String
    /// Whether the word can be of a topic's name.
    var names: Bool
    var isAdverb: Bool
    /// Whether a mark after it ends the phrase.
    var endsPhrase: Bool
  }

  private static func words(of sentence: Substring) -> [Word] {
    sentence.split(whereSeparator: \.isWhitespace).map { part in
      let spelling = String(part.filter { $0.isLetter || $0 == "-" })
      // "don't" and "it's" name nothing.
      let isWhole = !part.contains { $0 == "'" || $0 == "’" }
      let lower =
        isWhole
        ? spelling.lowercased()
        : String(part.lowercased().replacing("’", with: "'").filter { $0.isLetter || $0 == "'" })
      let isAdverb = lower.hasSuffix("ly") && !nounsInLy.contains(lower)
      return Word(
        spelling: spelling, lower: lower,
        names: isWhole && lower.count > 2 && lower.first?.isLetter == true
          && lower.last?.isLetter == true && !isAdverb && !Terms.functionWords.contains(lower)
          && !vague.contains(lower),
        isAdverb: isAdverb, endsPhrase: part.last.map { !$0.isLetter } ?? true)
    }
  }

  private static let nounsInLy: Set<String> = [
    "family", "supply", "assembly", "anomaly", "monopoly", "reply", "ally", "july", "italy", "fly",
  ]

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
    sort kind kinds sorts way ways thing things something anything everything nothing someone anyone
    wants needed needs tried trying try means meant looking looks looked thinking thought saying going done
    """.split(separator: " ").map(String.init))
}
