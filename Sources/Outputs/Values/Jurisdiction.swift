/// A country, state or province whose law may govern a contract, in one spelling.
package struct JurisdictionMention: Hashable, Sendable {
  /// `New York, USA`, `Ontario, Canada`, `England, United Kingdom`, `Japan`.
  package var name: String
  /// Scalar offsets.
  package var range: Range<Int>
}

/// Finds names of countries and of the states and provinces of federations.
package enum JurisdictionParser {
  package static func jurisdictions(in text: ScalarText, range: Range<Int>) -> [JurisdictionMention]
  {
    let list = LexemeList(text, in: range)
    var mentions: [JurisdictionMention] = []
    var index = 0
    while index < list.count {
      guard let (entry, end) = entry(list, at: index) else {
        index += 1
        continue
      }
      var last = end
      // `Ontario, Canada`, `England under the laws of the United Kingdom`: the country after its
      // province adds nothing.
      if let country = entry.country {
        var next = end
        while [",", "the", "of", "federal", "laws", "under"].contains(list.text(next)) { next += 1 }
        if let (other, after) = self.entry(list, at: next), other.name == country { last = after }
      }
      mentions.append(JurisdictionMention(name: entry.name, range: list.range(index, last)))
      index = last
    }
    return mentions
  }

  package static func jurisdictions(in string: String) -> [JurisdictionMention] {
    let text = ScalarText(string)
    return jurisdictions(in: text, range: 0..<text.count)
  }

  private struct Entry {
    var name: String
    /// The canonical name of the country that a state or province belongs to.
    var country: String?
  }

  private static func entry(_ list: LexemeList, at index: Int) -> (Entry, Int)? {
    guard let candidates = byFirstWord[list.text(index)] else { return nil }
    candidates: for (words, entry) in candidates {
      for (offset, word) in words.enumerated() where list.text(index + offset) != word {
        continue candidates
      }
      // Abbreviations and adjectives only where a name can stand.
      return (entry, index + words.count)
    }
    return nil
  }

  /// Names by their first word, longest first.
  private static let byFirstWord: [String: [(words: [String], entry: Entry)]] = {
    var table: [String: [(words: [String], entry: Entry)]] = [:]
    func add(_ name: String, _ entry: Entry) {
      let text = ScalarText(name)
      let words = Lexeme.lexemes(of: text, in: 0..<text.count).map(\.text)
      guard let first = words.first else { return }
      table[first, default: []].append((words, entry))
    }
    for (country, places) in federations {
      for place in places.split(separator: ";") {
        let spellings = place.split(separator: "=").map { $0.trimmingSpaces() }
        for spelling in spellings {
          add(spelling, Entry(name: "\(spellings[0]), \(country)", country: country))
        }
      }
    }
    for country in countries.split(separator: ";") {
      let spellings = country.split(separator: "=").map { $0.trimmingSpaces() }
      for spelling in spellings { add(spelling, Entry(name: spellings[0], country: nil)) }
    }
    return table.mapValues { $0.sorted { $0.words.count > $1.words.count } }
  }()

  private static let federations: [(String, String)] = [
    (
      "USA",
      """
      Alabama;Alaska;Arizona;Arkansas;California;Colorado;Connecticut;Delaware;District of Columbia;Florida;Georgia;
      Hawaii;Idaho;Illinois;Indiana;Iowa;Kansas;Kentucky;Louisiana;Maine;Maryland;Massachusetts;Michigan;Minnesota;
      Mississippi;Missouri;Montana;Nebraska;Nevada;New Hampshire;New Jersey;New Mexico;New York;North Carolina;
      North Dakota;Ohio;Oklahoma;Oregon;Pennsylvania;Puerto Rico;Rhode Island;South Carolina;South Dakota;Tennessee;
      Texas;Utah;Vermont;Virginia;Washington;West Virginia;Wisconsin;Wyoming
      """
    ),
    (
      "Canada",
      """
      Ontario;British Columbia;Alberta;Quebec=Québec;Manitoba;Saskatchewan;Nova Scotia;New Brunswick;
      Newfoundland and Labrador=Newfoundland;Prince Edward Island
      """
    ),
    (
      "United Kingdom",
      "England and Wales=England & Wales;England=English law;Scotland=Scots law=Scottish law;Northern Ireland;Wales"
    ),
    (
      "Australia",
      """
      New South Wales;Victoria;Queensland;Western Australia;South Australia;Tasmania;Australian Capital Territory;
      Northern Territory
      """
    ),
  ]

  private static let countries = """
    USA=United States of America=United States=U.S.A.;
    Canada=Canadian law;United Kingdom=Great Britain=UK=U.K.;Australia=Australian law;
    Ireland=Republic of Ireland=Irish law;
    China=People's Republic of China=PRC=P.R.C.=P.R. China=PR China=Chinese law;
    Hong Kong=Hong Kong Special Administrative Region=HKSAR;Macau=Macao;Taiwan=Republic of China;
    Japan=Japanese law;South Korea=Republic of Korea=Korea;Singapore=Republic of Singapore;
    Malaysia;Thailand;Indonesia;Philippines=Republic of the Philippines;Vietnam;
    India=Republic of India=Indian law;Pakistan;Bangladesh;Sri Lanka;
    Israel=State of Israel=Israeli law;United Arab Emirates=UAE;Saudi Arabia;Qatar;Kuwait;Bahrain;Jordan;Lebanon;
    Turkey=Türkiye=Republic of Turkey;Egypt;Nigeria;Kenya;Ghana;Morocco;Tunisia;
    South Africa=Republic of South Africa;
    Germany=Federal Republic of Germany=German law;France=French Republic=French law;
    Switzerland=Swiss Confederation=Swiss law;Austria=Austrian law;Italy=Italian law=Republic of Italy;
    Spain=Kingdom of Spain=Spanish law;Portugal=Portuguese law;
    Netherlands=The Netherlands=Holland=Kingdom of the Netherlands=Dutch law;Belgium=Belgian law=Kingdom of Belgium;
    Luxembourg=Grand Duchy of Luxembourg=Grand-Duchy of Luxembourg;
    Denmark=Danish law=Kingdom of Denmark;Sweden=Swedish law=Kingdom of Sweden;Norway=Norwegian law;
    Finland=Finnish law;Iceland;Poland=Republic of Poland=Polish law;Czech Republic=Czechia;Slovakia;Hungary;
    Romania;Bulgaria;Greece=Hellenic Republic=Greek law;Cyprus=Republic of Cyprus;Malta;Croatia;Serbia;Slovenia;
    Estonia;Latvia;Lithuania;Ukraine;Russia=Russian Federation;Kazakhstan;
    Mexico=United Mexican States=Mexican law;Brazil=Federative Republic of Brazil=Brazilian law;Argentina;Chile;
    Colombia=Republic of Colombia;Peru;Venezuela;Panama=Republic of Panama;Costa Rica;Uruguay;Ecuador;Guatemala;
    Bermuda;Cayman Islands;British Virgin Islands=BVI;Bahamas;Barbados;Marshall Islands=Republic of the Marshall Islands;
    Jersey;Guernsey;Isle of Man;Gibraltar;Liechtenstein;Monaco;Mauritius;Liberia;
    New Zealand
    """
}

extension StringProtocol {
  /// The text without spaces and line breaks at its ends.
  func trimmingSpaces() -> String {
    var view = self[...]
    while let first = view.first, first.isWhitespace { view = view.dropFirst() }
    while let last = view.last, last.isWhitespace { view = view.dropLast() }
    return String(view)
  }
}
