/// The row number of a `Subject` in its table; distinct subjects have distinct types, so none is mixed up.
package struct Identifier<Subject>: RawRepresentable, Hashable, Comparable, Sendable,
  CustomStringConvertible
{
  package var rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }
  package init(_ rawValue: Int64) { self.rawValue = rawValue }

  package var description: String { String(rawValue) }

  package static func < (a: Identifier, b: Identifier) -> Bool { a.rawValue < b.rawValue }
}

package typealias JobID = Identifier<Job>
package typealias RunID = Identifier<Run>
package typealias DocumentID = Identifier<NewDocument>
package typealias DeclarationID = Identifier<Declaration>
package typealias WorkerID = Identifier<WorkerProcess>
