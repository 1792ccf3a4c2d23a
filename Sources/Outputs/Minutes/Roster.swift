import Documents

/// The people of a meeting, as far as its transcript names them.
struct Roster {
  private(set) var people: [Person] = []
  /// Which person a speaker's label means.
  private var byLabel: [String: Int] = [:]

  struct Person: Hashable {
    var name: String
    /// Every way the transcript writes a speaker who is this person.
    var labels: [String]
    var role: String?
    var organization: String?
    var presence: Minutes.Presence
    var turns = 0
  }

  /// Labels that begin an attendance list rather than somebody's words.
  private static let lists: [String: Minutes.Presence] = [
    "present": .listed, "attendees": .listed, "attendance": .listed, "in attendance": .listed,
    "participants": .listed, "members present": .listed, "also present": .listed,
    "apologies": .apologies, "apologies for absence": .apologies, "regrets": .apologies,
    "absent": .apologies, "members absent": .apologies, "not present": .apologies,
    "excused": .apologies, "staff": .listed, "staff present": .listed, "guests": .listed,
    "others present": .listed, "also in attendance": .listed, "council present": .listed,
    "council members present": .listed, "board members present": .listed, "invited": .listed,
  ]

  /// Labels that stand for nobody in particular.
  private static let crowds: Set<String> = [
    "several", "several members", "several voices", "some members", "some hon members",
    "some hon member", "an hon member", "members", "all", "everyone", "chorus", "various",
    "multiple speakers", "many", "audience", "group", "voices", "crosstalk", "inaudible",
    "unidentified", "unidentified speaker", "unknown", "unknown speaker", "council", "board",
    "committee",
  ]

  private static let roleWords: Set<String> = [
    "chair", "chairman", "chairwoman", "chairperson", "chairwomen", "vice", "secretary", "clerk",
    "minister", "leader", "president", "director", "manager", "officer", "treasurer", "moderator",
    "facilitator", "scribe", "ceo", "cto", "cfo", "coo", "counsel", "speaker", "professor", "mayor",
    "deputy", "head", "lead", "engineer", "designer", "analyst", "host", "interviewer", "pm", "ui",
    "me", "id", "councillor", "councilor", "councilmember", "alderman", "commissioner", "trustee",
    "superintendent", "attorney", "planner", "administrator", "coordinator", "reeve", "supervisor",
    "senator", "representative", "delegate", "convenor", "convener",
  ]

  init(_ document: Document) {
    for block in document.blocks {
      switch block.content {
      case .turn(let turn):
        guard let speaker = turn.speaker?.text, !speaker.isEmpty, Talk.note(speaker) == nil,
          !Self.crowds.contains(Self.plain(speaker))
        else { continue }
        if let presence = Self.lists[Self.plain(speaker)] {
          add(list: turn.text.text, presence: presence)
        } else {
          people[person(ofSpeaker: speaker)].turns += 1
        }
      case .paragraph(let text), .listItem(let text, _), .preformatted(let text):
        for line in text.text.split(whereSeparator: \.isNewline) {
          guard let colon = line.firstIndex(of: ":") else { continue }
          if let presence = Self.lists[Self.plain(String(line[..<colon]))] {
            add(list: String(line[line.index(after: colon)...]), presence: presence)
          }
        }
      default: continue
      }
    }
  }

  /// Whether a turn is an attendance list that the reader took for somebody's words.
  static func isList(_ turn: Turn) -> Bool {
    turn.speaker.map { lists[plain($0.text)] != nil } ?? false
  }

  /// The person who speaks under `label`.
  func person(labelled label: String) -> Int? { byLabel[label] }

  /// The one person a name in the talk can mean: a full name, or a last or first name only one has.
  func person(named name: String) -> Int? {
    let wanted = Self.nameWords(name)
    guard !wanted.isEmpty else { return nil }
    let matches = people.indices.filter { index in
      let words = Self.nameWords(people[index].name)
      return words == wanted || (wanted.count == 1 && words.contains(wanted[0]))
        || (wanted.count > 1 && words.suffix(wanted.count).elementsEqual(wanted))
    }
    return matches.count == 1 ? matches[0] : nil
  }

  /// Adds somebody who is only talked about.
  mutating func addMentioned(_ name: String) -> Int {
    people.append(Person(name: name, labels: [], presence: .mentioned))
    return people.count - 1
  }

  private mutating func person(ofSpeaker label: String) -> Int {
    if let known = byLabel[label] { return known }
    let (outer, inner) = Self.parted(label)
    var name = outer
    var role: String?
    var organization: String?
    if let inner {
      if Self.isRole(outer) {
        // "The Chair (Hon. Anthony Rota (Nipissing, Lib.))": the name is inside.
        let (innerName, rest) = Self.parted(inner)
        name = innerName
        role = Self.withoutArticle(outer)
        organization = rest
      } else if Self.isRole(inner) {
        role = inner
      } else {
        organization = inner
      }
    }
    let found =
      people.indices.first {
        people[$0].labels.contains(outer) || Self.nameWords(people[$0].name) == Self.nameWords(name)
      } ?? (Self.isRole(outer) && inner == nil ? personWithRole(Self.withoutArticle(outer)) : nil)
      ?? sameLastName(name)
    if let found {
      byLabel[label] = found
      if !people[found].labels.contains(label) { people[found].labels.append(label) }
      people[found].presence = .spoke
      if people[found].role == nil { people[found].role = role }
      if people[found].organization == nil { people[found].organization = organization }
      return found
    }
    // "The Chair" is the chair; "Professor E" is a name.
    if role == nil, Self.isRole(name), Self.withoutArticle(name) != name || !name.contains(" ") {
      role = Self.withoutArticle(name)
    }
    people.append(
      Person(
        name: name, labels: [label], role: role ?? Self.leadingOffice(name),
        organization: organization, presence: .spoke))
    byLabel[label] = people.count - 1
    return people.count - 1
  }

