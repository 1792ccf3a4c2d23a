package import Documents

/// One caption of a subtitle file, as the file has it: neither collapsed nor joined into turns.
package struct Cue: Hashable, Sendable {
  /// Seconds from the start of the recording.
  package var start: Double
  package var end: Double
  /// One part a voice; a cue without text has none.
  package var parts: [Part]
  /// The file's lines of the cue, for finding rolling captions.
  var lines: [AnchoredText]

  package struct Part: Hashable, Sendable {
    /// As written; nil where the file names nobody.
    package var speaker: AnchoredText?
    package var text: AnchoredText
    /// The name stands in a voice tag, which each cue has, and not in front of the words, where it
    /// may stand at changes of speaker only.
    var isTagged = false
  }

  package var speaker: String? { parts.first?.speaker?.text }

  /// The whole text, parts joined by a space.
  package var text: String { parts.map(\.text.text).joined(separator: " ") }
}

/// What a subtitle file holds.
struct CueFile {
  var cues: [Cue] = []
  var notices: [Notice] = []
  /// Words of the header and of the notes: where a date may stand.
  var remarks: [String] = []
  var language: String?
}
