/// Why a tokenizer's files cannot be used.
package struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// The file is missing or cannot be opened.
    case unreadable
    /// The file does not follow its format, or contradicts itself.
    case malformed
    /// The file is sound, but asks for something that Docket does not do.
    case unsupported
  }

  package var code: Code
  /// The file's path.
  package var file: String
  /// What is wrong, with its place in the file and what would be right.
  package var detail: String

  package init(_ code: Code, file: String, _ detail: String) {
    self.code = code
    self.file = file
    self.detail = detail
  }

  package var description: String {
    switch code {
    case .unreadable: "\(file) cannot be read: \(detail)."
    case .malformed: "\(file) is no usable tokenizer: \(detail)."
    case .unsupported: "\(file) needs a tokenizer Docket does not have: \(detail)."
    }
  }
}
