/// Who takes on what, as far as a sentence says so.
///
/// An owner comes from the sentence itself (`I'll …`, `Lee will …`, `Lee, can you …`) or from the
/// next speaker's yes to a request; otherwise there is none.
struct Commitment: Hashable {
  var owner: Owner?
  /// The words name a task and who should do it, or that somebody should: enough without a model.
  var isStrong: Bool
  /// Whether somebody is asked, who may say no.
  var isRequest = false

  enum Owner: Hashable {
    case speaker(words: String)
    /// A name in the sentence, as written.
    case named(String)
    /// The person who was asked; to be found in the answer.
    case addressee
  }

  /// Verbs whose object is a piece of work that stays after the meeting.
  private static let tasks: Set<String> = [
    "send", "write", "email", "mail", "circulate", "prepare", "draft", "contact", "schedule",
    "book",
    "arrange", "organise", "organize", "investigate", "file", "submit", "update", "forward",
    "share",
    "upload", "publish", "post", "call", "phone", "ask", "order", "buy", "review", "check",
    "confirm",
    "inform", "tell", "notify", "remind", "invite", "finish", "complete", "fix", "test", "document",
    "report", "announce", "distribute", "deliver", "implement", "provide", "present", "collect",
    "summarise", "summarize", "minute", "print", "sign", "follow", "set", "put", "find", "look",
    "get", "make", "bring", "talk", "speak", "work", "create", "run", "add", "start", "take",
    "try", "do", "give", "read", "meet", "go",
  ]

  /// Of these, the ones that are seldom said of anything but work to come.
  private static let firmTasks: Set<String> = [
    "send", "write", "email", "mail", "circulate", "prepare", "draft", "contact", "schedule",
    "book",
    "arrange", "organise", "organize", "investigate", "file", "submit", "update", "forward",
    "upload", "publish", "order", "review", "confirm", "inform", "tell", "notify", "remind",
    "invite",
    "finish", "complete", "document", "announce", "distribute", "deliver", "provide", "collect",
    "summarise", "summarize", "print", "follow",
  ]

  /// Of these, the ones that are mostly done by the very words: "I will tell you", "can you confirm?".
  private static let doneBySaying: Set<String> = [
    "tell", "confirm", "inform", "remind", "provide",
  ]

  /// Words after "will" that are no task: "students will be able to apply by Friday".
  private static let states: Set<String> = [
    "able", "available", "eligible", "ready", "there", "here", "open", "a", "an", "the", "not",
    "no",
    "in", "on", "at",
  ]

  private static let promises = Phrases(
    "i'll|i will|i'm going to|i'm gonna|i am going to|i can|let me|i shall")
  private static let requests = Phrases(
    "can you|could you|would you|will you|you'll|you will|you need to|you have to|please|"
      + "i need you to|i want you to|you should|you're going to|you're gonna")
  private static let unowned = Phrases(
    "somebody has to|someone has to|somebody needs to|someone needs to|somebody should|"
      + "someone should|somebody must|someone must|somebody will|someone will|we need to|we have to|"
      + "we must|we should|we'll|we will|needs to be|has to be|must be|staff will|staff to")
  private static let announced = Phrases(
    "action item|action items|action point|action points|to do list|next steps|next step|"
      + "your task|your tasks|follow up on")
  private static let modals: Set<String> = [
    "will", "can", "could", "should", "shall", "to", "must", "needs", "has", "is", "agreed",
  ]
  private static let skipped: Set<String> = [
    "also", "then", "just", "and", "to", "go", "again", "already", "definitely", "maybe",
    "probably",
    "gonna", "going", "try", "ahead", "please", "be", "have",
  ]

