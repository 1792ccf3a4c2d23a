import Documents
import Foundation

/// Names topics by their own words: the three that set a topic apart from the others most.
struct TopicTitles {
  private(set) var titles: [String] = []

  init(_ talk: Talk, text: ExtractedText, bytes: [UInt8], topics: [Range<Int>]) {
    var counts: [[String: Int]] = []
    /// How each term is written, with how often.
    var spellings: [String: [String: Int]] = [:]
    let speakers = Set(talk.roster.people.flatMap { Roster.nameWords($0.name) })
    for topic in topics {
      var count: [String: Int] = [:]
      for utterance in talk.utterances[topic] {
        for part in text[utterance.range].split(whereSeparator: {
          !$0.isLetter && !"_-'’".contains($0)
        }) {
          // "don't" and "it's" name nothing.
          if part.contains("'") || part.contains("’") { continue }
          let spelling = part.filter { $0.isLetter || $0 == "-" }
          let word = spelling.lowercased()
          guard word.count > 2, word.first?.isLetter == true, word.last?.isLetter == true,
            !Terms.functionWords.contains(word), !speakers.contains(word),
            !Self.vague.contains(word)
          else { continue }
          let term = Terms.stem(word)
          count[term, default: 0] += 1
          spellings[term, default: [:]][spelling, default: 0] += 1
        }
      }
      counts.append(count)
    }
    var topicsWith: [String: Int] = [:]
    for count in counts { for term in count.keys { topicsWith[term, default: 0] += 1 } }
    for count in counts {
      let ranked = count.map { term, times in
        (
          term: term,
          weight: Double(times)
            * log(1 + Double(topics.count) / Double(topicsWith[term] ?? 1))
        )
      }.sorted { ($1.weight, $0.term) < ($0.weight, $1.term) }
      let words = ranked.prefix(3).map { entry in
        let spelled = (spellings[entry.term] ?? [:]).max { ($0.value, $1.key) < ($1.value, $0.key) }
        let word = spelled?.key ?? entry.term
        let isShout = word.allSatisfy(\.isUppercase)
        let isName = (spellings[entry.term] ?? [:]).allSatisfy { $0.key.first?.isUppercase == true }
        return isShout || isName ? word : word.lowercased()
      }
      guard let first = words.first, let letter = first.first else {
        titles.append("Untitled")
        continue
      }
      titles.append(
        ([letter.uppercased() + first.dropFirst()] + words.dropFirst()).joined(separator: ", "))
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
    wants needed needs tried trying try means meant looking looks looked thinking thought saying going done
    """.split(separator: " ").map(String.init))
}
