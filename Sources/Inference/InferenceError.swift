/// Why a model cannot be loaded or a reading cannot go on.
package struct InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// A file of the checkpoint cannot be opened or read.
    case unreadable
    /// A file is not what it claims to be.
    case damaged
    /// The configuration is not one of this architecture, or names something not supported.
    case unsupported
    /// A tensor is missing, has the wrong shape, or holds what cannot be computed with.
    case tensor
    /// The call does not fit this model or this session.
    case request
    /// A snapshot does not belong here.
    case snapshot
    /// The caller asked to stop.
    case stopped
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
