import JSON
import Outputs

/// The schema of the output format, as `verify` applies it.
enum EnvelopeSchema {
  private static let schema = try? JSONSchema(
    JSONValue.parse(Envelope.schemaText), options: .init(ignoresUnknownKeywords: true))

  /// Where an envelope departs from the output format; empty when it does not.
  static func problems(_ envelope: JSONValue) -> [(pointer: String, message: String)] {
    guard let schema else { return [("", "The output schema of this program cannot be read.")] }
    return schema.validate(envelope).map { ($0.instancePath, $0.message) }
  }
}
