package import Foundation
package import JSON

/// Everything that is wrong with a declaration, in the order of the file.
package struct DeclarationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// At least one.
  package var problems: [Problem]

  package struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// The declaration, or a schema it names.
    package var file: URL
    /// Nil when the file could not be read at all.
    package var position: JSONPosition?
    package var message: String

    package init(file: URL, position: JSONPosition?, message: String) {
      self.file = file
      self.position = position
      self.message = message
    }

    /// `pipelines/nightly.json5:14:3: unknown key “stpes”; did you mean “steps”?`
    package var description: String {
      position.map { "\(file.relativePath):\($0): \(message)" }
        ?? "\(file.relativePath): \(message)"
    }
  }

  package init(problems: [Problem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
