package import JSON
import Synchronization

/// A JSON Schema, ready to be written by: whatever a ``Matcher`` of it lets through is a value that the
/// schema accepts, and from every place on the way an end can be reached.
///
/// What can be written is narrower than what the schema accepts, never wider: members come in the order
/// they are declared, those that no keyword declares are left out, an object is not asked for more
/// than it needs. White space is at most one space after `,` and `:`. Keywords that cannot be kept are
/// refused by name.
package final class SchemaConstraint: Sendable {
  package struct Options: Hashable, Sendable {
    /// Whether one space may stand after commas and colons.
    package var allowsSpaces = true
    /// Whether keywords that the draft does not know are passed over.
    package var ignoresUnknownKeywords = false

    package init(allowsSpaces: Bool = true, ignoresUnknownKeywords: Bool = false) {
      self.allowsSpaces = allowsSpaces
      self.ignoresUnknownKeywords = ignoresUnknownKeywords
    }
  }

  /// How a value of a goal can begin.
  enum Start: Sendable {
    case automaton(Int32)
    /// A string without a condition but its length, in scalars.
    case counted(least: Int32, most: Int32)
    case grounded(least: Int32, most: Int32)
    case array(Int32)
    case object(Int32)
  }

  struct Member: Sendable {
    var goal: Goal
    var isRequired: Bool
    /// The automaton of `"name":`.
    var key: Int32
    var keyBytes: Int
  }

  struct Extra: Sendable {
    var goal: Goal
    /// Any name but those excluded, or what an automaton accepts, once.
    var automaton: Int32?
    var excluded: [[UInt8]]
    var leastBytes: Int
  }

  struct Object: Sendable {
    var members: [Member]
    var extras: [Extra]
    var least: Int
    var most: Int?
  }

  enum Uniqueness: Sendable {
    case none
    /// Each of these automata at most once.
    case values([Int32], leastBytes: [Int])
    /// Any string that was not written yet.
    case strings
  }

  struct Array: Sendable {
    var shape: ArrayShape
    var uniqueness: Uniqueness
  }

  package let schema: JSONValue
  /// Judges what was written.
  package let validator: JSONSchema
  /// What can be written is narrower than the schema here, in a way that may surprise.
  package let notes: [ConstraintError.Problem]
  /// Whether some string must be a span of a source.
  package let isGrounded: Bool

  let starts: [[Start]]
  let automata: [ByteAutomaton]
  /// [automata, states]: whether any byte leads on.
  let goesOn: [[Bool]]
  let objects: [Object]
  let arrays: [Array]
  let punctuation: Punctuation
  /// What tokens the automata allow, by automaton and state; found when first needed.
  let leaves = Mutex<[LeafPlace: LeafTokens]>([:])

  struct LeafPlace: Hashable {
    var trie: ObjectIdentifier
    var automaton: Int32
    var state: Int32
  }

  /// Numbers of the automata for what stands between values.
  struct Punctuation: Sendable {
    var openArray: Int32 = 0
    var closeArray: Int32 = 0
    var openObject: Int32 = 0
    var closeObject: Int32 = 0
    var comma: Int32 = 0
    var colon: Int32 = 0
  }

  /// - Throws: everything that is wrong with the schema, or cannot be kept while writing, by keyword and
  ///   place.
  package init(
    _ schema: JSONValue, options: Options = Options(), documents: [String: JSONValue] = [:]
  )
    throws(ConstraintError)
  {
    self.schema = schema
    do throws(SchemaError) {
      validator = try JSONSchema(
        schema, documents: documents,
        options: .init(
          assertsFormats: true, ignoresUnknownKeywords: options.ignoresUnknownKeywords,
          keepsUnknownFormats: true))
    } catch {
      throw ConstraintError(
        problems: error.problems.map {
          .init(pointer: $0.path, keyword: "", message: $0.message)
        })
    }
    let table = try ShapeTable(validator)
    var builder = ConstraintBuilder(validator, options)
    try builder.build(table)
    starts = builder.starts
    automata = builder.automata
    goesOn = automata.map { automaton in
      (0..<automaton.stateCount).map { state in
        automaton.next[state << 8..<(state + 1) << 8].contains { $0 >= 0 }
      }
    }
    objects = builder.objects
    arrays = builder.arrays
    punctuation = builder.punctuation
    isGrounded = builder.isGrounded
    var notes = builder.notes
    let costs = CostTable(self.starts, objects, arrays, automata, groundedBytes: { 2 + $0 })
    if costs.least[0] >= CostTable.none {
      let reasons = table.lost + builder.lost
      throw ConstraintError(
        problems: reasons.isEmpty
          ? [
            .init(pointer: "", keyword: "", message: "no value can be written that fits the schema")
          ]
          : reasons)
    }
    for problem in table.lost + builder.lost where !notes.contains(problem) {
      notes.append(problem)
    }
    self.notes = notes
    leastBytes = costs.least[0]
  }

  /// The fewest bytes an answer has; for a grounded one, if the source has a span of one byte.
  package let leastBytes: Int
}
