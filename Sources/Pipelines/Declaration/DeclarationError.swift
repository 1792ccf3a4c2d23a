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
      let place = position.map { "\(file.relativePath):\($0)" } ?? file.relativePath
      return Self.printable("\(place): \(message)")
    }

    /// Names in files may hold anything, and terminals obey control characters.
    private static func printable(_ text: String) -> String {
      var result = String.UnicodeScalarView()
      for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
          result.append(contentsOf: "U+\(String(scalar.value, radix: 16))".unicodeScalars)
        default: result.append(scalar)
        }
      }
      return String(result)
    }
  }

  package init(problems: [Problem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
