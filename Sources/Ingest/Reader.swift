package import Documents

/// Bytes of one format → the one document tree.
///
/// A reader throws only where nothing of the file can be read; whatever else is lost becomes a
/// ``Notice`` of the document, with its place.
package protocol Reader: Sendable {
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: the file's name for errors and notices; readers open no file by it.
  ///   - limits: what one document may cost.
  func read(_ bytes: [UInt8], named name: String, limits: ReadLimits) throws(ReadError) -> Document
}

/// What reading one document may cost. A limit that is reached is a ``ReadError`` or an
/// ``Notice/Reason/overLimit`` notice, never a shorter text in silence.
package struct ReadLimits: Hashable, Sendable {
  /// Wall-clock seconds for one document. Where a child process reads, it is killed after them.
  package var seconds: Double
  /// Address space of a child process that reads (PDF, packages), in bytes.
  package var memoryBytes: Int
  /// Pages of one document.
  package var pages: Int
  /// Bytes of one file.
  package var bytes: Int
  /// Elements, lists or quotes inside each other.
  package var nesting: Int

  /// Defaults: ten minutes, 2 GiB, 100 000 pages, 1 GiB of file, 100 000 levels.
  package init(
    seconds: Double = 600, memoryBytes: Int = 2 << 30, pages: Int = 100_000,
    bytes: Int = 1 << 30, nesting: Int = 100_000
  ) {
    self.seconds = seconds
    self.memoryBytes = memoryBytes
    self.pages = pages
    self.bytes = bytes
    self.nesting = nesting
  }
}

/// Why a file could not be read at all. Holds names and numbers, never text of the document.
package struct ReadError: Error, Hashable, Sendable, CustomStringConvertible {
  package var kind: Kind
  /// The file, as the caller named it.
  package var file: String
  /// What happened, with its numbers: a clause without the file's name and without a full stop.
  package var what: String
  /// What to do about it: a sentence.
  package var advice: String

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The file needs a password, and none was declared.
    case missingPassword = "missing-password"
    /// The declared password does not open the file.
    case wrongPassword = "wrong-password"
    /// The file does not follow its format, and nothing of it can be used.
    case damaged
    /// The content is of no format Docket reads.
    case unsupported
    /// The file could not be opened or read from disk.
    case unreadable
    /// A limit of ``ReadLimits`` was reached.
    case overLimit = "over-limit"
    /// The process that read the file died.
    case crashed
    /// The caller wanted no more of it.
    case stopped
  }

  package init(_ kind: Kind, file: String, what: String, advice: String) {
    self.kind = kind
    self.file = file
    self.what = what
    self.advice = advice
  }

  package var description: String { "\(file): \(what). \(advice)" }

  /// The reason under which an output lists the document.
  package var reason: Notice.Reason {
    switch kind {
    case .missingPassword, .wrongPassword: .encrypted
    case .damaged, .unreadable, .crashed, .stopped: .damaged
    case .unsupported: .unsupported
    case .overLimit: .overLimit
    }
  }
}
