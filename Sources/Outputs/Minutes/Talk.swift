import Documents

/// A transcript as a line of utterances: sentences with their speaker.
struct Talk {
  var utterances: [Utterance] = []
  var roster: Roster
  /// The turns that hold talk: index → first and last utterance.
  private(set) var turns: [(turn: Int, utterances: Range<Int>)] = []

  struct Utterance: Hashable {
    /// UTF-8 offsets in the extracted text.
    var range: Range<Int>
    /// The turn's index; the number of the block where a document has no turns.
    var turn: Int
    /// Index in the roster's people.
    var speaker: Int?
    /// Lower case, with inner apostrophes, without punctuation.
    var words: [String]
    var isQuestion: Bool
    /// What a note taker wrote in front of it: `Decision: …`, `ACTION: …`.
    var note: Note?
  }

  enum Note: Hashable { case decision, action }

  /// Words that a note taker puts before a colon, not the name of a speaker.
  private static let notes: [String: Note] = [
    "decision": .decision, "decisions": .decision, "decided": .decision, "agreed": .decision,
    "resolved": .decision, "resolution": .decision, "agreement": .decision,
    "action": .action, "actions": .action, "action item": .action, "action items": .action,
    "action point": .action, "task": .action, "todo": .action, "to do": .action,
  ]

  /// The note that words before a colon announce.
  static func note(_ label: String) -> Note? {
    notes[Terms.words(of: Array(label.utf8)[...]).joined(separator: " ")]
  }

  /// - Parameter bytes: ``ExtractedText/text`` as UTF-8.
  init(_ document: Document, text: ExtractedText, bytes: [UInt8]) {
    roster = Roster(document)
    let isTranscript = document.blocks.contains {
      if case .turn = $0.content { true } else { false }
    }
    for sentence in Sentences.of(text, in: document) {
      var speaker: Int?
      var note: Note?
      var turnIndex = sentence.block
      switch document.blocks[sentence.block].content {
      case .turn(let turn):
        if Roster.isList(turn) { continue }
        note = turn.speaker.flatMap { Self.note($0.text) }
        speaker = turn.speaker.flatMap { roster.person(labelled: $0.text) }
        turnIndex = turn.index
      case .paragraph, .listItem, .preformatted:
        // What stands around the turns of a transcript (a title, a date) is not talk.
        if isTranscript { continue }
      default: continue
      }
      let words = Terms.words(of: bytes[sentence.range])
      guard !words.isEmpty else { continue }
      if let colon = bytes[sentence.range].prefix(16).firstIndex(of: UInt8(ascii: ":")) {
        let label = String(decoding: bytes[sentence.range.lowerBound..<colon], as: UTF8.self)
        note = Self.note(label) ?? note
      }
      if turns.last?.turn == turnIndex {
        turns[turns.count - 1].utterances =
          turns[turns.count - 1].utterances.lowerBound..<utterances.count + 1
      } else {
        turns.append((turnIndex, utterances.count..<utterances.count + 1))
      }
      utterances.append(
        Utterance(
          range: sentence.range, turn: turnIndex, speaker: speaker, words: words,
          isQuestion: bytes[sentence.range].last == UInt8(ascii: "?"), note: note))
    }
  }
}

extension Array<String> {
  /// Whether the words `phrase` stand next to each other somewhere.
  func contains(phrase: [String]) -> Bool { position(ofPhrase: phrase) != nil }

  func position(ofPhrase phrase: [String], from start: Int = 0) -> Int? {
    guard !phrase.isEmpty, count >= phrase.count, start <= count - phrase.count else { return nil }
    for at in start...(count - phrase.count) {
      var length = 0
      while length < phrase.count, self[at + length] == phrase[length] { length += 1 }
      if length == phrase.count { return at }
    }
    return nil
  }
}

/// A set of phrases, looked up by their first word.
struct Phrases: Sendable {
  private let byFirstWord: [String: [[String]]]

  /// - Parameter list: phrases set apart by `|`.
  init(_ list: String) {
    var byFirstWord: [String: [[String]]] = [:]
    for phrase in list.split(separator: "|") {
      let words = phrase.split(separator: " ").map(String.init)
      byFirstWord[words[0], default: []].append(words)
    }
    self.byFirstWord = byFirstWord
  }

  func stand(in words: [String]) -> Bool { first(in: words) != nil }

  /// Where the first of the phrases stands.
  func first(in words: [String]) -> Range<Int>? {
    for at in words.indices {
      guard let candidates = byFirstWord[words[at]] else { continue }
      for phrase in candidates where at + phrase.count <= words.count {
        if words[at..<at + phrase.count].elementsEqual(phrase) { return at..<at + phrase.count }
      }
    }
    return nil
  }
}
