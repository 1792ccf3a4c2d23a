/// What was said at a meeting, as minutes: who was there, what it was about, what was decided, who
/// does what by when, what stayed open. Every entry stands on words of the transcript.
package struct Minutes: Hashable, Sendable {
  package var meeting: Meeting
  package var attendees: [Attendee]
  package var topics: [Topic]
  package var decisions: [Decision]
  package var actions: [Action]
  package var openQuestions: [OpenPoint]
  package var problems: [OpenPoint]
  /// Whether the checkpoint's labels took part, or words alone.
  package var usedModel: Bool
  /// Whether the document has turns with speakers.
  package var isTranscript: Bool

  package struct Meeting: Hashable, Sendable {
    package var title: String?
    /// ISO 8601, when the transcript or the caller states it.
    package var date: String?
    package var place: String?
    /// The next meeting's date, ISO 8601, when somebody names it.
    package var next: String?
  }

  package struct Attendee: Hashable, Sendable {
    package var name: String
    package var presence: Presence
    package var role: String?
    package var organization: String?
    /// Every way the transcript writes this speaker.
    package var labels: [String]
    package var turns: Int
  }

  /// Raw values are part of the output format and never change.
  package enum Presence: String, Hashable, Sendable { case spoke, listed, apologies, mentioned }

  package struct Topic: Hashable, Sendable {
    /// The topic's own words, most telling first: no sentence is made up.
    package var title: String
    /// The most telling sentence.
    package var summary: Statement
    /// First and last turn.
    package var turns: ClosedRange<Int>
  }

  /// Something said, in readable form, and where.
  package struct Statement: Hashable, Sendable {
    /// The words with pauses and false starts left out, see ``PlainSpeech``.
    package var text: String
    /// UTF-8 ranges in the extracted text; the first is what ``text`` was made of.
    package var evidence: [Range<Int>]
    /// Index in ``Minutes/attendees``.
    package var speaker: Int?
    /// Index in ``Minutes/topics``.
    package var topic: Int?
  }

  package struct Decision: Hashable, Sendable {
    package var statement: Statement
    package var outcome: Outcome
    /// Found by its words alone ("we agreed …"), not by the ranking.
    package var isExplicit: Bool

    /// Raw values are part of the output format and never change.
    package enum Outcome: String, Hashable, Sendable { case agreed, rejected, deferred }
  }

  package struct Action: Hashable, Sendable {
    package var statement: Statement
    /// Index in ``Minutes/attendees``; nil where nobody took it on.
    package var owner: Int?
    /// The words that name the owner.
    package var ownerText: String?
    /// ISO 8601; nil where no date is stated or it needs a meeting date that is not known.
    package var due: String?
    package var dueText: String?
    package var dueIsRelative: Bool
    package var isExplicit: Bool
  }

  package struct OpenPoint: Hashable, Sendable {
    package var statement: Statement
  }
}