  /// - Parameters:
  ///   - sentence: as written, for names.
  ///   - words: the same in lower case, see ``Terms/words(of:)``.
  ///   - isName: whether a word of the sentence (as written) names a person.
  init?(
    sentence: String, words: [String], hasDeadline: Bool,
    isName: (String) -> Bool
  ) {
    func task(after end: Int) -> String? {
      var at = end
      while at < words.count, at < end + 4, Self.skipped.contains(words[at]) { at += 1 }
      return at < words.count && Self.tasks.contains(words[at]) ? words[at] : nil
    }
    func isFirm(_ task: String) -> Bool {
      hasDeadline || (Self.firmTasks.contains(task) && !Self.doneBySaying.contains(task))
    }
    if let found = Self.namedOwner(sentence, isName: isName),
      found.isRequest || (hasDeadline && !Self.states.contains(found.task ?? ""))
        || found.task.map(Self.tasks.contains) ?? false
    {
      self.init(owner: .named(found.name), isStrong: found.task.map(isFirm) ?? hasDeadline)
      isRequest = found.isRequest
      return
    }
    if let promise = Self.promises.first(in: words), let task = task(after: promise.upperBound) {
      self.init(owner: .speaker(words: "I"), isStrong: isFirm(task))
      return
    }
    if let request = Self.requests.first(in: words), let task = task(after: request.upperBound) {
      self.init(owner: .addressee, isStrong: isFirm(task))
      isRequest = true
      return
    }
    if let need = Self.unowned.first(in: words), let task = task(after: need.upperBound) {
      let isNobody = ["somebody", "someone", "staff"].contains(words[need.lowerBound])
      self.init(owner: nil, isStrong: isNobody || (hasDeadline && isFirm(task)))
      return
    }
    if Self.announced.stand(in: words) {
      self.init(owner: nil, isStrong: false)
      return
    }
    return nil
  }

  private init(owner: Owner?, isStrong: Bool) {
    self.owner = owner
    self.isStrong = isStrong
  }

  private static let asking: Set<String> = [
    "can you", "could you", "would you", "will you", "you will", "you can",
  ]

  /// "Lee will tell …", "Lee can …", "Lee to draft …", and the request "Lee, can you …".
  private static func namedOwner(_ sentence: String, isName: (String) -> Bool) -> (
    name: String, task: String?, isRequest: Bool
  )? {
    let parts = sentence.split(whereSeparator: \.isWhitespace).map(String.init)
    func plain(_ word: String) -> String {
      word.lowercased().filter { $0.isLetter || $0 == "'" || $0 == "’" }.replacing("’", with: "'")
    }
    for (index, part) in parts.enumerated() {
      var name = part.filter { $0.isLetter || $0 == "-" || $0 == "." || $0 == "'" || $0 == "’" }
      var next = index + 1
      if ["Mr.", "Mrs.", "Ms.", "Dr.", "Mr", "Mrs", "Ms", "Dr"].contains(part), next < parts.count {
        name += " " + parts[next].filter(\.isLetter)
        next += 1
      }
      while let last = name.last, !last.isLetter { name.removeLast() }
      guard name.first?.isUppercase == true, next < parts.count, isName(name) else { continue }
      let isAddressed = parts[next - 1].hasSuffix(",")
      if isAddressed, next + 1 < parts.count {
        let first = plain(parts[next])
        let pair = first + " " + plain(parts[next + 1])
        if first == "please" || first == "you'll" || asking.contains(pair) {
          return (name, firstTask(parts[(next + 1)...].map(plain)), true)
        }
        continue
      }
      var modal = plain(parts[next])
      if next + 1 < parts.count, modal == "is",
        !["going", "gonna", "to"].contains(plain(parts[next + 1]))
      {
        modal = ""
      }
      if next + 1 < parts.count, ["needs", "has", "agreed"].contains(modal),
        plain(parts[next + 1]) != "to"
      {
        modal = ""
      }
      if modals.contains(modal), next + 1 < parts.count {
        return (name, firstTask(parts[(next + 1)...].map(plain)), false)
      }
    }
    return nil
  }

  private static func firstTask(_ words: [String]) -> String? {
    words.prefix(5).first { !skipped.contains($0) && $0 != "you" }
  }
}
