/// Why the database could not do what was asked. Holds names, codes and paths, never stored values.
package struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
  package var kind: Kind
  /// SQLite's extended result code (https://www.sqlite.org/rescode.html), 0 where SQLite was not asked.
  package var code: Int32
  /// The database file.
  package var path: String
  /// SQLite's or the system's words about the failure.
  package var detail: String
  /// The first words of the statement, where there was one.
  package var statement: String?

  package init(
    _ kind: Kind, code: Int32 = 0, path: String, detail: String, statement: String? = nil
  ) {
    self.kind = kind
    self.code = code
    self.path = path
    self.detail = detail
    self.statement = statement
  }

  package enum Kind: Hashable, Sendable {
    /// Another process held the write lock for longer than the busy timeout.
    case busy
    /// No space is left on the device, or a quota is used up.
    case full
    /// The system refused a read, write, sync or lock.
    case inputOutput
    /// The file contradicts itself.
    case corrupt
    /// The file is not an SQLite database, or not one of ours.
    case foreign
    /// The file may not be written.
    case readOnly
    /// The file or its folder cannot be opened.
    case cannotOpen
    /// A row would break a rule of the schema.
    case constraint
    /// Written by a later version of this program.
    case newerSchema(found: Int, known: Int)
    /// Written by an earlier version of this program, and not to be written now.
    case olderSchema(found: Int, known: Int)
    /// On a file system whose locks cannot be trusted.
    case networkFileSystem(String)
    /// Anything else: a mistake of ours.
    case other
  }

  package var description: String {
    let place = statement.map { " (statement: \($0) …)" } ?? ""
    let number = code == 0 ? "" : " [SQLite \(code)]"
    switch kind {
    case .busy:
      return "\(path) is locked by another process\(number)\(place). "
        + "See which programs have it open, then run the command again."
    case .full:
      return "No space is left for \(path)\(number): \(detail). "
        + "Nothing recorded before is lost; free some space and run the command again."
    case .inputOutput:
      return "\(path) cannot be read or written\(number): \(detail). "
        + "Check the disk, then run `docket doctor`."
    case .corrupt:
      return "\(path) is damaged\(number): \(detail). "
        + "Run `docket doctor`; move the file away to start with an empty queue."
    case .foreign:
      return "\(path) is not a Docket queue\(number): \(detail). Name another file."
    case .readOnly:
      return
        "\(path) may not be written\(number): \(detail). Check the permissions of file and folder."
    case .cannotOpen:
      return
        "\(path) cannot be opened\(number): \(detail). Check that its folder exists and is writable."
    case .constraint:
      return "\(path): \(detail)\(number)\(place)."
    case .newerSchema(let found, let known):
      return "\(path) has schema version \(found), and this Docket knows versions up to \(known). "
        + "Use the Docket that wrote it, or a later one; the file was not changed."
    case .olderSchema(let found, let known):
      return "\(path) has schema version \(found), and this Docket reads version \(known). "
        + "Let `docket doctor` bring it up to date."
    case .networkFileSystem(let name):
      return "\(path) is on a network file system (\(name)), where locks cannot be trusted. "
        + "Put the queue on a local disk; documents and outputs may stay where they are."
    case .other:
      return "\(path): \(detail)\(number)\(place)."
    }
  }
}