  private func personWithRole(_ role: String) -> Int? {
    let matches = people.indices.filter { people[$0].role == role }
    return matches.count == 1 ? matches[0] : nil
  }

  /// "Mr. Manly" for the only "Mr. Paul Manly": a title and one name on one of the two sides.
  private func sameLastName(_ name: String) -> Int? {
    let words = Self.nameWords(name)
    guard let last = words.last, last.count > 1 else { return nil }
    let hasTitle = Self.tokens(name).first.map { Self.titles.contains($0) } ?? false
    let matches = people.indices.filter { index in
      let other = Self.nameWords(people[index].name)
      guard other.last == last else { return false }
      let otherHasTitle = Self.tokens(people[index].name).first.map { Self.titles.contains($0) }
      return (words.count == 1 && hasTitle && other.count > 1)
        || (other.count == 1 && otherHasTitle == true && words.count > 1)
    }
    return matches.count == 1 ? matches[0] : nil
  }

  private mutating func add(list: String, presence: Minutes.Presence) {
    // `Ann Lee, Director; Bob Ray, Clerk` has semicolons between people; else commas stand there.
    let separators = list.contains(";") ? ";\n" : ",\n"
    for entry in list.split(whereSeparator: { separators.contains($0) }).flatMap(Self.joined) {
      var (name, inner) = Self.parted(
        entry.trimmingPrefix(while: { " -–•*".contains($0) }).description)
      if inner == nil, let comma = name.firstIndex(of: ",") {
        inner = String(name[name.index(after: comma)...].drop(while: \.isWhitespace))
        name = String(name[..<comma])
      }
      let words = Self.nameWords(name)
      // A list of people is short entries with capital letters; anything else is prose.
      guard (1...5).contains(words.count), name.first?.isUppercase == true,
        !["none", "nil", "all"].contains(words[0])
      else { continue }
      let role = inner.flatMap { Self.isRole($0) ? $0 : nil } ?? Self.leadingOffice(name)
      let organization = inner == role ? nil : inner
      if let known = person(named: name) {
        if presence == .apologies, people[known].presence != .spoke {
          people[known].presence = presence
        }
        if people[known].role == nil { people[known].role = role }
        if people[known].organization == nil { people[known].organization = organization }
      } else {
        people.append(
          Person(
            name: name, labels: [], role: role, organization: organization, presence: presence))
      }
    }
  }

  // MARK: Names

  /// `B and C` at the end of a list as two.
  private static func joined(_ entry: Substring) -> [Substring] {
    guard let and = entry.firstRange(of: " and "), !entry[..<and.lowerBound].contains("(") else {
      return [entry]
    }
    // `Director of Parks and Recreation` is one.
    let after = entry[and.upperBound...]
    guard tokens(String(after)).count > 1, !entry[..<and.lowerBound].contains(",") else {
      return [entry]
    }
    return [entry[..<and.lowerBound], after]
  }

  /// `Mayor` of `Mayor Ruth Calder`.
  private static func leadingOffice(_ name: String) -> String? {
    guard let space = name.firstIndex(of: " "), offices.contains(name[..<space].lowercased()) else {
      return nil
    }
    return String(name[..<space])
  }

  /// Offices that stand before a name as titles do.
  private static let offices: Set<String> = [
    "mayor", "councillor", "councilor", "councilmember", "councilman", "councilwoman", "alderman",
    "commissioner", "senator", "representative", "chair", "chairman", "chairwoman", "chairperson",
    "president", "minister", "secretary", "judge", "justice", "trustee", "reeve", "supervisor",
    "director", "superintendent", "delegate", "deputy",
  ]

  private static let titles: Set<String> = offices.union([
    "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "hon", "sir", "dame", "lord", "rev",
    "right", "the", "madam",
  ])

  /// A name without title, in lower case, split in words.
  static func nameWords(_ name: String) -> [String] {
    let all = tokens(name)
    let rest = Array(all.drop { titles.contains($0) })
    return rest.isEmpty ? all : rest
  }

  private static func tokens(_ name: String) -> [String] { Terms.words(of: Array(name.utf8)[...]) }

  private static func plain(_ label: String) -> String {
    tokens(label).joined(separator: " ")
  }

  private static func isRole(_ text: String) -> Bool {
    let words = tokens(text)
    return words.first == "the" && words.count <= 4
      || words.contains { $0.count > 2 && roleWords.contains($0) } && words.count <= 8
  }

  private static func withoutArticle(_ text: String) -> String {
    text.lowercased().hasPrefix("the ") ? String(text.dropFirst(4)) : text
  }

  /// The words before the first parenthesis and those inside it, up to its last closing one.
  private static func parted(_ label: String) -> (outer: String, inner: String?) {
    func trimmed(_ part: Substring) -> String {
      var part = part
      while part.first?.isWhitespace == true { part.removeFirst() }
      while part.last?.isWhitespace == true { part.removeLast() }
      return String(part)
    }
    guard let open = label.firstIndex(of: "("), open != label.startIndex else {
      return (trimmed(label[...]), nil)
    }
    let rest = label[label.index(after: open)...]
    let close = rest.lastIndex(of: ")") ?? rest.endIndex
    let inner = trimmed(rest[..<close])
    return (trimmed(label[..<open]), inner.isEmpty ? nil : inner)
  }
}
