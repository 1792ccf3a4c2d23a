package import Foundation
package import JSON

/// Any JSON against any JSON Schema, both files of the user: what `check --schema` does.
package struct InstanceCheck: Sendable {
  private let schema: JSONSchema
  /// Keywords of the schema that check nothing.
  package var ignored: [JSONSchema.IgnoredKeyword] { schema.ignored }

  /// In bytes.
  private static let largest = 256 << 20

  /// - Parameters:
  ///   - file: JSON, or JSON5 where the name ends so.
  ///   - others: Schemas that references lead to: by their `$id`, or by their path as it is seen from
  ///     the schema's file. Nothing else is opened.
  ///   - assertsFormats: Whether the formats that Docket knows must be kept, and others are refused.
  ///   - refusesUnknown: Whether a keyword that the draft does not know is an error.
  /// - Throws: ``DeclarationError`` with every problem of the schemas.
  package init(
    schema file: URL, others: [URL] = [], assertsFormats: Bool = false, refusesUnknown: Bool = false
  ) throws(DeclarationError) {
    let places = try Self.read(file)
    var documents: [String: JSONValue] = [:]
    for other in others {
      let value = try Self.read(other).json.value
      documents[Self.address(other)] = value
      if let id = value["$id"]?.string {
        documents[id.hasSuffix("#") ? String(id.dropLast()) : id] = value
      }
    }
    do {
      schema = try JSONSchema(
        places.json.value, uri: Self.address(file), documents: documents,
        options: .init(
          assertsFormats: assertsFormats, ignoresUnknownKeywords: !refusesUnknown))
    } catch {
      throw DeclarationError(
        problems: error.problems.map {
          .init(file: file, position: places.key($0.path), message: "\($0.path): \($0.message)")
        })
    }
  }

  /// One keyword that an instance does not keep, at its place in the instance's file.
  package struct Finding: Sendable {
    package var violation: JSONSchema.Violation
    package var position: JSONPosition
  }

  /// What is wrong with a file; empty when it is valid. At most ``JSONSchema/mostViolations``.
  ///
  /// - Throws: ``DeclarationError`` when it cannot be read as JSON (or JSON5, by its name).
  package func findings(in file: URL) throws(DeclarationError) -> [Finding] {
    let places = try Self.read(file)
    return schema.validate(places.json.value).map {
      Finding(violation: $0, position: places.value($0.instancePath))
    }
  }

  private static func read(_ file: URL) throws(DeclarationError) -> DeclarationPlaces {
    let bytes: [UInt8]
    switch NamedFile.read(file, largest: largest) {
    case .success(let read): bytes = read
    case .failure(let reason):
      throw DeclarationError(problems: [.init(file: file, position: nil, message: reason.message)])
    }
    do {
      return try DeclarationPlaces(bytes, Step.SchemaFile.dialect(of: file))
    } catch {
      throw DeclarationError(problems: [
        .init(file: file, position: error.position, message: error.message)
      ])
    }
  }

  private static func address(_ file: URL) -> String { file.standardizedFileURL.absoluteString }
}
